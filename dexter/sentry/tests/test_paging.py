"""`iter_pages`: to the end, each row once, never for ever."""

from typing import Any

import httpx
import pytest

from dexter.sentry.flavour import GLITCHTIP, SENTRY, Flavour
from dexter.sentry.tests.fake_server import FakeServer, answer, link


def page(ids: str, next_cursor: str | None) -> httpx.Response:
    return answer([{"id": number} for number in ids.split()], Link=link(next_cursor))


def walked(flavour: Flavour, *pages: httpx.Response) -> list[list[str]]:
    client = FakeServer(pages).client(flavour=flavour)
    found = client.iter_pages(lambda cursor: client.issues(cursor=cursor))
    return [[row["id"] for row in page.rows] for page in found]


@pytest.mark.parametrize(
    ("pages", "rows"),
    [
        ([page("1 2", "a"), page("3", None)], [["1", "2"], ["3"]]),
        ([page("", None)], [[]]),
        # a short or empty page is not the end
        ([page("1", "a"), page("", "b"), page("2", None)], [["1"], [], ["2"]]),
        # rows that moved between two requests come once
        ([page("1 2", "a"), page("2 3", None)], [["1", "2"], ["3"]]),
        # a page of known rows only is skipped, not the end
        ([page("1 2", "a"), page("1 2", "b"), page("3", None)], [["1", "2"], ["3"]]),
        # a cursor that comes back is the end
        ([page("1", "a"), page("2", "b"), page("3", "a")], [["1"], ["2"], ["3"]]),
    ],
)
def test_sentry(pages: list[httpx.Response], rows: list[list[str]]) -> None:
    assert walked(SENTRY, *pages) == rows


@pytest.mark.parametrize(
    ("pages", "rows"),
    [
        ([page("1 2", "a"), page("2 3", "b"), page("4", None)], [["1", "2"], ["3"], ["4"]]),
        ([page("1 2", "a"), page("1 2", "b")], [["1", "2"]]),
        ([page("1 2", "a"), page("3", "a")], [["1", "2"], ["3"]]),
    ],
)
def test_glitchtip(pages: list[httpx.Response], rows: list[list[str]]) -> None:
    assert walked(GLITCHTIP, *pages) == rows


def test_other_keys() -> None:
    client = FakeServer([answer([{"version": "1"}, {"version": "1"}])]).client()
    found: list[Any] = list(client.iter_pages(lambda cursor: client.releases(cursor=cursor), key="version"))
    assert found[0].rows == [{"version": "1"}]


def test_the_cursor_goes_to_the_own_host() -> None:
    pages = [
        answer(
            [{"id": "1"}], Link='<https://evil.example/?cursor=a>; rel="next"; results="true"; cursor="a"'
        ),
        answer([]),
    ]
    server = FakeServer(pages)
    client = server.client()
    list(client.iter_pages(lambda cursor: client.issues(cursor=cursor)))
    assert server.requests[1].url.host == "sentry.example"
    assert server.requests[1].url.params["cursor"] == "a"
