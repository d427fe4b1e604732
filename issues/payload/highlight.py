"""Syntax colours for source lines: HTML with four CSS classes, k(eyword), s(tring), n(umber), c(omment).

The lines around a frame are a fragment of a file, which may begin inside a string: colours are a help to
the eye, never more. The text itself is always escaped.
"""

import html
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import PurePosixPath

from pygments import token  # type: ignore[import-untyped]
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name  # type: ignore[import-untyped]

MAX_LENGTH = 20_000
MAX_LINE = 2_000
_OPTIONS = {"stripnl": False, "ensurenl": False}
# Platforms as Sentry names them, and the languages as Pygments does.
LANGUAGES = {
    "python": "python",
    "javascript": "javascript",
    "node": "javascript",
    "java": "java",
    "kotlin": "kotlin",
    "csharp": "csharp",
    "dotnet": "csharp",
    "ruby": "ruby",
    "php": "php",
    "go": "go",
    "rust": "rust",
    "elixir": "elixir",
    "swift": "swift",
    "cocoa": "swift",
    "objc": "objective-c",
    "c": "c",
    "native": "cpp",
    "perl": "perl",
    "dart": "dart",
    "flutter": "dart",
    "android": "java",
}
_CLASSES = (
    (token.Comment, "c"),
    (token.String, "s"),
    (token.Number, "n"),
    (token.Keyword, "k"),
    (token.Operator.Word, "k"),
    (token.Literal, "s"),
)


def highlight(lines: Sequence[str], *, filename: str | None = None, platform: str | None = None) -> list[str]:
    """One piece of HTML per line, safe to put into a page as it is.

    The language comes from the file's name, else from the event's platform; without either, or for very
    long lines such as minified code, the text is only escaped. Never raises.
    """
    lexer = lexer_for(filename or "", platform or "")
    single = [line.replace("\r", " ").replace("\n", " ") for line in lines]
    lengths = [len(line) for line in single]
    if lexer is None or sum(lengths) > MAX_LENGTH or max(lengths, default=0) > MAX_LINE:
        return [html.escape(line) for line in single]
    coloured = _coloured("\n".join(single), lexer)
    # A lexer may drop or add line ends; then the plain text is right and the colours are not.
    return coloured if len(coloured) == len(single) else [html.escape(line) for line in single]


def lexer_for(filename: str, platform: str) -> Lexer | None:
    """The lexer for a file or, failing that, for a platform such as "python" or "node-express"."""
    path = PurePosixPath(filename.partition("?")[0])
    # Looking a name up takes milliseconds, so it is done once for each kind of file.
    return _lexer(f"x{path.suffix}" if path.suffix else path.name, platform.partition("-")[0])


@lru_cache(maxsize=256)
def _lexer(name: str, platform: str) -> Lexer | None:
    found = find_lexer_class_for_filename(name) if name else None
    if found:
        return found(**_OPTIONS)
    return get_lexer_by_name(LANGUAGES[platform], **_OPTIONS) if platform in LANGUAGES else None


@lru_cache(maxsize=512)  # the frames that people look at are the same ones, event after event
def _coloured(source: str, lexer: Lexer) -> list[str]:
    return list(_lines(source, lexer))


def _lines(source: str, lexer: Lexer) -> Iterator[str]:
    """HTML line by line; neighbours of one colour share one element."""
    runs: list[tuple[str, str]] = []
    for kind, text in lexer.get_tokens(source):
        for place, piece in enumerate(text.split("\n")):
            if place:
                yield _line(runs)
                runs = []
            runs.append((_class_of(kind) if piece.strip() else "", piece))
    yield _line(runs)


def _line(runs: list[tuple[str, str]]) -> str:
    parts = []
    for style, pieces in groupby(runs, key=lambda run: run[0]):
        escaped = html.escape("".join(text for _, text in pieces))
        parts.append(f'<span class="{style}">{escaped}</span>' if style else escaped)
    return "".join(parts)


@lru_cache(maxsize=512)
def _class_of(kind: object) -> str:
    return next((style for parent, style in _CLASSES if kind in parent), "")
