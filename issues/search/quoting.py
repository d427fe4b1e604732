r"""Escapes and quotes: how a value is written so that it is read back as the same value.

A backslash makes the next of \ " * ( ) plain, inside quotes and outside; before anything else it stands for
itself. A bare star is a wildcard.
"""

import re

_PIECE = re.compile(r'\\([\\"*()])|(\*+)|([^\\*]+|\\)')
_PLAIN = re.compile(r"(?!//)[\w.\-@/#+%&~^|;?{}$'][\w.\-@/#+:%&~^|;?{}$'!=]*")


def split_stars(body: str) -> tuple[str, ...]:
    r"""The literal parts between wildcards: 'a\*b*c' -> ('a*b', 'c'); one part without a wildcard."""
    parts = [""]
    for piece in _PIECE.finditer(body):
        escaped, stars, plain = piece.groups()
        if stars:
            parts.append("")
        else:
            parts[-1] += escaped or plain
    return tuple(parts)


def unescape(body: str) -> str:
    """The text of a quoted phrase, in which a star is only a star."""
    return re.sub(r'\\([\\"*()])', r"\1", body)


def escape(text: str, characters: str = '\\"*') -> str:
    """`text` with a backslash before each of `characters`."""
    return "".join("\\" + c if c in characters else c for c in text)


def quote(parts: tuple[str, ...]) -> str:
    """A value as it is typed: bare where that is safe, else in double quotes; stars between the parts."""
    if len(parts) == 1 and _PLAIN.fullmatch(parts[0]):
        return parts[0]
    if len(parts) > 1 and all(not part or _PLAIN.fullmatch(part) for part in parts):
        return "*".join(parts)
    return '"' + "*".join(escape(part) for part in parts) + '"'
