"""Markers in an answer: which are there, which were made up."""

import re
from collections import Counter
from collections.abc import Mapping

from ai.prompts.values import Checked, Citation, Marker

# [F1] a frame, [B2] a breadcrumb, and so on as the template says; also several in one: [F1, B2].
_ONE = r"[BCDFHNOQRSTX]\d{1,4}"
_MARKERS = re.compile(rf"\[({_ONE}(?:\s*[,;]\s*{_ONE})*)\]")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


def single(text: str) -> str:
    """The text with every marker in brackets of its own: [F1, B2] becomes [F1][B2]."""
    return _MARKERS.sub(lambda found: "".join(f"[{name}]" for name in re.findall(_ONE, found[1])), text)


def check(text: str, markers: Mapping[str, Marker]) -> Checked:
    """Which of the markers in `text` are among `markers`. What stands in code cites nothing."""
    prose = _CODE.sub(" ", single(text))
    named = Counter(f"[{found[1]}]" for found in re.finditer(rf"\[({_ONE})\]", prose))
    there = tuple(Citation(name, markers[name], count) for name, count in named.items() if name in markers)
    return Checked(there, tuple(name for name in named if name not in markers))
