"""Numbers and times as the pages write them."""

from datetime import UTC, datetime, timedelta

import pytest

from dexter.web import formats

NOW = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (96, "96"),
        (999, "999"),
        (1000, "1k"),
        (4218, "4.2k"),
        (9_949, "9.9k"),
        (9_960, "10k"),
        (37_900, "38k"),
        (999_400, "999k"),
        (999_600, "1M"),
        (1_250_000, "1.2M"),
        (3_000_000_000, "3G"),
    ],
)
def test_short_number(value: int, text: str) -> None:
    assert formats.short_number(value) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=40), "now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=12), "12 d ago"),
        (timedelta(days=21), "3 wk ago"),
        (timedelta(days=61), "2 mo ago"),
        (timedelta(days=400), "1 y ago"),
        (timedelta(minutes=-5), "in 5 min"),
    ],
)
def test_ago(passed: timedelta, text: str) -> None:
    assert formats.ago(NOW - passed, NOW) == text


def test_span_of_seconds() -> None:
    assert formats.span(timedelta(seconds=40)) == "40 s"


@pytest.mark.parametrize(("share", "text"), [(0, "0"), (0.4, "<1"), (1, "1"), (12.4, "12"), (100, "100")])
def test_percent(share: float, text: str) -> None:
    assert formats.percent(share) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Priya Nair", "PN"),
        ("priya@example.org", "PR"),
        ("#stock-team", "ST"),
        ("", "?"),
        ("Lea M. Font", "LM"),
    ],
)
def test_initials(name: str, text: str) -> None:
    assert formats.initials(name) == text


def test_utc_is_to_the_second() -> None:
    assert formats.utc(NOW) == "2026-11-19 22:00:00 UTC"
