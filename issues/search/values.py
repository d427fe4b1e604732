"""From a lexeme to a filter: its name made canonical, its values checked and given their type."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from .ast import Filter, Namespace, Op, Pattern, Value
from .errors import SearchError
from .fields import REFUSED, TRUTH, TRUTH_SPELLINGS, UNKNOWN_STATES, Field, field_named
from .lexer import Lexeme, Raw
from .times import parse_moment, parse_relative

MAX_VALUES = 100
MAX_NUMBER = 10**15

_NUMBER = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,6}))?([kmb]?)", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1, "k": 1000, "m": 1_000_000, "b": 1_000_000_000}


def build_filter(lexeme: Lexeme) -> Filter:
    """The filter a lexeme of kind "filter" stands for; raises SearchError if there is none."""
    namespace, key, entry = resolve(lexeme)
    if lexeme.op == "has":
        return _has(lexeme, namespace, key, entry)
    _check_shape(lexeme, entry)
    if entry is None or entry.kind == "text":
        return _text(lexeme, namespace, key)
    convert = _CONVERTERS[entry.kind]
    values = _distinct(convert(lexeme, entry, raw) for raw in lexeme.values)
    return Filter(key, _OPS[lexeme.op], values, lexeme.negated, namespace, (lexeme.start, lexeme.end))


def resolve(lexeme: Lexeme) -> tuple[Namespace, str, Field | None]:
    """Namespace, canonical key, and the field if it is one; raises SearchError for keys Dexter refuses."""
    if lexeme.namespace != "field":
        return lexeme.namespace, lexeme.name, None
    if lexeme.name.lower() in REFUSED:
        message = f"{lexeme.name}: cannot be searched here"
        raise SearchError(message, lexeme.start, lexeme.end, REFUSED[lexeme.name.lower()])
    entry = field_named(lexeme.name)
    return ("field", entry.key, entry) if entry else ("tags", lexeme.name, None)


_OPS: dict[str, Op] = {"": "=", "=": "=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


def _check_shape(lexeme: Lexeme, entry: Field | None) -> None:
    """Comparisons only of what has an order, lists not of what has one."""
    ordered = entry is not None and entry.kind in ("number", "time")
    name = lexeme.name
    if lexeme.op == "!=":
        raise _error(lexeme, f"{name}: does not know !=", f"write !{name}:{lexeme.values[0].text}")
    if lexeme.op and not ordered:
        hint = f'to look for the sign itself write {name}:"{lexeme.op}{lexeme.values[0].text}"'
        raise _error(lexeme, f"{name}: has no order, so {lexeme.op} cannot be used", hint)
    if lexeme.listed and entry is not None and (ordered or entry.kind in ("is", "boolean")):
        hint = "combine several with OR in parentheses" if entry.kind != "boolean" else ""
        raise _error(lexeme, f"{name}: takes one value, not a list", hint)
    if len(lexeme.values) > MAX_VALUES:
        raise _error(lexeme, f"{name}: has {len(lexeme.values)} values, {MAX_VALUES} is the most")


def _error(lexeme: Lexeme, message: str, hint: str = "", raw: Raw | None = None) -> SearchError:
    place = raw or lexeme
    return SearchError(message, place.start, place.end, hint)


def _distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))


def _has(lexeme: Lexeme, namespace: Namespace, key: str, entry: Field | None) -> Filter:
    """has:key; the key may be a field that can be missing, or any tag or flag."""
    if entry and not entry.optional:
        hint = "use it for what may be missing, for example has:release"
        raise _error(lexeme, f"has: is always true for {lexeme.name}", hint)
    return Filter(key, "has", (), lexeme.negated, namespace, (lexeme.start, lexeme.end))


def _text(lexeme: Lexeme, namespace: Namespace, key: str) -> Filter:
    span = (lexeme.start, lexeme.end)
    if any(raw.parts == ("",) for raw in lexeme.values):
        if len(lexeme.values) > 1:
            raise _error(
                lexeme, "A value of this list is empty", f"write !has:{lexeme.name} for a missing value"
            )
        return Filter(key, "has", (), not lexeme.negated, namespace, span)
    values = _distinct(raw.text if len(raw.parts) == 1 else Pattern(raw.parts) for raw in lexeme.values)
    return Filter(key, "=", values, lexeme.negated, namespace, span)


def _one_of(lexeme: Lexeme, entry: Field, raw: Raw) -> str:
    word = raw.text.lower()
    word = entry.spellings.get(word, word)
    if word in entry.values:
        return word
    near = get_close_matches(word, [*entry.values, *entry.spellings], 1, 0.6)
    if near:
        hint = f"did you mean {lexeme.name}:{near[0]}"
    else:
        hint = "use one of " + ", ".join(value for value in entry.values if value not in UNKNOWN_STATES)
    raise _error(lexeme, f"{lexeme.name}: does not know {raw.text or 'an empty value'}", hint, raw)


def _person(lexeme: Lexeme, entry: Field, raw: Raw) -> str:
    text = raw.text
    example = f"for example {lexeme.name}:me, {lexeme.name}:#team or {lexeme.name}:[me, my_teams]"
    if not text or len(raw.parts) > 1:
        raise _error(lexeme, f"{lexeme.name}: needs a person or a team, without stars", example, raw)
    if "," in text and not raw.quoted:
        hint = f"write {lexeme.name}:[{text.replace(',', ', ')}]"
        raise _error(lexeme, "Several people are written as a list", hint, raw)
    if text == "#" or (text.lower() == "none" and "none" not in entry.values):
        raise _error(lexeme, f"{lexeme.name}: needs a person or a team", example, raw)
    return text.lower() if text.lower() in entry.values else text


def _number(lexeme: Lexeme, entry: Field, raw: Raw) -> int:
    found = _NUMBER.fullmatch(raw.text)
    if found:
        whole = int(found[1] + (found[2] or "")) * _FACTORS[found[3].lower()]
        number, rest = divmod(whole, int("1" + "0" * len(found[2] or "")))
        if not rest and number <= MAX_NUMBER:
            return number
    raise _error(lexeme, f"{lexeme.name}: needs a number", f"for example {lexeme.name}:>20")


def _number_id(lexeme: Lexeme, entry: Field, raw: Raw) -> int:
    if re.fullmatch(r"[0-9]{1,18}", raw.text):
        return int(raw.text)
    raise _error(lexeme, f"{lexeme.name}: needs a whole number", f"for example {entry.example}", raw)


def _hex_id(lexeme: Lexeme, entry: Field, raw: Raw) -> str:
    digits = raw.text.lower().replace("-", "")
    if re.fullmatch(r"[0-9a-f]{32}", digits):
        return digits
    raise _error(lexeme, f"{lexeme.name}: needs 32 hexadecimal digits", f"for example {entry.example}", raw)


def _boolean(lexeme: Lexeme, entry: Field, raw: Raw) -> bool:
    word = raw.text.lower()
    word = TRUTH_SPELLINGS.get(word, word)
    if word in TRUTH:
        return word == "true"
    raise _error(lexeme, f"{lexeme.name}: needs true or false", f"for example {lexeme.name}:true", raw)


def _time(lexeme: Lexeme, entry: Field, raw: Raw) -> Value:
    name = lexeme.name
    if relative := parse_relative(raw.text):
        if lexeme.op:
            hint = _within(name, f"{relative.amount}{relative.unit}")
            raise _error(lexeme, f"A relative time takes no {lexeme.op}", hint)
        return relative
    if moment := parse_moment(raw.text):
        return moment
    if parse_relative(f"-{raw.text}"):
        hint = _within(name, raw.text)
    else:
        hint = f"for example {name}:-24h, {name}:+7d or {name}:>2026-01-31"
    raise _error(lexeme, f"{name}: needs a time", hint)


def _within(name: str, age: str) -> str:
    return f"write {name}:-{age} for within, {name}:+{age} for longer ago"


_CONVERTERS: dict[str, Callable[[Lexeme, Field, Raw], Value]] = {
    "is": _one_of,
    "choice": _one_of,
    "person": _person,
    "number": _number,
    "number_id": _number_id,
    "hex_id": _hex_id,
    "boolean": _boolean,
    "time": _time,
}
