"""What could be typed next: keys with their meaning, then values of the key before the cursor."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .ast import Text, key_text
from .errors import SearchError
from .fields import FIELDS, UNKNOWN_KEYS, UNKNOWN_STATES, Field
from .grammar import MAX_LENGTH, parse
from .lexer import KEY, scan
from .quoting import quote
from .values import resolve

MOST = 12
MOST_VALUES = 20

SuggestionKind = Literal["key", "value", "time", "text"]
Values = Callable[[str, str], list[str]]

_REST_OF_KEY = re.compile(r"[\w.\-]*:?")
_REST_OF_VALUE = re.compile(r'[^\s(),\]"]*"?')
_NAME = re.compile(r"[^\W\d][\w.\-]*")
_TAG_NAME = re.compile(r'tags\["?([^\]"]*)')
_NUMBERS = {
    ">10": "more than 10",
    ">100": "more than 100",
    ">1000": "more than 1,000",
    "<10": "fewer than 10",
}
_PROPOSED = tuple(field for field in FIELDS if field.key not in UNKNOWN_KEYS)
_HAS = Field("has", "text", "there is any value, for example has:release", "has:release")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replace `text[start:end]` by `insert_text`. A key ends with its colon: more is to be typed."""

    insert_text: str
    start: int
    end: int
    label: str
    description: str
    kind: SuggestionKind


def suggest(text: str, cursor: int, *, values: Values) -> list[Suggestion]:
    """Suggestions for the place of the cursor, best first; the one for free text comes last.

    `values(key, prefix)` gives the values that exist, most useful first, for a key as it is typed
    ("release", 'tags["level"]'); with the key "" it gives names of tags.
    """
    if len(text) > MAX_LENGTH:
        return []
    cursor = max(0, min(cursor, len(text)))
    start = _fragment_start(text, cursor)
    fragment = text[start:cursor]
    if key := KEY.match(fragment):
        return _of_values(text, start, cursor, fragment[: key.end()], values)
    word = fragment.removeprefix("!")
    place = (cursor - len(word), _rest(_REST_OF_KEY, text, cursor))
    if tag := _TAG_NAME.fullmatch(word):
        return [_key(f'tags["{name}"]:', "tag", place) for name in values("", tag[1])][:MOST]
    if word and not _NAME.fullmatch(word):
        return [_free_text(word, start, cursor)] if _is_text(fragment) else []
    found = [*_keys(word, place, values)][: MOST - 1]
    return [*found, _free_text(word, *place)] if word and word == fragment else found


def _fragment_start(text: str, cursor: int) -> int:
    """Where the term begins that ends at the cursor; the cursor itself where a new one would."""
    last = next(reversed(list(scan(text[:cursor]))), None)
    if last is None or last.end < cursor or last.kind in ("open", "close"):
        return cursor
    return last.start


def _rest(rest: re.Pattern[str], text: str, cursor: int) -> int:
    found = rest.match(text, cursor)
    return found.end() if found else cursor


def _free_text(word: str, start: int, end: int) -> Suggestion:
    return Suggestion(word, start, end, f"{word} in stack traces and messages", "free text", "text")


def _is_text(fragment: str) -> bool:
    try:
        return isinstance(parse(fragment).root, Text)
    except SearchError:
        return False


def _key(written: str, about: str, place: tuple[int, int]) -> Suggestion:
    return Suggestion(written, *place, written, about, "key")


def _keys(word: str, place: tuple[int, int], values: Values) -> Iterator[Suggestion]:
    for field in _matching_fields(word):
        yield _key(f"{field.key}:", field.about, place)
        if word and len(field.values) == 1:
            for value, about in field.values.items():
                yield _pair(field, value, about, place)
    if len(word) > 1:
        for field in _PROPOSED:
            if field.kind in ("is", "choice"):
                for value, about in field.values.items():
                    if value.startswith(word.lower()) and value not in UNKNOWN_STATES:
                        yield _pair(field, value, about, place)
    for name in values("", word) if word else ():
        yield _key(f"{key_text('tags', name)}:", "tag", place)


def _pair(field: Field, value: str, about: str, place: tuple[int, int]) -> Suggestion:
    written = f"{field.key}:{value}"
    return Suggestion(written, *place, written, about, "value")


def _matching_fields(word: str) -> Iterable[Field]:
    """By the beginning of the key, then of an alias, then of a later part (rel in first-release)."""
    lowered = word.lower()
    ranked = []
    for order, field in enumerate((*_PROPOSED, _HAS)):
        names = [field.key.lower(), *(alias.lower() for alias in field.aliases)]
        parts = [part for name in names for part in re.split(r"[._\-]", name)]
        ranks = [names[0].startswith(lowered), any(n.startswith(lowered) for n in names)]
        ranks.append(any(part.startswith(lowered) for part in parts))
        if any(ranks):
            ranked.append((ranks.index(True), order, field))
    return [field for _, _, field in sorted(ranked, key=lambda row: row[:2])]


def _of_values(text: str, start: int, cursor: int, key: str, values: Values) -> list[Suggestion]:
    begin = start + len(key)
    taken: list[str] = []
    if text.startswith("[", begin):
        items = re.split(r"(,)", text[begin + 1 : cursor])
        taken = [item.strip().strip('"') for item in items[:-1]]
        begin = cursor - len(items[-1].lstrip())
    prefix = text[begin:cursor].removeprefix('"')
    place = (begin, _value_end(text, start, begin, cursor))
    return [
        Suggestion(insert, *place, label, about, kind)
        for insert, label, about, kind in _choices(key, prefix, values)
        if label not in taken
    ][:MOST_VALUES]


def _value_end(text: str, start: int, begin: int, cursor: int) -> int:
    """The end of the value at the cursor; a quoted one with spaces in it only where its quote is closed."""
    if text.startswith('"', begin):
        found = next((lexeme for lexeme in scan(text) if lexeme.start == start), None)
        raws = found.values if found else ()
        return next((raw.end for raw in raws if raw.start == begin), _rest(_REST_OF_VALUE, text, cursor))
    return _rest(_REST_OF_VALUE, text, cursor)


def _choices(key: str, prefix: str, values: Values) -> Iterator[tuple[str, str, str, SuggestionKind]]:
    """What to insert, how to show it, what it means, its kind."""
    if key.lower().lstrip("!") == "has:":
        yield from _names(prefix, values)
        return
    lexeme = next(scan(f"{key}x"))
    try:
        namespace, name, field = resolve(lexeme)
    except SearchError:
        return
    if field is not None:
        yield from _known(field, prefix)
    if field is None or field.kind in ("text", "person", "number_id", "hex_id"):
        known = field.values if field else {}
        for value in values(key_text(namespace, name), prefix):
            if value and value not in known:
                yield quote((value,)), value, "", "value"


def _known(field: Field, prefix: str) -> Iterator[tuple[str, str, str, SuggestionKind]]:
    lowered = prefix.lower()
    kind: SuggestionKind = "time" if field.kind == "time" else "value"
    table = _NUMBERS if field.kind == "number" else field.values
    for value, about in sorted(table.items(), key=lambda row: not row[0].startswith(lowered)):
        later = any(part.startswith(lowered) for part in value.split("_")[1:])
        if value in UNKNOWN_STATES:
            continue
        if value.startswith(lowered) or (later and field.kind == "is"):
            yield value, value, about, kind


def _names(prefix: str, values: Values) -> Iterator[tuple[str, str, str, SuggestionKind]]:
    for field in _matching_fields(prefix):
        if field.optional:
            yield field.key, field.key, field.about, "value"
    for name in values("", prefix):
        yield key_text("tags", name), name, "tag", "value"
