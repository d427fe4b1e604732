"""Values with wildcards."""

import fnmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.search import Pattern

from .reading import filter_of


def pattern_of(text: str) -> Pattern:
    value = filter_of(text).value
    assert isinstance(value, Pattern)
    return value


PATTERNS = [
    # pattern, fits, does not fit, LIKE
    ("shop@2.*", "shop@2.1", "my shop@2.1", "shop@2.%"),
    ("*.py", "a/b.PY", "a.pyc", "%.py"),
    ("a*b*c", "a-b-c", "a-c-b", "a%b%c"),
    ("aa*aa", "aaaa", "aaa", "aa%aa"),
    ("*", "", None, "%"),
    (r"50%_\**", "50%_*x", "50x_*", r"50\%\_*%"),
    (r"C:\\dir*", r"C:\dir\x", "C:dir", r"C:\\dir%"),
]


@pytest.mark.parametrize(("written", "fits", "misses", "like"), PATTERNS)
def test_patterns(written: str, fits: str, misses: str | None, like: str) -> None:
    pattern = pattern_of(f'release:"{written}"')
    assert pattern.matches(fits)
    assert misses is None or not pattern.matches(misses)
    assert pattern.like() == like


def test_like_with_another_escape() -> None:
    assert pattern_of("release:a%!*").like("!") == "a!%!!%"


@settings(deadline=None)
@given(st.text("ab*", max_size=8).filter(lambda text: "*" in text), st.text("ab", max_size=8))
def test_patterns_fit_as_in_a_shell(written: str, text: str) -> None:
    pattern = pattern_of(f'release:"{written}"')
    assert pattern.matches(text) == fnmatch.fnmatchcase(text, written)
