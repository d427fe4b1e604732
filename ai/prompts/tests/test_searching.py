"""Descriptions in words and the queries they become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.prompts.searching import NotTranslated, translate
from issues.search import parse

CASES = [
    ("unassigned regressions of the last 7 days", "lastSeen:-7d is:unassigned is:regressed"),
    ("show me deadlocks in production", "environment:production is:deadlock"),
    ("n+1 queries in production", "environment:production is:n+1"),
    ("issues with slow queries", "is:slow_query"),
    ("open fatal errors with more than 1,000 users", "users:>1000 is:unresolved level:fatal"),
    ("my unresolved issues", "assigned:me is:unresolved"),
    ("timeouts started in the last 3 hours", "firstSeen:-3h timeouts"),
    ("new crashes in the latest release", "release:latest is:unhandled is:new"),
    ("payment errors assigned to #checkout today", "lastSeen:-24h assigned:#checkout payment"),
    ("what happened more than 50 times in project shop-api", "timesSeen:>50 project:shop-api"),
    ("resolved warnings this week", "lastSeen:-7d is:resolved level:warning"),
    ("KeyError in release shop@1.2", "release:shop@1.2 KeyError"),
    ("errors", ""),
]


@pytest.mark.parametrize(("words", "query"), CASES)
def test_descriptions(words, query):
    assert translate(words).query == query


def test_what_was_understood_is_said():
    found = translate("muted issues about stock")
    assert [(each.words, each.term) for each in found.understood] == [("muted", "is:archived")]
    assert found.free_text == "stock"


@pytest.mark.parametrize("words", ["", "   ", "x" * 301])
def test_what_cannot_be_translated(words):
    with pytest.raises(NotTranslated):
        translate(words)


@given(st.text(max_size=300))
def test_whatever_comes_out_parses(words):
    try:
        found = translate(words)
    except NotTranslated:
        return
    parse(found.query)
