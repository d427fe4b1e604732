"""Statements of a deadlock as HTML, the tables they fight over marked alike everywhere."""

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from deadlocks.analyzer.sql import read_with_keys

register = template.Library()
_TONES = ("a", "b")


@register.filter
def with_tables(text: str, tables: Sequence[str]) -> SafeString:
    """`text`, escaped, with the names of the first two `tables` and the addresses of rows marked."""
    return _marked(text, tables, [r"tuple \(\d+,\d+\)"])


@register.filter
def with_rows(statement: str, tables: Sequence[str]) -> SafeString:
    """A statement, escaped, with its tables and the conditions that choose its rows marked."""
    where = _WHERE.search(statement)
    if where is None:
        return with_tables(statement, tables)
    chosen = [_condition(*key) for keys in read_with_keys(statement)[1] for key in keys]
    before, after = statement[: where.start()], statement[where.start() :]
    return mark_safe(with_tables(before, tables) + _marked(after, tables, chosen))


_WHERE = re.compile(r"\bwhere\b", re.IGNORECASE)
_PLACE = r"(?:%\(\w+\)s|%s|\$\d+|:\w+|\?|[\w.\"]+)"


def _condition(column: str, value: str | None) -> str:
    """What compares a column: with this value, or with a place-holder or another column."""
    wanted = rf"'?{re.escape(value)}'?" if value is not None else _PLACE
    return rf'(?:[\w"]+\.)?"?{re.escape(column)}"?\s*=\s*{wanted}'


def _marked(text: str, tables: Sequence[str], rows: Sequence[str]) -> SafeString:
    names = [re.escape(name) for name in tables[: len(_TONES)] if name]
    if not names and not rows:
        return escape(text)
    pattern = re.compile(
        rf"(?<!\w)(?:(?P<row>{'|'.join(rows) or '(?!)'})|(?P<name>{'|'.join(names) or '(?!)'}))(?!\w)"
    )
    parts, at = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[at : found.start()])]
        parts += [
            table_mark(found[0], tables)
            if found["name"]
            else format_html('<mark class="rw">{}</mark>', found[0])
        ]
        at = found.end()
    return mark_safe("".join([*parts, escape(text[at:])]))


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
