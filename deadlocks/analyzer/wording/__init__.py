"""PostgreSQL's sentences in 13 languages, as data, and the patterns made of them.

The tables hold the templates of PostgreSQL 15's message catalogues with named places, so that one table both
reads
and (in the tests) writes a report. Every pattern is anchored on its literal words and every place in it is a
bounded,
negated or digit class: no two parts can match the same text, so matching is linear in the line.
"""

import re
from functools import cache

from . import labels, locks, messages

LANGUAGES = tuple(messages.DEADLOCK)

#: What may stand in a place. A lock's description has no semicolon in any language; mode names are never
#: translated.
_PLACES = {
    "mode": r"[A-Za-z]{4,24}",
    "lock": r"[^;；\n]{1,160}?",
    "relation": r".+",
    "statement": r"[\s\S]*",
    "function": r".+",
    "parameters": r".*",
    "at": r".+?",
}
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def say(table: dict[str, str], language: str, **places: object) -> str:
    """A sentence of ``table`` in ``language``, as PostgreSQL would print it."""
    return table.get(language, table["en"]).format(**places)


def expression(template: str) -> str:
    """The regular expression of a template; white space is free where the catalogue breaks a line."""
    source = _PLACE.sub(lambda m: f"(?P<{m[1]}>{_PLACES.get(m[1], r'[0-9]{1,10}')})", re.escape(template))
    return source.replace("\\\n", r"\s+").replace("\n", r"\s+")


def compiled(table: dict[str, str], tail: str = "") -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(language, pattern) for each different template of a table."""
    return tuple((language, re.compile(expression(template) + tail)) for language, template in table.items())


@cache
def waits() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns of a ``waits for`` line.

    A client that cuts its text ends it with three dots: "process 70..." is not process 70, so a number only
    counts
    when its sentence is complete.
    """
    found = []
    for language, template in messages.WAITS.items():
        source = expression(template)
        if source.endswith(r"\."):
            source = source[:-2] + r"\.(?:(?!\.)|(?=\.\.\.(?!\.)))"
        found.append((language, re.compile(source)))
    return tuple(found)


@cache
def shows() -> re.Pattern[str]:
    """``Process N: `` in any language, at the start of a line."""
    heads = {
        expression(t.removesuffix("{statement}")).rstrip().removesuffix("\\") for t in messages.SHOWS.values()
    }
    return re.compile("(?:" + "|".join(sorted(h.replace("?P<pid>", "") for h in heads)) + ") ?")


@cache
def tags() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Lock descriptions with every number written 0: (lock type, what each number is, in the order printed).

    The Japanese catalogue prints (offset, block) of a tuple; its named places put that right.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for kind, table in locks.TAGS.items():
        for template in table.values():
            shape = re.sub(r"\{\w+\}", "0", template).replace(", ", ",")
            found.setdefault(shape, (kind, tuple(re.findall(r"\{(\w+)\}", template))))
    return found


def alternatives(words: object) -> str:
    """An alternation of literal words, longest first."""
    return "|".join(re.escape(w) for w in sorted(set(words), key=len, reverse=True))  # type: ignore[call-overload]


PRIMARIES = {text: language for language, text in messages.DEADLOCK.items()}
ERRORS = frozenset(labels.SEVERITIES["ERROR"].values())
SEVERITY_WORDS = frozenset(w for table in labels.SEVERITIES.values() for w in table.values())
FIELD_OF = {word: name for name, words in labels.LABELS.items() for word in words}
