"""Changing a search as text: what the tokens and the filter controls of the page do."""

from collections.abc import Sequence

from .ast import Filter, Namespace
from .errors import SearchError
from .fields import IS_GROUPS, Field
from .grammar import MAX_LENGTH, parse
from .lexer import Lexeme, scan
from .quoting import quote
from .values import resolve

Piece = tuple[str, str]  # a lexeme's kind, or "gone" or "end", and its source
_GONE: Piece = ("gone", "")
_END: Piece = ("end", "")


def get_filter(text: str, key: str) -> Filter | None:
    """The first filter of that key that has to hold (not one inside an OR); raises SearchError."""
    namespace, name, _ = _key(key)
    found = (node for node in parse(text).terms if isinstance(node, Filter))
    return next((node for node in found if (node.namespace, node.key) == (namespace, name)), None)


def with_filter(text: str, key: str, value: str | Sequence[str] | None) -> str:
    """The search with that filter set to a plain value (quoted as needed), a list of them, or removed.

    All filters of the key that have to hold are replaced, the first one in its place; those inside an OR are
    left alone. Numbers and times may begin with an operator (">20", "-24h"). Raises SearchError if the text
    or the value cannot be parsed.
    """
    namespace, name, entry = _key(key)
    matches = [
        node
        for node in parse(text).terms
        if isinstance(node, Filter) and (node.namespace, node.key) == (namespace, name)
    ]
    return _replaced(text, matches, "" if value is None else f"{key}:{_written(value, entry)}")


def get_status(text: str) -> str | None:
    """The status or substatus that is: asks for, None if it asks for none; raises SearchError."""
    return next((str(node.value) for node in _status_filters(text) if not node.negated), None)


def with_status(text: str, status: str | None) -> str:
    """The search with is: set to another status or substatus, other uses of is: kept; raises SearchError."""
    return _replaced(text, _status_filters(text), f"is:{status}" if status else "")


def without(text: str, start: int, end: int) -> str:
    """The search without the tokens that touch `text[start:end]` and operators left over. Never raises."""
    if len(text) > MAX_LENGTH:
        return text[:start] + text[end:]
    pieces = [_GONE if _touches(lexeme, start, end) else _piece(text, lexeme) for lexeme in scan(text)]
    return _joined(_tidy(pieces))


def _status_filters(text: str) -> list[Filter]:
    found = (node for node in parse(text).terms if isinstance(node, Filter) and node.key == "is")
    return [
        node for node in found if IS_GROUPS.get(str(node.value)) == "status" and node.namespace == "field"
    ]


def _key(key: str) -> tuple[Namespace, str, Field | None]:
    lexeme = next(scan(f"{key}:x"))
    if lexeme.kind != "filter":
        raise SearchError(f"{key} is not a key", 0, len(key))
    return resolve(lexeme)


def _written(value: str | Sequence[str], entry: Field | None) -> str:
    if not isinstance(value, str) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        return "[" + ", ".join(quote((item,)) for item in value) + "]"
    if entry is not None and entry.kind in ("number", "time"):
        return value
    return quote((value,))


def _replaced(text: str, matches: list[Filter], filter_text: str) -> str:
    spans = {node.span for node in matches}
    lexemes = list(scan(text))
    pieces: list[Piece] = []
    placed = not filter_text
    for index, lexeme in enumerate(lexemes):
        if (lexeme.start, lexeme.end) not in spans:
            pieces.append(_piece(text, lexeme))
        elif not placed and not (index and lexemes[index - 1].kind == "not"):
            pieces.append(("filter", filter_text))
            placed = True
        else:
            pieces.append(_GONE)
    pieces = _tidy(pieces)
    if not placed:
        if _alternatives(lexemes):
            pieces = [("open", "("), *pieces, ("close", ")")]
        pieces.append(("filter", filter_text))
    result = _joined(pieces)
    parse(result)
    return result


def _alternatives(lexemes: list[Lexeme]) -> bool:
    """Whether there is an OR outside of all parentheses."""
    depth = 0
    for lexeme in lexemes:
        depth += (lexeme.kind == "open") - (lexeme.kind == "close")
        if lexeme.kind == "or" and not depth:
            return True
    return False


def _touches(lexeme: Lexeme, start: int, end: int) -> bool:
    return lexeme.start < end and start < lexeme.end


def _piece(text: str, lexeme: Lexeme) -> Piece:
    return (lexeme.kind, text[lexeme.start : lexeme.end])


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """Without the pieces that are gone, operators that have lost a side, and empty parentheses."""
    kept: list[Piece] = []
    for piece in [*pieces, _END]:
        kind = piece[0]
        if kind in ("and", "or") and kept and kept[-1][0] == "or":
            piece = kept[-1]  # x OR gone AND b: what is left are alternatives
        if kind in ("and", "or", "close", "end"):
            _drop(kept, "and", "or", "not")
        if kind == "close" and kept and kept[-1][0] == "open":
            kept.pop()
            kind = "gone"
        if kind == "gone":
            _drop(kept, "not")
        elif kind != "end" and (kind not in ("and", "or") or (kept and kept[-1][0] != "open")):
            kept.append(piece)
    return kept


def _drop(kept: list[Piece], *kinds: str) -> None:
    while kept and kept[-1][0] in kinds:
        kept.pop()


def _joined(pieces: list[Piece]) -> str:
    text, before = "", "open"
    for kind, source in pieces:
        text += source if before == "open" or kind == "close" else f" {source}"
        before = kind
    return text
