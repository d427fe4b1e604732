"""JSON as Dexter can keep it: without what no database takes, wherever in it that stands."""

import json
import re
from typing import Any

# What may be in need of mending; nearly no body has any of it, and to look is cheap.
_SUSPECT = (rb"\u0000", rb"\ud", rb"\uD", b"\xed", b"\x00")
_PAIR = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rb"(%s)|\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})|(\\.)" % _PAIR, re.DOTALL)


def loads(body: bytes) -> Any:
    """The value; U+FFFD stands for each NUL character and each half of a surrogate pair.

    A text that was cut within an emoji holds such a half. Raises ValueError for what is not JSON or nested
    too deeply to be read.
    """
    text: bytes | str = body
    if any(sign in body for sign in _SUSPECT):
        text = _ESCAPE.sub(_mended, body).decode("utf-8-sig", "replace")
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _mended(found: re.Match[bytes]) -> bytes:
    return found[0] if found[1] or found[2] else rb"\ufffd"
