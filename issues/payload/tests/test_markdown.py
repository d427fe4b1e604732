from typing import Any

import pytest

from issues.payload.errors import Unreadable
from issues.payload.markdown import CUT, MAX_LENGTH, as_markdown
from issues.payload.tests.events import api_event, entry, exception, frame, library

LINK = "https://dexter.example/issues/7/"


def written(payload: Any, **fields: Any) -> str:
    return as_markdown(fields, payload, LINK)


def test_what_a_reader_needs_is_there() -> None:
    crumbs = entry(
        "breadcrumbs", {"values": [{"category": "auth", "message": "hello ada@example.com", "timestamp": 0}]}
    )
    request = entry("request", {"method": "GET", "url": "https://shop.example/", "query": [["token", "abc"]]})
    text = written(api_event(entries=[*api_event()["entries"], crumbs, request]), Issue="SHOP-7", Events=42)
    assert text.startswith("# Full: Full happened\n")
    for part in (
        "| Issue | SHOP-7 |\n| Events | 42 |",
        "| Handled | no |",
        "| Time | 2026-11-20 10:00:00 UTC |",
        f"<{LINK}>",
        "**shop.errors.Full** (2 of 2, not handled)",
        "**shop.errors.Timeout** (1 of 2, root cause, not handled)",
        "`shop/cart.py:12` in `reserve`",
        "    11  def reserve(cart):\n>   12      raise Full(cart)",
        "`django/db/utils.py:12` in `execute`",
        "```\nGET https://shop.example/?token=[secret]\n```",
        r"hello \[email\]",
        "- environment: production",
    ):
        assert part in text
    assert "ada@example.com" not in text


def test_an_empty_event() -> None:
    assert written({}) == f"# (No title)\n\n<{LINK}>\n"
    with pytest.raises(Unreadable):
        written(None)


def test_a_section_that_cannot_be_read_says_so() -> None:
    text = written(
        api_event(
            entries=[entry("exception", {"values": 5}), entry("breadcrumbs", {"values": [{"message": "hi"}]})]
        )
    )
    assert "_Could not be read: expected a list, found a number_" in text
    assert "| hi |" in text


def test_markup_in_an_event_stays_text() -> None:
    value = exception("A", frame("f`x", context=[[12, "```"], [13, "<script>"]]), value="a ``` b")
    text = written(
        api_event(title="<script>|*x*", entries=[entry("exception", {"values": [value]})]), **{"a|b": "c\nd"}
    )
    assert r"# \<script\>\|\*x\*" in text
    assert r"| a\|b | c d |" in text
    assert "````\na ``` b\n````" in text
    assert "in `f'x`" in text
    assert as_markdown({}, {}, "https://x/> <b>").endswith("<https://x/b>\n")


def test_a_secret_over_several_lines_of_source_is_masked() -> None:
    context = [
        [11, 'KEY = """-----BEGIN PRIVATE KEY-----'],
        [12, "MIIabc"],
        [13, "-----END PRIVATE KEY-----"],
    ]
    text = written(
        api_event(entries=[entry("exception", {"values": [exception("A", frame(context=context))]})])
    )
    assert "MIIabc" not in text
    assert "[private-key]" in text


def test_frames_without_source_or_function() -> None:
    values = [
        exception("A", {"filename": "x.py", "inApp": True}),
        exception("B", library(context=[[9, "x" * 500]])),
    ]
    text = written(api_event(entries=[entry("exception", {"values": values})]))
    assert "\n\n`x.py`\n" in text
    assert "x" * 160 + "…" in text


def test_the_length_is_bounded_and_every_block_closed() -> None:
    long = frame(context=[[line, "x" * 200] for line in range(60)], lineNo=30)
    values = [exception(f"E{place}", *[long] * 9, value="v" * 9000) for place in range(20)]
    crumbs = entry("breadcrumbs", {"values": [{"message": "*" * 1000}] * 20})
    tags = [{"key": f"key{place}", "value": "_" * 900} for place in range(40)]
    text = written(
        api_event(tags=tags, entries=[entry("exception", {"values": values}), crumbs]),
        **{"n" * 99: "v" * 999},
    )
    assert len(text) <= MAX_LENGTH
    assert text.endswith(CUT)
    assert "_19 more in the portal._" in text
    assert text.count("```") % 2 == 0


def test_even_the_head_is_bounded() -> None:
    text = as_markdown({str(place): "v" * 999 for place in range(999)}, {}, LINK)
    assert len(text) <= MAX_LENGTH
