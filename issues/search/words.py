"""Free text as words: one tokenizer for the stored documents and for what is asked of them.

A database's own tokenizer would cut `checkout/reserveStock` in its own way, PostgreSQL and SQLite not alike.
So the text is cut here, and the database sees plain words with spaces between them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from .ast import Text

MAX_WORD = 64  # longer runs are encoded data; both sides cut alike, so they still match
SEPARATOR = "zzxpartxzz"  # stands between parts, and is never a word, so that no phrase spans two parts

_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class TextMatch:
    """What to ask of the documents. "all": each word somewhere; "phrase": the words in this order, adjacent;
    "prefix": like phrase, the last word being the beginning of one."""

    kind: Literal["all", "phrase", "prefix"]
    words: tuple[str, ...]


def words(text: str) -> list[str]:
    """Lower-case words in order: `reserveStock` gives reserve, stock, reservestock. May repeat."""
    found: list[str] = []
    for run in _runs(text):
        parts = _cut(run)
        found.extend(parts if len(parts) == 1 else [*parts, _fold(run)])
    return found


def pieces(text: str) -> list[str]:
    """The words without the compounds, `reserveStock` gives reserve, stock: adjacent as in the text."""
    return [piece for run in _runs(text) for piece in _cut(run)]


def document(parts: Iterable[str], limit: int = 20_000) -> str:
    """The searchable body of several texts, at most `limit` characters, cut between words.

    Each part is its pieces in order, then, apart from them so that phrases hold, its distinct compounds.
    """
    body: list[str] = []
    room = limit + 1
    for part in parts:
        words = _body(part[: 10 * limit])
        body += words
        room -= sum(map(len, words)) + len(words)
        if room < 0:
            body = _cut_off(body, limit)
            break
    while body and body[-1] == SEPARATOR:
        body.pop()
    return " ".join(body)


def _cut_off(body: list[str], limit: int) -> list[str]:
    """The first words, as many as fit into `limit` characters."""
    ends = accumulate(len(word) + 1 for word in body)
    return [word for word, end in zip(body, ends, strict=True) if end <= limit + 1]


def text_query(text: Text) -> TextMatch:
    """What a node of free text asks for; a bare word that is several words is a phrase."""
    found = tuple(pieces(text.value))
    if text.prefix:
        return TextMatch("prefix", found)
    return TextMatch("all" if len(found) == 1 else "phrase", found)


def _body(part: str) -> list[str]:
    body: list[str] = []
    compounds: dict[str, None] = {}
    for run in _RUN.findall(part if part.isascii() else unicodedata.normalize("NFKC", part)):
        cut, compound = _words_of(run)
        body += cut
        if compound:
            compounds[compound] = None
    return [*body, SEPARATOR, *compounds, SEPARATOR] if compounds else [*body, SEPARATOR]


@lru_cache(maxsize=10_000)
def _words_of(run: str) -> tuple[tuple[str, ...], str]:
    """A run's pieces, and the whole of it where it has several. Kept, as texts repeat the same words."""
    folded = _fold(run)
    if not folded:
        return (), ""
    cut = tuple(_cut(run))
    return cut, folded if len(cut) > 1 else ""


def _runs(text: str) -> Iterator[str]:
    """Runs of letters and digits; NFKC so that an accent is one character however it was typed."""
    for found in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        if _fold(found[0]):
            yield found[0]


def _cut(run: str) -> list[str]:
    """A run at its camelCase boundaries: HTTPServer, utf8Decode, but not the hexadecimal 4BF92F."""
    if run.islower() or run.isdigit():
        return [_fold(run)]
    starts = [0, *(at for at in range(1, len(run)) if _boundary(run, at)), len(run)]
    return [word for a, b in zip(starts, starts[1:], strict=False) if (word := _fold(run[a:b]))]


def _boundary(run: str, at: int) -> bool:
    if not _upper(run[at]):
        return False
    before, after = run[at - 1], run[at + 1 : at + 2]
    if before.isalpha() and not _upper(before):
        return True
    return after.isalpha() and not _upper(after)


def _upper(character: str) -> bool:
    return character.lower() != character


def _fold(run: str) -> str:
    """Lower case, only letters and digits, at most MAX_WORD; "" for the separator, which is nobody's word."""
    lowered = run.lower()
    if not lowered.isascii():
        # Lowering may yield a combining mark (Turkish dotted I), which a database would cut at.
        lowered = "".join(character for character in lowered if character.isalnum())
    lowered = lowered[:MAX_WORD]
    return "" if lowered == SEPARATOR else lowered
