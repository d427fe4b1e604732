"""Masking of whole JSON values, where names count as well as looks: `{"password": "x"}` hides the `x`."""

from collections.abc import Iterator, Sequence

from dexter.pii.masking import Pseudonyms, mask_text, replaced
from dexter.pii.places import TOO_DEEP, Place, text_of


def mask_value(
    value: object,
    key: object = None,
    *,
    path: Sequence[object] = (),
    pseudonyms: Pseudonyms | None = None,
) -> object:
    """The JSON value with everything personal replaced by `[kind]`; what is not JSON becomes masked text.

    `key` is the name the value stands under and `path` the names above that, outermost first. Deeper than
    `places.MAX_DEPTH` the rest is cut off. Never raises.
    """
    return _masked(value, Place(key, tuple(path)), pseudonyms)


def _masked(value: object, place: Place, names: Pseudonyms | None) -> object:
    if not isinstance(value, dict | list | tuple):
        return _masked_scalar(value, place, names)
    if place.is_too_deep:
        return TOO_DEEP
    if isinstance(value, dict):
        return _with_unique_keys(
            (
                mask_text(name, pseudonyms=names) if isinstance(name, str) else name,
                _masked(item, below, names),
            )
            for name, item, below in place.members(value)
        )
    return [_masked(item, below, names) for item, below in place.items(value)]


def _masked_scalar(value: object, place: Place, names: Pseudonyms | None) -> object:
    if value is None or isinstance(value, bool):
        return value
    text = text_of(value)
    masked = replaced(text, place.findings(text), names)
    return value if masked == text and isinstance(value, int | float) else masked


def _with_unique_keys(members: Iterator[tuple[object, object]]) -> dict[object, object]:
    """Two addresses used as keys both become `[email]`: the second is called `[email] 2`."""
    result: dict[object, object] = {}
    for name, item in members:
        unique, number = name, 1
        while unique in result:
            number += 1
            unique = f"{name} {number}"
        result[unique] = item
    return result
