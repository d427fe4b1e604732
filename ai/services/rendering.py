"""An answer as HTML that is safe in a page: citations as links, invented ones struck out."""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from ai.models import Explanation
from ai.prompts import single
from dexter.web.markdown import as_html
from issues.queries.stream import coloured

# Private characters stand for citations while Markdown is read; they mean nothing to it and are in no answer.
_OPEN, _CLOSE = "\ue010", "\ue011"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
# The same within an address, where Markdown has escaped it.
_ESCAPED = re.compile(r"%EE%80%90\d+%EE%80%91")
_PRIVATE = str.maketrans("", "", _OPEN + _CLOSE)
_TAG = re.compile(r"(<[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*>)")
_HEADING = re.compile(r"(#{1,6})\s")


def render_answer(row: Explanation) -> str:
    """The text so far as HTML."""
    known: Mapping[str, Mapping[str, Any]] = row.sent.get("markers", {})
    made: list[str] = []

    def mark(found: str) -> str:
        made.append(_cite(row, found, known.get(found)))
        return f"{_OPEN}{len(made) - 1}{_CLOSE}"

    text = raised(single(row.text.translate(_PRIVATE)))
    for marker in sorted([*known, *row.invented], key=len, reverse=True):
        text = text.replace(marker, mark(marker)) if marker in text else text
    return _filled(as_html(text, highlight=coloured), made)


def raised(text: str) -> str:
    """The text with its headings moved up, so that the highest is a first one: models begin with any."""
    lines, is_code = text.split("\n"), False
    levels: dict[int, int] = {}
    for number, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code and (found := _HEADING.match(line)):
            levels[number] = len(found[1])
    extra = min(levels.values(), default=1) - 1
    for number in levels:
        lines[number] = lines[number][extra:]
    return "\n".join(lines)


def _filled(html: str, made: list[str]) -> str:
    """The citations put in, between the tags only: inside of one they would end it."""
    pieces = _TAG.split(html)
    for number, piece in enumerate(pieces):
        if number % 2:
            pieces[number] = _ESCAPED.sub("", _MARK.sub("", piece))
        else:
            pieces[number] = _MARK.sub(lambda match: made[int(match[1])], piece)
    return "".join(pieces)


def _cite(row: Explanation, marker: str, about: Mapping[str, Any] | None) -> str:
    if about is None:
        return format_html(
            '<s class="cite invented" title="Made up: nothing in the event is called so">{}</s>', marker
        )
    return format_html(
        '<a class="cite" href="{}" title="{}">{}</a>',
        address_of(row, about),
        about.get("label", ""),
        marker.strip("[]"),
    )


def address_of(row: Explanation, about: Mapping[str, Any]) -> str:
    """The place that a citation leads to: on the issue's page, or another page."""
    if about.get("url"):
        return str(about["url"])
    if row.issue_id is None:
        return "#sent"
    page = (
        reverse("issues:event", args=[row.issue_id, row.event_ref])
        if row.event_ref
        else reverse("issues:issue", args=[row.issue_id])
    )
    tab, anchor = about.get("tab", ""), about.get("anchor", "")
    return f"{page}{f'?tab={tab}' if tab else ''}#{anchor or 'event'}"


def as_markdown(row: Explanation) -> str:
    """The answer for a ticket or a coding agent: with its evidence written out."""
    lines = [f"# {row.issue_ref}: {row.question or 'Explanation'}", "", row.text.strip(), ""]
    if row.citations:
        lines += ["## Evidence", ""]
        lines += [f"- {item['marker']} {item.get('label', '')}" for item in row.citations]
        lines.append("")
    if row.invented:
        lines += [f"Made up by the model, not in the event: {', '.join(row.invented)}", ""]
    grounded = "" if row.is_grounded else " It names no evidence that is in the event."
    cut = " It is cut off: the model had no more room." if row.is_cut else ""
    lines.append(f"_Written by {row.model_name}, not by a person.{grounded}{cut}_")
    return "\n".join(lines) + "\n"
