"""Reading single fields of JSON that may be missing, null or of a wrong type. Nothing here raises."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from issues.payload.errors import wrong_type

MAX_DEPTH = 60
_SECONDS_AT_MOST = 100_000_000_000  # beyond this an epoch is in milliseconds


def clean(text: str) -> str:
    """Without what no database and no page takes: NUL characters and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def text(value: object) -> str | None:
    """A text that is not empty; a number as text; else None."""
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _digits(value)
    return None


def _digits(value: float) -> str | None:
    try:
        return str(value)
    except ValueError:  # an int of more than 4,300 digits
        return None


def first_text(holder: Mapping[str, object], *names: str) -> str | None:
    """The first of these fields that holds a text."""
    return next((found for name in names if (found := text(holder.get(name))) is not None), None)


def first(holder: Mapping[str, object], *names: str) -> object:
    """The first of these fields that is not null."""
    return next((holder[name] for name in names if holder.get(name) is not None), None)


def mapping(value: object) -> dict[str, object]:
    """The object with its text keys, or an empty one."""
    if not isinstance(value, Mapping):
        return {}
    if all(type(key) is str for key in value):
        return value if isinstance(value, dict) else dict(value)
    return {str(key): item for key, item in value.items()}


def array(value: object) -> Sequence[object]:
    """The list, or an empty one."""
    return value if isinstance(value, list | tuple) else ()


def mappings(value: object) -> tuple[dict[str, object], ...]:
    """The objects in a list; nulls and whatever else stands between them are left out."""
    return tuple(mapping(item) for item in array(value) if isinstance(item, Mapping))


def number(value: object) -> float | None:
    """A finite number; also one written as text."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def integer(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def truth(value: object) -> bool | None:
    """A boolean, also as Sentry writes it into tags ("yes", "no")."""
    if isinstance(value, bool):
        return value
    return (
        {"yes": True, "true": True, "no": False, "false": False}.get(value)
        if isinstance(value, str)
        else None
    )


def moment(value: object) -> datetime | None:
    """A time in UTC from ISO 8601 (without a zone it is UTC) or from seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        seconds = number(value)
        if seconds is None:
            return None
        return datetime.fromtimestamp(seconds if abs(seconds) < _SECONDS_AT_MOST else seconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return moment(number(value)) if isinstance(value, str) else None


def pairs(value: object) -> tuple[tuple[str, object], ...]:
    """Names and values from an object, from a list of pairs, or from a list of `{key, value}`."""
    if isinstance(value, Mapping):
        return tuple((clean(str(name)), plain(item)) for name, item in value.items())
    found: list[tuple[str, object]] = []
    for item in array(value):
        if isinstance(item, list | tuple) and len(item) == 2 and text(item[0]):
            found.append((text(item[0]) or "", plain(item[1])))
        elif isinstance(item, Mapping) and (name := first_text(mapping(item), "key", "name")):
            found.append((name, plain(item.get("value"))))
    return tuple(found)


def plain(value: object, depth: int = MAX_DEPTH) -> object:
    """The JSON value with every text cleaned and what lies too deep cut off as "…"."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        if depth <= 0:
            return "…"
        return {clean(str(name)): plain(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth - 1) for item in value] if depth > 0 else "…"
    return value


def required_mapping(section: str, value: object) -> dict[str, object]:
    """The object, an empty one for null; raises Unreadable for anything else."""
    if value is None or isinstance(value, Mapping):
        return mapping(value)
    raise wrong_type(section, "an object", value)


def required_array(section: str, value: object) -> Sequence[object]:
    """The list, an empty one for null; raises Unreadable for anything else."""
    if value is None or isinstance(value, list | tuple):
        return array(value)
    raise wrong_type(section, "a list", value)
