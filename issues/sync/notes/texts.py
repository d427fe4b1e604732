"""What a comment is in Sentry: its text under its author's name, as every note there is of Dexter's token."""

import re
from collections.abc import Mapping
from typing import Any

from issues.models import Comment

_PREFIX = re.compile(r"\A\*\*[^\n]*\*\* in Dexter:\n\n")


def note_text(comment: Comment) -> str:
    """The text of the note. Sentry trims it, so it begins and ends with something."""
    name = comment.author_name.replace("*", "").strip() or "Somebody"
    return f"**{name}** in Dexter:\n\n{comment.text}".strip()


def written_text(note: str) -> str:
    """The text without the name that `note_text` puts before it."""
    return _PREFIX.sub("", note).strip()


def text_of_note(payload: Mapping[str, Any]) -> str:
    """The text of a note as the API gives it; "" where there is none."""
    data = payload.get("data")
    found = data.get("text") if isinstance(data, Mapping) else None
    return found.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(found, str) else ""
