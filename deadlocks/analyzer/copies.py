"""Copies that changed a whole text: HTML, one line, carriage returns, hard blanks, a column of a table.

Each is told by signs that no server log has, and only a text small enough to be held is put right.
"""

import csv
import html
import io
import re
from collections.abc import Callable

from . import documents, wording
from .log.layouts import detect, records_of
from .log.stream import document_of
from .log.wrapped import TEXT_KEYS

_OWN = "ERROR|DETAIL|HINT|CONTEXT|STATEMENT|LOG|QUERY|FATAL|WARNING|NOTICE|INFO"
_TAG = re.compile(
    r"</?(?:a|b|body|br|code|div|html|li|p|pre|samp|span|table|tbody|td|th|tr)\b[^<>]{0,400}>", re.I
)
_BREAK = re.compile(r"(?:<br ?/?>|</(?:div|li|p|tr)>)\n?", re.I)
#: A double quote that was escaped: outside any literal of a statement.
_ENTITIES = re.compile(r"^[^'\n]*&quot;|,&quot;|\{&quot;", re.MULTILINE)
_QUOTE = re.compile(r"&#0?39;|&#x27;")
_WORDS = wording.alternatives([*wording.SEVERITY_WORDS, *wording.FIELD_OF])
_HARD_BLANK = re.compile(rf"(?<!\w)(?:{_WORDS}) ?:[ \u00a0]?\u00a0")
_LABEL = re.compile(rf"(?<!\w)(?:{_WORDS}) ?:  ")
_LOWER = re.compile(rf"(?<![\w=\"'])(?:{_OWN.lower()})(?=:  \S)")
_NAME = re.compile(r"@?[a-z_][\w. -]{0,60}")
_LITERAL = re.compile(r"\\([nrt\\\"'])")
_LITERALS = {"n": "\n", "r": "\r", "t": "\t"}
_JSON = '"[{'
_FEWEST = 3
_WIDEST = 4000
_MOST_COLUMNS = 60


def restored(whole: bytes) -> bytes:
    """The text as it was before the copy, or the same bytes."""
    said, changed = document_of(whole), False
    for change in _CHANGES:
        if (plain := change(said)) is not None:
            said, changed = plain, True
    return said.encode("utf-8", "replace") if changed else whole


def _from_html(said: str) -> str | None:
    """A page, lines that end in ``<br>``, or escaped text, in which no quote is left as it is."""
    marked = _TAG.match(said.lstrip()[:_WIDEST]) or 0 < said.count("\n") / 2 < len(_BREAK.findall(said))
    escaped = '"' not in said and (_ENTITIES.search(said) or (_QUOTE.search(said) and "'" not in said))
    if not marked and not escaped:
        return None
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", said))).replace("\u00a0", " ")


def _from_hard_blanks(said: str) -> str | None:
    return said.replace("\u00a0", " ") if _HARD_BLANK.search(said) and not _LABEL.search(said) else None


def _from_returns(said: str) -> str | None:
    if "\n" in said:
        return said.replace("\r\r\n", "\n") if "\r\r\n" in said else None
    return said.replace("\r", "\n") if "\r" in said else None


def _from_one_line(said: str) -> str | None:
    """A log as the representation of a string: its line breaks are two characters."""
    bare = said.strip()
    if "\n" in bare or bare.count("\\n") < _FEWEST or (bare[:1] in _JSON and documents.values(bare)):
        return None
    if len(bare) > 2 and bare[-1] in "'\"" and bare.lstrip("bBrR")[:1] == bare[-1]:
        bare = bare.lstrip("bBrR")[1:-1]
    plain = _LITERAL.sub(lambda found: _LITERALS.get(found[1], found[1]), bare)
    return None if detect(plain[:_WIDEST].encode("utf-8", "replace")).kind == "text" else plain


def _from_lower_case(said: str) -> str | None:
    """Labels in small letters; two blanks behind them are PostgreSQL's, and no client writes them so."""
    if "error:  deadlock detected" not in said or _LABEL.search(said):
        return None
    lines = (
        line if line[:1] == "\t" else _LOWER.sub(lambda m: m[0].upper(), line, 1) for line in said.split("\n")
    )
    return "\n".join(lines)


def _from_table(said: str) -> str | None:
    """One column of a table in CSV, whose first row names it; the newest row may stand first."""
    names = [name.strip().strip('"').casefold() for name in said[:_WIDEST].partition("\n")[0].split(",")]
    column = next((n for n, name in enumerate(names) if name in _COLUMNS), None)
    if column is None or len(names) > _MOST_COLUMNS or not all(map(_NAME.fullmatch, names)):
        return None
    try:
        rows = [row for row in csv.reader(io.StringIO(said)) if len(row) == len(names)][1:]
    except csv.Error:
        return None
    if len(rows) < _FEWEST and not any(
        "\n" in t or records_of(t.encode()) for t in (r[column] for r in rows)
    ):
        return None
    times = [next((cell for cell in row if cell[:2].isdigit()), "") for row in (rows[0], rows[-1])]
    texts = [row[column].removesuffix("\n") for row in rows]
    return "\n".join(texts[::-1] if times[0] > times[1] else texts) + "\n"


_COLUMNS = frozenset(key.casefold() for key in TEXT_KEYS)
_CHANGES: tuple[Callable[[str], str | None], ...] = (
    _from_html,
    _from_returns,
    _from_one_line,
    _from_table,
    _from_hard_blanks,
    _from_lower_case,
)
