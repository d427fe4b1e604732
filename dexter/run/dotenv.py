"""Reading `.env` without Django, to the same values that `dexter/settings.py` gets from django-environ."""

import re
from pathlib import Path

# NAME=value, NAME='value', NAME="value", with an optional `export`. A value runs to the end of its line.
_LINE = re.compile(r"\A(?:export )?([A-Za-z_0-9]+)=(.*)\Z")


def read_dotenv(path: Path) -> dict[str, str]:
    """The variables that the file at `path` sets; none where there is no file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {pair[1]: _unquoted(pair[2]) for pair in map(_LINE.match, lines) if pair}


def _unquoted(written: str) -> str:
    if len(written) > 1 and written[0] == written[-1] == "'":
        return written[1:-1]
    if len(written) > 1 and written[0] == written[-1] == '"':
        # A backslash protects the next sign, but \r, \n and \t stay as they are written.
        return re.sub(r"\\([^rnt])", r"\1", written[1:-1])
    return written
