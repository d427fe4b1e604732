"""What the tags of every template write."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory

from dexter.timeseries import Bucket

NOW = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_an_icon_is_drawn_from_the_one_file() -> None:
    assert render("{% icon 'check' 't-ok' %}") == (
        '<svg class="i t-ok" aria-hidden="true"><use href="/static/img/icons.svg#i-check"/></svg>'
    )


def test_every_icon_that_templates_name_exists(settings) -> None:
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        for part in template.read_text().split('{% icon "')[1:]:
            assert f'id="i-{part.split(chr(34))[0]}"' in sprite, template


@pytest.mark.parametrize(
    ("name", "tone", "word"),
    [
        ("fatal", "fatal", "Fatal"),
        ("warning", "warn", "Warning"),
        ("odd", "debug", "Odd"),
        ("", "debug", "Unknown"),
    ],
)
def test_a_level_has_shape_colour_and_word(name: str, tone: str, word: str) -> None:
    html = render("{% level name %}", name=name)
    assert f"t-{tone}" in html
    assert f'<span class="vh">{word}</span>' in html


def test_a_badge_escapes_what_it_shows() -> None:
    html = render("{% badge text 'warn' 'clock' title %}", text="<b>", title='"x"')
    assert "&lt;b&gt;" in html
    assert 'title="&quot;x&quot;"' in html


def test_avatars() -> None:
    assert ">PN</span>" in render("{% avatar 'Priya Nair' %}")
    assert "Nobody" in render("{% avatar name %}", name="")
    assert "&lt;i" in render("{% avatar name %}", name="<i")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% ago moment %}", ">2 h ago</time>"),
        ("{% ago moment suffix=False %}", ">2 h</time>"),
        ("{% ago moment %}", 'title="2026-11-19 20:00:00 UTC"'),
        ("{% ago None %}", "never"),
    ],
)
def test_ago(source: str, text: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert text in render(source, moment=NOW - timedelta(hours=2))


@dataclass
class Trend:
    direction: str
    symbol: str
    label: str
    words: str
    steep: bool = False


@pytest.mark.parametrize(
    ("trend", "expected"),
    [
        (
            Trend("up", "▲", "▲ 212 %", "up 212 % on the day before", steep=True),
            ["t-error", "i-rise", ">212 %<"],
        ),
        (Trend("up", "▲", "▲ 41 %", "up 41 %"), ["t-plain", ">41 %<"]),
        (Trend("down", "▼", "▼ 20 %", "down 20 %"), ["t-ok", "i-fall", ">20 %<"]),
        (Trend("flat", "–", "– 4 %", "level"), ["i-flat", ">4 %<"]),
        (
            Trend("none", "", "no baseline", "fewer than 10 events"),
            ["no baseline", 'title="fewer than 10 events"'],
        ),
    ],
)
def test_trend(trend: Trend, expected: list[str]) -> None:
    html = render("{% trend value %}", value=trend)
    assert all(part in html for part in expected)


@dataclass
class Impact:
    level: str
    share: float | None
    label: str
    reason: str


def test_impact() -> None:
    html = render("{% impact value %}", value=Impact("high", 0.24, "24 %", "24 of the 100 users seen, 24 %"))
    assert html.count('class="off"') == 1
    assert "24 %" in html
    assert "High impact" in html


def test_impact_without_a_total_says_why() -> None:
    html = render("{% impact value %}", value=Impact("unknown", None, "", "Sentry gives no user total"))
    assert "no total" in html
    assert 'title="Sentry gives no user total"' in html


def test_masked_text_keeps_what_is_plain_and_escapes_it() -> None:
    html = render("{{ text|masked }}", text="no <account> for jane@example.org")
    assert "no &lt;account&gt; for " in html
    assert "jane" not in html
    assert '<span class="mask">' in html


def test_spark_has_a_title_and_marks_the_peak() -> None:
    buckets = [Bucket(0, 1), Bucket(3600, 5), Bucket(7200, 2, running=True)]
    html = render("{% spark buckets 'Events & more' %}", buckets=buckets)
    assert "<title>Events &amp; more</title>" in html
    assert [cls in html for cls in ('class="b"', 'class="pk"', 'class="now"')] == [True, True, True]


@pytest.mark.parametrize(("share", "width"), [(-3, "0"), (12.5, "12.5"), (400, "100")])
def test_a_meter_stays_inside(share: float, width: str) -> None:
    assert f'<rect width="{width}" height="6"/>' in render("{% meter share %}", share=share)


def test_keys() -> None:
    assert render("{% keys 'Ctrl K' %}") == "<kbd>Ctrl</kbd><kbd>K</kbd>"


def test_url_with_changes_one_parameter_and_starts_at_the_first_page() -> None:
    request = RequestFactory().get("/?a=1&b=2&cursor=x")
    html = Template("{% url_with b=3 c='d e' a='' %}").render(Context({"request": request}))
    assert html == "?b=3&amp;c=d+e"
