"""An error in one line: what a model is asked for it, and what of its answer is kept."""

import re
from collections.abc import Mapping
from typing import Any

from ai.prompts.building import PLAIN
from ai.prompts.values import Template
from dexter.pii import mask_text

LONGEST = 200  # characters
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"summary": {"type": "string", "minLength": 10, "maxLength": 600}},
    "required": ["summary"],
    "additionalProperties": False,
}
SUMMARY = Template(
    version="summary/1",
    system=PLAIN.system,
    task="""Say in one plain sentence of at most 120 characters what fails, and why as far as the data tell.
It stands in a list beside the error's type and message: say what those do not. No Markdown, no markers.
Answer as JSON: {"summary": "..."}""",
)
_MARKER = re.compile(r"\s*\[[A-Z]\d{1,4}(?:\s*[,;]\s*[A-Z]\d{1,4})*\]")
_MARKDOWN = re.compile(r"`+|\*{2,}|^[-#>*\s]+")


def one_line(text: str) -> str:
    """The sentence without Markdown and markers, masked, cut between words; "" where nothing is left."""
    plain = " ".join(_MARKDOWN.sub("", _MARKER.sub("", text)).split())
    said = mask_text(plain)
    if len(said) <= LONGEST:
        return said
    return f"{said[: LONGEST - 1].rpartition(' ')[0] or said[: LONGEST - 1]}…"
