"""Where a value stands in a JSON document, as far as that says what the value is.

Names reach into what lies below them: everything inside `cookies` is a cookie. Pairs
(`["Authorization", "..."]`) and Sentry's tags (`{"key": ..., "value": ...}`) are a name and its value.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dexter.pii import vocabulary
from dexter.pii.filtered import FILTERED
from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind
from dexter.pii.masking import find
from dexter.pii.names import kind_of_name, words_of

MAX_DEPTH = 40
TOO_DEEP = "…"

# Kinds whose name speaks for everything below it. A dict under `card` or `email` has names of its own.
_REACHES_DOWN = frozenset({Kind.SECRET, Kind.COOKIE, Kind.ADDRESS, Kind.NAME, Kind.SSN, Kind.BIRTH_DATE})
_OF_PERSONS = frozenset({Kind.EMAIL, Kind.PHONE, Kind.BIRTH_DATE, Kind.SSN, Kind.NAME, Kind.IBAN})
_LABELS = ("key", "name")


@dataclass(frozen=True, slots=True)
class Place:
    """The name a value stands under, the names above that (outermost first), a kind reaching down to it."""

    key: object = None
    path: tuple[object, ...] = ()
    inherited: Kind | None = None
    depth: int = 0

    @property
    def kind(self) -> Kind | None:
        return self.inherited or kind_of_name(self.key, self.path)

    @property
    def is_too_deep(self) -> bool:
        return self.depth >= MAX_DEPTH

    def members(self, value: Mapping[object, object]) -> Iterator[tuple[object, object, "Place"]]:
        """Name, value and place of each member of a dict that stands here."""
        kind = self.kind
        reaching = kind if kind in _REACHES_DOWN else None
        label = _label(value)
        below = path_below(value, self.key, self.path)
        for name, item in value.items():
            if label is None:
                place = Place(name, below, reaching, self.depth + 1)
            elif name == "value":
                place = Place(label, self.path, reaching, self.depth + 1)
            else:
                place = Place(None, below, None, self.depth + 1)
            yield name, item, place

    def items(self, value: Sequence[object]) -> Iterator[tuple[object, "Place"]]:
        """Value and place of each item of a list that stands here."""
        if len(value) == 2 and isinstance(value[0], str) and kind_of_name(value[0]):
            yield value[0], Place(None, self.path, None, self.depth + 1)
            yield value[1], Place(value[0], self.path, self.inherited, self.depth + 1)
            return
        for item in value:
            yield item, Place(self.key, self.path, self.inherited, self.depth + 1)

    def findings(self, text: str) -> tuple[Finding, ...]:
        """What is to be masked in a text that stands here: the whole of it, or what its looks give away."""
        bare = text.strip().strip("'\"")
        kind = self.kind
        if kind and bare and bare.lower() not in vocabulary.EMPTY_VALUES:
            return (Finding(0, len(text), Kind.FILTERED if FILTERED.fullmatch(bare) else kind),)
        found = find(text)
        if found and isinstance(self.key, str) and _names_a_version(self.key):
            return tuple(finding for finding in found if finding.kind is not Kind.IP)
        return found


def path_below(names: Iterable[object], key: object, path: Sequence[object] = ()) -> tuple[object, ...]:
    """The path for the members of a dict with these names that stands under `key`.

    A dict with an e-mail address, a phone number or the like describes a person, whatever it is called:
    then "person" is put at the end, and a plain `name` in it is a person's name.
    """
    below = (*path, key) if isinstance(key, str) else tuple(path)
    describes_person = any(kind_of_name(name) in _OF_PERSONS for name in names)
    return (*below, "person") if describes_person else below


def text_of(value: object) -> str:
    """A scalar as text, as JSON writes it where JSON knows it."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value) if value is None or isinstance(value, bool | int | float) else str(value)
    except ValueError:  # an int of more than 4,300 digits
        return "?"


def _label(value: Mapping[object, object]) -> str | None:
    """The name in `{"key": "user.email", "value": "..."}`, the shape of Sentry's tags."""
    if "value" not in value or len(value) > 4:
        return None
    return next((label for part in _LABELS if isinstance(label := value.get(part), str)), None)


def _names_a_version(key: str) -> bool:
    return not vocabulary.NAMES_OF_VERSIONS.isdisjoint(words_of(key))
