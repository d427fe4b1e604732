"""The chips of the search box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.search.tokens import tokens

CHIPS = [
    # text, kind, key, negated, label, value
    ("is:unresolved", "filter", "is", False, "is:", "unresolved"),
    ("!age:-24h", "filter", "firstSeen", True, "!age:", "-24h"),
    ("users:>20", "filter", "users", False, "users:", ">20"),
    ("has:release", "filter", "release", False, "has:", "release"),
    ('has:tags["a b"]', "filter", 'tags["a b"]', False, "has:", 'tags["a b"]'),
    ("level:[error, fatal]", "filter", "level", False, "level:", "[error, fatal]"),
    ('tags[level]:"x y"', "filter", 'tags["level"]', False, "tags[level]:", '"x y"'),
    ("timeout", "text", "", False, "", "timeout"),
    ('"out of memory"', "phrase", "", False, "", '"out of memory"'),
    ("OR", "or", "", False, "", "OR"),
    ("NOT", "not", "", False, "", "NOT"),
    ("(", "open", "", False, "", "("),
    (")", "close", "", False, "", ")"),
    ("users:many", "invalid", "", False, "users:", "many"),
    ("!level:worse", "invalid", "", False, "!level:", "worse"),
    ("->", "invalid", "", False, "", "->"),
    ('"never closed', "invalid", "", False, "", '"never closed'),
]


@pytest.mark.parametrize(("text", "kind", "key", "negated", "label", "value"), CHIPS)
def test_a_term_is_a_chip(text: str, kind: str, key: str, negated: bool, label: str, value: str) -> None:
    (token,) = tokens(f"  {text}")
    assert (token.kind, token.key, token.negated) == (kind, key, negated)
    assert (token.label, token.value) == (label, value)
    assert bool(token.error) == (kind == "invalid")


def test_one_bad_term_leaves_the_others_alone() -> None:
    kinds = [token.kind for token in tokens("is:new users:many (a OR count():>5) b")]
    assert kinds == ["filter", "invalid", "open", "text", "or", "invalid", "close", "text"]


@settings(deadline=None)
@given(st.text(alphabet='ab!:"()[]\\*, <>=1', max_size=30))
def test_tokens_cover_the_text(text: str) -> None:
    found = tokens(text)
    rest = text
    for token in reversed(found):
        assert text[token.start : token.end] == token.text == token.label + token.value
        assert rest[token.end :].strip() == ""
        rest = rest[: token.start]
    assert rest.strip() == ""


def test_a_text_that_is_too_long_is_one_bad_token() -> None:
    (token,) = tokens("a " * 501)
    assert (token.kind, token.error) == ("invalid", "The search has 1,002 characters, 1,000 is the most.")
