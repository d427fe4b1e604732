"""A search as the chips on the page: one token per term or operator, the wrong ones marked."""

from dataclasses import dataclass
from typing import Literal

from .ast import key_text
from .errors import SearchError
from .grammar import MAX_LENGTH, build_text, too_long
from .lexer import Lexeme, scan
from .values import build_filter

TokenKind = Literal["filter", "text", "phrase", "and", "or", "not", "open", "close", "invalid"]


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the source, `text == label + value`; `label` is "!key:" of a filter, else "".

    `key` is the canonical name, "" unless it is a filter. `error` says what is wrong with a token of kind
    "invalid".
    """

    text: str
    start: int
    end: int
    kind: TokenKind
    key: str = ""
    negated: bool = False
    label: str = ""
    value: str = ""
    error: str = ""


def tokens(text: str) -> list[Token]:
    """All tokens in order. Never raises: what cannot be read is one token of kind "invalid"."""
    if len(text) > MAX_LENGTH:
        return [Token(text, 0, len(text), "invalid", value=text, error=f"{too_long(text)}.")]
    return [_token(text, lexeme) for lexeme in scan(text)]


def _token(text: str, lexeme: Lexeme) -> Token:
    source = text[lexeme.start : lexeme.end]
    body = lexeme.body - lexeme.start if lexeme.body else 0
    kind, key, error = _kind(lexeme)
    negated = lexeme.negated and kind == "filter"
    return Token(source, lexeme.start, lexeme.end, kind, key, negated, source[:body], source[body:], error)


def _kind(lexeme: Lexeme) -> tuple[TokenKind, str, str]:
    """Kind, canonical key and what is wrong with it."""
    if lexeme.error:
        return "invalid", "", str(lexeme.error)
    try:
        if lexeme.kind == "filter":
            found = build_filter(lexeme)
            return "filter", key_text(found.namespace, found.key), ""
        if lexeme.kind in ("text", "phrase"):
            build_text(lexeme)
    except SearchError as error:
        return "invalid", "", str(error)
    return lexeme.kind, "", ""
