"""Statements of a deadlock as HTML, the tables they fight over marked alike everywhere."""

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_TONES = ("a", "b")


@register.filter
def with_tables(text: str, tables: Sequence[str]) -> SafeString:
    """`text`, escaped, with the names of the first two `tables` marked."""
    names = [name for name in tables[: len(_TONES)] if name]
    if not names:
        return escape(text)
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, names))})(?!\w)")
    pieces = pattern.split(text)
    return mark_safe("".join(
        table_mark(piece, tables) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    ))  # fmt: skip


@register.filter
def table_mark(name: str, tables: Sequence[str]) -> SafeString:
    """The name of a table, in the colour that it has on the whole page."""
    known = dict(zip(tables, _TONES, strict=False))
    return format_html('<mark class="tb {}">{}</mark>', known.get(name, ""), name)


@register.simple_tag
def cell(found: Any) -> SafeString:
    """A cell of the conflict matrix: a word for every state, so that colour alone says nothing."""
    if found.met:
        return mark_safe('<td class="met"><b>met here</b></td>')
    return mark_safe("<td>waits</td>" if found.conflicts else '<td class="quiet">–</td>')


@register.filter
def deadlock_tone(severity: str) -> str:
    """The tone of a severity's badge."""
    return {"critical": "fatal", "high": "error", "medium": "warn"}.get(severity, "debug")
