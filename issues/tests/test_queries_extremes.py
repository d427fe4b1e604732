"""The largest searches that the grammar lets through are answered, on both databases."""

import pytest

from issues.queries.compile import DEEPEST
from issues.queries.explorer import explore
from issues.search import parse
from issues.search.grammar import MAX_TERMS
from issues.tests.factories import make_issue

pytestmark = pytest.mark.django_db


def nested(first: str, second: str) -> str:
    text = "is:unresolved"
    for depth in range(DEEPEST):
        text = f"({first if depth % 2 else second} {text})"
    return text


EXTREMES = {
    "deep alternatives": nested("a:b OR", "level:error"),
    "deep negations": nested("NOT a:b", "x OR NOT"),
    "many words": " OR ".join(f"w{n} a:{n}" for n in range(MAX_TERMS // 2)),
    "many tags": " ".join(f"!t{n}:x*" for n in range(MAX_TERMS)),
    "many alternatives": " OR ".join(f"t{n}:x*" for n in range(MAX_TERMS)),
    "a long list": "browser:[" + ", ".join(f"x{n}*" for n in range(100)) + "]",
    "many stars": "title:" + "*a" * 400,
    "a long phrase": '"' + "a " * 400 + '"',
    "a long word": "a" * 990,
}


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES)
def test_extremes_are_answered(text):
    make_issue(title="a" * 500)
    parse(text)
    assert explore(text, user=None).error is None


def test_deeper_ones_are_refused_with_the_place():
    text = nested("a:b OR", "level:error").replace("is:unresolved", "(is:new OR b:c)")
    error = explore(text, user=None).error
    assert "nested 21 levels deep" in str(error)
    assert text[error.start : error.end] in ("is:new", "b:c")
