"""What is proposed while one types."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.search.completion import MOST, Suggestion, suggest
from issues.search.fields import FIELDS, IS_VALUES, UNKNOWN_KEYS, UNKNOWN_STATES, Field

from .reading import filter_of

STORED = {
    "release": ["shop@2.1", "shop@2.0", "shop beta"],
    "assigned": ["#payments", "ada@example.com", "me"],
    "browser": ["Firefox 140"],
    'tags["level"]': ["x"],
    "": ["browser", "level", "region"],
}


def stored(key: str, prefix: str) -> list[str]:
    return [value for value in STORED.get(key, []) if value.startswith(prefix)]


def proposed(text: str, cursor: int | None = None) -> list[Suggestion]:
    return suggest(text, len(text) if cursor is None else cursor, values=stored)


def inserted(text: str, cursor: int | None = None) -> list[str]:
    return [suggestion.insert_text for suggestion in proposed(text, cursor)]


TYPED = [
    # typed so far, what is inserted
    ("rel", ["release:", "release:latest", "first-release:", "first-release:latest", "rel"]),
    ("!rel", ["release:", "release:latest", "first-release:", "first-release:latest"]),
    ("is:new (rel", ["release:", "release:latest", "first-release:", "first-release:latest", "rel"]),
    ("ag", ["firstSeen:", "ag"]),
    ("unres", ["is:unresolved", "unres"]),
    ("fat", ["level:fatal", "fat"]),
    ("regi", ["region:", "regi"]),
    ("lev", ["level:", 'tags["level"]:', "lev"]),
    ("shop/cart.py", ["shop/cart.py"]),
    ("level:", ["fatal", "error", "warning", "info", "debug", "sample", "unknown"]),
    ("level:e", ["error"]),
    ("!level:[error, f", ["fatal"]),
    ("level:[error,", ["fatal", "warning", "info", "debug", "sample", "unknown"]),
    ("is:unr", ["unresolved"]),
    ("is:archived_u", ["archived_until_escalating", "archived_until_condition_met"]),
    ("is:review", ["for_review"]),
    ("is:n+", ["n+1"]),
    ("is:slow", ["slow_query"]),
    ("error.handled:", ["true", "false"]),
    ("assigned:", ["me", "my_teams", "none", "#payments", "ada@example.com"]),
    ("assigned:[me, #", ["#payments"]),
    ("age:-", ["-1h", "-24h", "-7d", "-30d"]),
    ("users:>", [">10", ">100", ">1000"]),
    ("release:", ["latest", "shop@2.1", "shop@2.0", '"shop beta"']),
    ('release:"shop b', ['"shop beta"']),
    ("browser:F", ['"Firefox 140"']),
    ("tags[level]:", ["x"]),
    ("tags[r", ['tags["region"]:']),
    ("has:re", ["release", "first-release", "region"]),
    ("has:le", ['tags["level"]']),
    ("release.version:", []),
    ("tags[]:", []),
    ("count():", []),
    ('"rel', []),
    ("!(", []),
    ("foo(rel", []),
    ("project.id:", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_what_is_proposed(text: str, expected: list[str]) -> None:
    assert inserted(text) == expected


def test_an_empty_box_proposes_the_usual_keys() -> None:
    assert inserted("") == [f"{field.key}:" for field in FIELDS[: MOST - 1]]
    assert inserted("is:new ") == inserted("(a )") == inserted("")


def test_every_state_is_proposed() -> None:
    assert inserted("is:") == [state for state in IS_VALUES if state not in UNKNOWN_STATES]


def test_what_is_said_about_a_proposal() -> None:
    found = proposed("rel")
    assert (found[0].label, found[0].description, found[0].kind) == (
        "release:",
        "events of one release",
        "key",
    )
    assert found[-1].label == "rel in stack traces and messages"
    assert found[-1].kind == "text"
    assert proposed("age:")[0].kind == "time"
    assert proposed("is:")[0].description == "neither resolved nor archived"


PLACES = [
    # text, cursor, what the first proposal replaces
    ("a rel b", 5, "rel"),
    ("a re b", 3, "re"),
    ("lev:x", 2, "lev:"),
    ("a !re", 5, "re"),
    ("level:er b", 7, "er"),
    ("level:[error, fa] b", 15, "fa"),
    ('release:"shop be" b', 13, '"shop be"'),
    ('release:["shop be", a] b', 14, '"shop be"'),
    ('release:"sho pe', 11, '"sho'),
    ("is:", 3, ""),
    ("rel", -5, "rel"),
]


@pytest.mark.parametrize(("text", "cursor", "replaced"), PLACES)
def test_a_proposal_replaces_the_word_at_the_cursor(text: str, cursor: int, replaced: str) -> None:
    first = proposed(text, cursor)[0]
    assert text[first.start : first.end] == replaced


@settings(deadline=None)
@given(st.text(alphabet='aers:![]"(), <>-*tagx', max_size=20), st.integers(-1, 25))
def test_any_text_gets_an_answer(text: str, cursor: int) -> None:
    for suggestion in proposed(text, cursor):
        assert 0 <= suggestion.start <= suggestion.end <= len(text)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_proposed_value_can_be_searched(field: Field) -> None:
    for value in inserted(f"{field.key}:"):
        assert filter_of(f"{field.key}:{value}").key == field.key


def test_nothing_is_proposed_for_a_text_that_is_too_long() -> None:
    assert proposed("a " * 501) == []


@pytest.mark.parametrize("typed", ["is:", "is:li", "linke", "book", "subs", "assigned", "has:"])
def test_what_the_cache_cannot_answer_is_not_proposed(typed):
    unknown = {*UNKNOWN_KEYS, *UNKNOWN_STATES, *(f"{key}:" for key in UNKNOWN_KEYS)}
    unknown |= {f"is:{state}" for state in UNKNOWN_STATES}
    assert not unknown & set(inserted(typed))
