"""A search described in words, as a query of the search language: by rules, without a model.

What a rule understood is taken out of the text; what is left, without filler words, is free text. The result
always parses: `translate` checks it with issues.search.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from issues.search import SearchError, parse

LONGEST = 300  # characters


@dataclass(frozen=True)
class Understood:
    """Words of the description and the term they became."""

    words: str
    term: str


@dataclass(frozen=True)
class Translation:
    """`query` is what to run, "" for a description that names nothing; `understood` explains it."""

    query: str
    understood: tuple[Understood, ...]
    free_text: str


class NotTranslated(ValueError):
    """The description cannot be made a query; the message says what to do."""


_UNITS = {"minute": "m", "hour": "h", "day": "d", "week": "w"}
_BEGAN = r"(?:(?P<began>new|began|begun|started|appeared|first seen)\s+)?"


def _time(found: re.Match[str]) -> str:
    number, unit = found["number"] or "1", _UNITS[found["unit"].rstrip("s")]
    return f"{'firstSeen' if found['began'] else 'lastSeen'}:-{number}{unit}"


def _named(found: re.Match[str]) -> str:
    return {"today": "lastSeen:-24h", "yesterday": "lastSeen:-2d", "this week": "lastSeen:-7d",
            "this month": "lastSeen:-30d"}[found[0].lower()]  # fmt: skip


def _term(key: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{key}:{_value(found['value'])}"


def _number(key: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{key}:>{found['value'].replace(',', '')}"


def _value(text: str) -> str:
    text = text.strip("\"'")
    return f'"{text}"' if re.search(r"[^\w.@#/+-]", text) else text


def _fixed(term: str) -> Callable[[re.Match[str]], str]:
    return lambda found: term


_NAME = r"(?P<value>\"[^\"]+\"|[\w.@#/+-]+)"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE), make)
    for pattern, make in (
        (rf"{_BEGAN}(?:in|within|during|over|from|of|for)?\s*(?:the\s+)?(?:last|past)\s+(?P<number>\d{{1,4}})?\s*"
         r"(?P<unit>minutes?|hours?|days?|weeks?)", _time),
        (r"today|yesterday|this week|this month", _named),
        (r"(?:more than|over|at least)\s+(?P<value>[\d,]+)\s+(?:users|people)", _number("users")),
        (r"(?:more than|over|at least)\s+(?P<value>[\d,]+)\s+(?:times|events)", _number("timesSeen")),
        (r"(?:assigned to (?:me|us)|my own|mine|my)", _fixed("assigned:me")),
        (r"(?:unassigned|assigned to (?:nobody|no one)|nobody is assigned|without an? (?:owner|assignee))",
         _fixed("is:unassigned")),
        (rf"assigned to {_NAME}", _term("assigned")),
        (r"(?:in |of |since )?the (?:latest|newest|last) release", _fixed("release:latest")),
        (rf"(?:in|of|since)\s+release\s+{_NAME}", _term("release")),
        (rf"(?:in|of|from)\s+(?:the\s+)?project\s+{_NAME}", _term("project")),
        (r"(?:in|on|from)\s+(?P<value>production|staging|development|testing)", _term("environment")),
        (r"deadlocks?|deadlocked", _fixed("is:deadlock")),
        (r"(?:n\s?\+\s?1(?:\s+(?:queries|problems?))?|repeated (?:queries|statements))", _fixed("is:n+1")),
        (r"slow (?:queries|statements|sql)", _fixed("is:slow_query")),
        (r"regress(?:ed|ions?)|(?:that )?came back", _fixed("is:regressed")),
        (r"escalating", _fixed("is:escalating")),
        (r"(?:archived|ignored|muted)", _fixed("is:archived")),
        (r"(?:unresolved|open|not (?:resolved|fixed))", _fixed("is:unresolved")),
        (r"(?:resolved|fixed|closed)", _fixed("is:resolved")),
        (r"(?:unhandled|uncaught|crash(?:es|ed)?)", _fixed("is:unhandled")),
        (r"new", _fixed("is:new")),
        (r"fatals?", _fixed("level:fatal")),
        (r"warnings?", _fixed("level:warning")),
    )
)  # fmt: skip
_WORDS = """
    a about an all and any are as at by did do find for from get give happen happened happening has have i
    in is
    issue issues it its list look me of on or please query search see seen show that the them there they
    this to
    was were what where which who with error errors bug bugs problem problems exceptions exception
"""
_FILLER = frozenset(_WORDS.split())


def checked_words(description: str) -> str:
    """The description on one line. Raises NotTranslated for none and for one that is too long."""
    text = " ".join(description.split())
    if not text:
        raise NotTranslated("Say what you look for, for example: unassigned regressions of the last 7 days.")
    if len(text) > LONGEST:
        raise NotTranslated(f"Say it in fewer than {LONGEST} characters.")
    return text


def translate(description: str) -> Translation:
    """Raises NotTranslated for a description that is empty, too long, or makes no query that parses."""
    text = checked_words(description)
    understood: list[Understood] = []
    for pattern, make in _RULES:
        found = pattern.search(text)
        if found and make(found) not in [each.term for each in understood]:
            understood.append(Understood(found[0].strip(), make(found)))
            text = f"{text[: found.start()]} {text[found.end() :]}"
    words = [word for word in re.findall(r"[\w.@/-]*\w", text) if word.lower() not in _FILLER]
    terms = [each.term for each in understood]
    query = " ".join([*terms, *map(_quoted, words)])
    try:
        parse(query)
    except SearchError as error:
        raise NotTranslated(f"That made no query: {error.message}. Type the query itself.") from error
    return Translation(query, tuple(understood), " ".join(words))


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"\w+", word) and word not in ("AND", "OR") else f'"{word}"'
