import pytest

from dexter.sentry.headers import RateLimit, deprecation, http_date, number, parse_links, rate_limit

URL = "https://us.sentry.io/api/0/organizations/acme/projects/"


@pytest.mark.parametrize(
    ("header", "links"),
    [
        (
            f'<{URL}?&cursor=100:-1:1>; rel="previous"; results="false"; cursor="100:-1:1", '
            f'<{URL}?&cursor=100:1:0>; rel="next"; results="true"; cursor="100:1:0"',
            {"next": "100:1:0"},
        ),
        (
            f'<{URL}?per_page=5&cursor=100:0:1>; rel="previous"; results="true"; cursor="100:0:1", '
            f'<{URL}?per_page=5&cursor=100:2:0>; rel="next"; results="false"; cursor="100:2:0"',
            {"previous": "100:0:1"},
        ),
        # GlitchTip prints a Python set, its links without results have no cursor
        (
            '{\'<http://g/api/0/x/?limit=1>; rel="previous"; results="false", '
            '<http://g/x/?cursor=cD0yMDI2Kw%3D%3D&limit=1>; rel="next"; results="true"; cursor="cD0y"\'}',
            {"next": "cD0yMDI2Kw=="},
        ),
        # only the URL has it, only the attribute has it
        ('<http://g/x/?cursor=abc>; rel="next"; results="true"', {"next": "abc"}),
        ('<http://g/x/>; rel="next"; results="true"; cursor="abc"', {"next": "abc"}),
        ('<http://g/x/>; cursor="abc";results="true"; rel="next"', {"next": "abc"}),
        ('<http://g/x/>; rel="next"; results="true"', {}),
        ('<http://g/x/?cursor=abc>; results="true"', {}),
        ("", {}),
        ("rubbish, <, >; rel=next", {}),
    ],
)
def test_links(header: str, links: dict[str, str]) -> None:
    assert parse_links(header) == links


def limits(**more: str) -> dict[str, str]:
    basic = {"limit": "40", "remaining": "39", "reset": "1795212188"}
    return {f"x-sentry-rate-limit-{name}": value for name, value in {**basic, **more}.items()}


@pytest.mark.parametrize(
    ("headers", "rate"),
    [
        (limits(), RateLimit(40, 39, 1795212188.0)),
        (
            limits(concurrentlimit="25", concurrentremaining="24"),
            RateLimit(40, 39, 1795212188.0, 25, 24),
        ),
        (limits(concurrentlimit="0", remaining="-2"), RateLimit(40, 0, 1795212188.0)),
        (limits(reset=""), None),
        (limits(limit="none"), None),
        (limits(limit="0"), None),
        (limits(reset="1e300"), None),
        ({}, None),
    ],
)
def test_rate_limit(headers: dict[str, str], rate: RateLimit | None) -> None:
    assert rate_limit(headers) == rate


def test_deprecation() -> None:
    headers = {"x-sentry-deprecation-date": "2026-05-14T00:00:00+00:00"}
    found = deprecation(headers | {"x-sentry-replacement-endpoint": "/api/0/x/"})
    assert found is not None
    assert (found.date, found.replacement) == ("2026-05-14T00:00:00+00:00", "/api/0/x/")
    assert deprecation({}) is None


def test_http_date() -> None:
    assert http_date("Fri, 20 Nov 2026 22:03:37 GMT") == 1795212217.0
    assert http_date("yesterday") is None
    assert http_date("") is None


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3.0), (None, None), ("", None), ("x", None), ("nan", None)]
)
def test_number(text: str | None, value: float | None) -> None:
    assert number(text) == value
