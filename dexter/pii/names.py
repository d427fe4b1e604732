"""What a name says about its value: `password` holds a secret, `first_name` a person's name.

Names are compared word by word, so `apiKey`, `API_KEY`, `x-api-key` and `api.key` are one, while
`tokens_used`, `secretary` and `author` are nothing at all. The words are in `vocabulary.py`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from dexter.pii import vocabulary
from dexter.pii.kinds import Kind

_LONGEST_NAME = 120
_LONGEST_ENTRY = 4
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """`userApiKey`, `user-api-key` and `USER_API_KEY` are all ("user", "api", "key")."""
    words: list[str] = []
    for match in _WORD.finditer(name[:_LONGEST_NAME]):
        word = match.group().lower()
        # A number belongs to the word it follows at once: line1, sha256, cookie2.
        if word.isdigit() and words and name[match.start() - 1].isalnum():
            words[-1] += word
        else:
            words.append(word)
    return tuple(words)


def kind_of_name(name: object, path: Sequence[object] = ()) -> Kind | None:
    """What a value under this name holds, whatever it looks like; None when the name says nothing.

    `path` holds the names above it, outermost first: `name` is a person's under `customer` only.
    """
    if not isinstance(name, str) or not name:
        return None
    parents = tuple(part for part in path[-2:] if isinstance(part, str))
    return (
        secret_name(name)
        or _personal(name, parents)
        or (_with_parent(name, parents[-1]) if parents else None)
    )


@lru_cache(maxsize=8192)
def secret_name(name: str) -> Kind | None:
    """Kind.SECRET or Kind.COOKIE for a name that holds such a thing, else None."""
    words = words_of(name)
    if not words or words[-1] in vocabulary.BENIGN_ENDINGS or words[0] in vocabulary.BENIGN_BEGINNINGS:
        return None
    if not vocabulary.COOKIE_WORDS.isdisjoint(words):
        return Kind.COOKIE
    return Kind.SECRET if _is_secret(words) else None


def _is_secret(words: tuple[str, ...]) -> bool:
    if not vocabulary.SECRET_WORDS.isdisjoint(words) or any(_is_glued(word) for word in words):
        return True
    if len(words) == 1:
        return words[0] in vocabulary.SECRET_ALONE
    return any(f"{one} {two}" in vocabulary.SECRET_PAIRS for one, two in zip(words, words[1:], strict=False))


def _is_glued(word: str) -> bool:
    """Words that people write without a seam: dbpassword, password1, stripesecret."""
    bare = word.rstrip("0123456789")
    return bare.startswith(vocabulary.SECRET_BEGINNINGS) or bare.endswith(vocabulary.SECRET_ENDINGS)


@lru_cache(maxsize=8192)
def _personal(name: str, parents: tuple[str, ...]) -> Kind | None:
    words = words_of(name)
    for start in range(max(0, len(words) - _LONGEST_ENTRY), len(words)):
        # `user.email`, `customer_first_name`: what counts is how the name ends.
        ending = " ".join(words[start:])
        if ending in vocabulary.PERSONAL and not (start and ending in vocabulary.PERSONAL_ALONE):
            return vocabulary.PERSONAL[ending]
    if not words or words[-1] not in vocabulary.OF_A_PERSON:
        return None
    above = (words[:-1],) if words[:-1] else tuple(words_of(parent) for parent in parents)
    return vocabulary.OF_A_PERSON[words[-1]] if any(_is_person(holder) for holder in above) else None


@lru_cache(maxsize=8192)
def _with_parent(name: str, parent: str) -> Kind | None:
    """What the two say together: `holder` below `card`, `line1` below `address`, `key` below `api`."""
    above, words = words_of(parent), words_of(name)
    if not above or not words or words == ("name",):  # screen.name: OF_A_PERSON knows which are a person's
        return None
    if f"{above[-1]} {' '.join(words)}" in vocabulary.SECRET_PAIRS:
        return Kind.SECRET
    for start in range(max(0, len(above) + len(words) - _LONGEST_ENTRY), len(above)):
        if kind := vocabulary.PERSONAL.get(" ".join((*above[start:], *words))):
            return kind
    return None


def _is_person(words: tuple[str, ...]) -> bool:
    """`customer` and `deliver_to` name a person, `client_os` and `user_agent` do not."""
    if not words:
        return False
    return words[-1] in vocabulary.PERSONS or (words[-1] == "to" and words[0] in vocabulary.TOWARDS_A_PERSON)
