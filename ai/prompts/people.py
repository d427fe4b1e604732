"""Names of people that are known, masked where they stand in texts.

dexter.pii finds what has the form of personal data; a name has none. Whoever an event or a team names is
known, so their names can be looked for. A full name counts in either order; of an account's name or the part
of an address before the @, only what is no word of everyday, as masking those would hide the error itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dexter.pii import Kind, Pseudonyms

SHORTEST = 3
_WORD = re.compile(r"\w+")
_EVERYDAY = """
    account admin administrator anonymous api app application bot client contact customer demo dev developer
    email error example guest hello help host info local localhost login mail me name nobody none noreply
    null office owner person postmaster prod production public root sales service shop staff staging support
    system team test tester undefined unknown user username users web webmaster worker www
"""
_GENERIC = frozenset(_EVERYDAY.split())


@dataclass(frozen=True)
class Person:
    """What is known of one: any of these may be empty."""

    name: str = ""
    username: str = ""
    email: str = ""


class People:
    """Masks the names of some people. `those_in` keeps the people of whom a text may speak."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        known: dict[str, tuple[Kind, str]] = {}
        for person in people:
            for kind, spoken, spellings in _names(person):
                for spelling in spellings:
                    known.setdefault(_key(spelling), (kind, spoken))
        self._known = known
        # Longer ones first, so that a full name is not masked by half.
        pattern = "|".join(_pattern(name) for name in sorted(known, key=len, reverse=True))
        self._found = re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE) if known else None

    def hide(self, text: str, names: Pseudonyms, hidden: dict[str, str] | None = None) -> str:
        """The text with each name as `<name-1>` or `<username-1>`; one person's name has one number.

        `hidden` gets what stood there, by what stands there now.
        """
        if self._found is None:
            return text

        def instead(found: re.Match[str]) -> str:
            name = names.name(*self._known[_key(found[0])])
            if hidden is not None:
                hidden[name] = found[0]
            return name

        return self._found.sub(instead, text)


def those_in(text: str, people: Iterable[Person]) -> list[Person]:
    """The people of whom some word stands in the text: to look for thousands of names would take long."""
    words = set(_WORD.findall(text.casefold().replace("_", " ")))
    return [
        person
        for person in people
        if any(
            set(_key(spelling).split()) <= words
            for _, _, spellings in _names(person)
            for spelling in spellings
        )
    ]


def _names(person: Person) -> list[tuple[Kind, str, tuple[str, ...]]]:
    """Kind, the name to number it by, and the ways it is written."""
    found: list[tuple[Kind, str, tuple[str, ...]]] = []
    parts = _key(person.name).split()
    if len(parts) > 1 and "@" not in person.name:
        reversed_ = " ".join([parts[-1], *parts[:-1]])
        found.append((Kind.NAME, person.name, (" ".join(parts), reversed_)))
    for account in (person.username, person.email.partition("@")[0]):
        key = _key(account)
        if len(key) >= SHORTEST and not key.replace(" ", "").isdigit() and not _GENERIC & {key}:
            found.append((Kind.USERNAME, account, (key,)))
    return found


def _key(name: str) -> str:
    """The words of a name, lower case: Ada.Lovelace and ada lovelace are the same."""
    return " ".join(_WORD.findall(name.casefold().replace("_", " ")))


def _pattern(key: str) -> str:
    return r"[\W_]{1,3}".join(map(re.escape, key.split()))
