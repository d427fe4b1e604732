"""The grammar: text to tree, or an error that says where and what would be right.

query   := [ any ]
any     := all ("OR" all)*
all     := single (["AND"] single)*          adjacent means AND, and AND binds tighter than OR
single  := "NOT"* ( "(" any ")" | filter | word | "phrase" )
"""

import unicodedata
from dataclasses import replace

from .ast import And, Filter, Node, Not, Or, Query, Text
from .errors import SearchError
from .lexer import Lexeme, scan
from .values import build_filter
from .words import pieces

MAX_LENGTH = 1000
MAX_DEPTH = 30
MAX_TERMS = 50


def parse(text: str) -> Query:
    """The tree of a search; raises SearchError, and nothing else, for what is not one. Linear time."""
    _check_text(text)
    lexemes = list(scan(text))
    for lexeme in lexemes:
        if lexeme.error:
            raise lexeme.error
    terms = [lexeme for lexeme in lexemes if lexeme.kind in ("filter", "text", "phrase")]
    if len(terms) > MAX_TERMS:
        place = terms[MAX_TERMS]
        raise SearchError(
            f"The search has {len(terms)} terms, {MAX_TERMS} is the most", place.start, place.end
        )
    return Query(_Parser(lexemes, len(text)).query())


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise SearchError(too_long(text), MAX_LENGTH, len(text))
    for at, character in enumerate(text):
        # PostgreSQL refuses NUL, and no driver can encode half a surrogate pair.
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n":
            message = f"The character U+{ord(character):04X} cannot be searched"
            raise SearchError(message, at, at + 1, "remove it")


def too_long(text: str) -> str:
    return f"The search has {len(text):,} characters, {MAX_LENGTH:,} is the most"


def build_text(lexeme: Lexeme) -> Text:
    """The free text a lexeme of kind "text" or "phrase" stands for; raises SearchError if it has no word."""
    raw = lexeme.values[0]
    span = (lexeme.start, lexeme.end)
    if len(raw.parts) > 2 or (len(raw.parts) == 2 and raw.parts[1]):
        hint = f"a star may end a word; elsewhere use a key, for example message:*{raw.parts[-1]}*"
        raise SearchError("Free text finds words and their beginnings", *span, hint)
    text = Text(raw.parts[0], lexeme.kind == "phrase", prefix=len(raw.parts) == 2, span=span)
    if not pieces(text.value):
        raise SearchError("Free text needs a letter or a digit", *span)
    return text


def negate(node: Node) -> Node:
    """The node that is true where this one is not."""
    if isinstance(node, Filter):
        return replace(node, negated=not node.negated)
    return node.item if isinstance(node, Not) else Not(node)


class _Parser:
    def __init__(self, lexemes: list[Lexeme], end: int) -> None:
        self.lexemes = lexemes
        self.at = 0
        self.end = end

    def query(self) -> Node | None:
        if not self.lexemes:
            return None
        node = self._any(0)
        if self._peek():
            place = self.lexemes[self.at]
            raise SearchError(
                "This parenthesis closes nothing", place.start, place.end, "remove it or open one before"
            )
        return node

    def _peek(self) -> str:
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else ""

    def _take(self) -> Lexeme:
        self.at += 1
        return self.lexemes[self.at - 1]

    def _any(self, depth: int) -> Node:
        items = [self._all(depth)]
        while self._peek() == "or":
            self._take()
            items.append(self._all(depth))
        return _joined(Or, items)

    def _all(self, depth: int) -> Node:
        items = [self._single(depth)]
        while self._peek() not in ("", "or", "close"):
            if self._peek() == "and":
                self._take()
            items.append(self._single(depth))
        return _joined(And, items)

    def _single(self, depth: int) -> Node:
        negations = 0
        while self._peek() == "not":
            self._take()
            negations += 1
        node = self._primary(depth)
        return negate(node) if negations % 2 else node

    def _primary(self, depth: int) -> Node:
        if self._peek() == "open":
            return self._group(self._take(), depth + 1)
        if self._peek() in ("", "and", "or", "close"):
            raise self._missing()
        lexeme = self._take()
        return build_filter(lexeme) if lexeme.kind == "filter" else build_text(lexeme)

    def _group(self, opened: Lexeme, depth: int) -> Node:
        if depth > MAX_DEPTH:
            message = f"Parentheses are nested deeper than {MAX_DEPTH}"
            raise SearchError(message, opened.start, opened.end)
        if self._peek() == "close":
            hint = 'to search for a call put it in double quotes: "handle()"'
            raise SearchError("There is nothing in these parentheses", opened.start, self._take().end, hint)
        node = self._any(depth)
        if self._peek() != "close":
            raise SearchError(
                "This parenthesis is never closed", opened.start, opened.end, "add the closing one"
            )
        self._take()
        return node

    def _missing(self) -> SearchError:
        """Where a term should be there is an operator, a closing parenthesis or the end."""
        before = self.lexemes[self.at - 1] if self.at else None
        if before and before.kind in ("and", "or", "not"):
            word = before.kind.upper()
            hint = f'to search for the word itself write "{word}"'
            return SearchError(f"{word} needs a term after it", before.start, before.end, hint)
        place = self.lexemes[self.at] if self.at < len(self.lexemes) else None
        if place and place.kind in ("and", "or"):
            word = place.kind.upper()
            hint = f'to search for the word itself write "{word}"'
            return SearchError(f"{word} needs a term before it", place.start, place.end, hint)
        if place:
            return SearchError("This parenthesis closes nothing", place.start, place.end, "remove it")
        return SearchError("This parenthesis is never closed", self.end - 1, self.end, "add the closing one")


def _joined(kind: type[And] | type[Or], items: list[Node]) -> Node:
    """One node for the items; what is of the same kind already is taken apart."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, kind) else [item])
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
