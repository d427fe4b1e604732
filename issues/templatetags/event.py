"""Values of an event as HTML: masked ones as chips that can be asked for, source with colours."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from dexter.pii import CUT, Kind, Segment, mask_value
from issues.payload.frames import Frame
from issues.payload.highlight import highlight
from issues.payload.values import Value, tag_slug

register = template.Library()
register.filter(tag_slug)

# Stands for a chip while the source is coloured: one character, so that no lexer can cut it.
_CHIP = "\ue000"


@register.simple_tag(takes_context=True)
def value(context: RequestContext, shown: Value) -> SafeString:
    """A value, each masked piece of it a chip with a button; `reveal_url` of the context takes the press."""
    url, whole = context.get("reveal_url") or "", context.get("value_url") or ""
    return mark_safe("".join(_pieces(shown, url, whole)))


@register.simple_tag(takes_context=True)
def cell(context: RequestContext, shown: Value) -> SafeString:
    """A value in a table: an empty one says so, or that it was removed (`removed` of the context)."""
    if shown.opening:
        return value(context, shown)
    why = (context.get("removed") or {}).get(shown.address, "empty")
    return format_html('<span class="quiet">({})</span>', why)


@register.simple_tag
def chips(shown: Value) -> SafeString:
    """A value whose masked pieces cannot be asked for here, such as in a link."""
    return mark_safe("".join(_pieces(shown, "")))


def _pieces(shown: Value, url: str, whole: str = "") -> Iterator[str]:
    number = 0
    for segment in shown.opening:
        if segment is CUT:
            yield _rest(shown, whole)
        elif segment.text is not None:
            yield escape(segment.text)
        else:
            yield chip(f"{shown.address}#{number}", _label(segment), url)
            number += 1


def _rest(shown: Value, url: str) -> SafeString:
    """What stands where a long value is cut; `url` shows all of it."""
    length = shown.length
    size = "all of it" if length is None else f"all {length:,} characters"
    if not url:
        return format_html('… <span class="quiet">cut here, of {}</span>', size)
    link = f"{url}?{urlencode({'place': shown.address})}"
    return format_html('… <span class="quiet">cut here; </span><a href="{}">{}, masked</a>', link, size)


def _label(segment: Segment) -> str:
    return segment.kind.label if segment.kind else Kind.SECRET.label


def chip(place: str, kind: str, url: str) -> SafeString:
    """What stands for a masked value; without `url` there is no button."""
    button = _button(place, kind, url) if url else ""
    return format_html('<span class="mask"><span aria-hidden="true">•••</span> {}{}</span>', kind, button)


def _button(place: str, kind: str, url: str) -> SafeString:
    # The button belongs to one form at the end of the page, as forms cannot stand in a table cell's text.
    return format_html(
        '<button form="reveal" formaction="{}" name="place" value="{}" hx-post="{}"'
        ' hx-target="closest .mask" hx-swap="outerHTML" title="Reveal this {}">'
        '<svg class="i" aria-hidden="true"><use href="{}#i-eye"/></svg>'
        '<span class="vh">Reveal this {}</span></button>',
        url,
        place,
        url,
        kind,
        static("img/icons.svg"),
        kind,
    )


@register.simple_tag(takes_context=True)
def source(context: RequestContext, frame: Frame, shown: Value, platform: str) -> SafeString:
    """The rows of a table with the source around the line of a frame; `shown` is that source as a value."""
    lines = frame.context
    chips_in_order = iter(_chips(shown, context.get("reveal_url") or ""))
    texts = _with_marks(shown).split("\n")
    coloured = highlight(texts, filename=frame.filename, platform=frame.platform or platform)
    rows = []
    for line, html in zip(lines, coloured, strict=False):
        pieces = html.split(_CHIP)
        filled = pieces[0] + "".join(next(chips_in_order) + piece for piece in pieces[1:])
        hit = ' class="hit"' if line.current else ""
        number = "" if line.number is None else line.number
        rows.append(f"<tr{hit}><td>{number}</td><td>{filled}</td></tr>")
    return mark_safe("".join(rows))


def _with_marks(shown: Value) -> str:
    """The source with a mark for each chip; a piece of several lines keeps its line ends behind its mark."""
    hidden = iter(shown.hidden)
    parts = [
        segment.text.replace(_CHIP, "\ufffd")
        if segment.text is not None
        else _CHIP + "\n" * next(hidden).count("\n")
        for segment in shown.segments
    ]
    return "".join(parts)


def _chips(shown: Value, url: str) -> Iterator[str]:
    masked = [segment for segment in shown.segments if segment.is_masked]
    for number, segment in enumerate(masked):
        yield chip(f"{shown.address}#{number}", _label(segment), url)


@register.simple_tag
def mask_chip(place: str, kind: str, url: str) -> SafeString:
    """The chip that goes back to where a value was shown for a while."""
    return chip(place, kind, url)


@register.filter("is")
def is_same(one: object, other: object) -> str:
    """ "true" or "false", for `aria-pressed`."""
    return "true" if one == other else "false"


@register.filter
def as_tag(text: str, key: str) -> Value:
    """The value of a tag in a distribution, masked by its key too."""
    return Value(f"tags.{key}", text, key)


@register.filter
def masked_text(text: str, key: str) -> str:
    """The value of a tag as plain text, for a `title`."""
    return str(mask_value(text, key))


@register.filter
def last_name(address: str) -> SafeString:
    """The name at the end of the address of a header, cookie or parameter, itself masked where it must be."""
    return SafeString("".join(_pieces(Value("", address.split(".", 2)[-1]), "")))


@register.filter
def user_kind(identity: str) -> str:
    """What is known of a user, from `id:42` or `email:...`: "email", "user id"."""
    kind = identity.partition(":")[0]
    return {"id": "user id", "ip": Kind.IP.label}.get(kind, kind)


@register.filter
def words(name: str) -> str:
    """A name of Sentry's as words: "archived_until_escalating" is "archived until escalating"."""
    return name.replace("_", " ")


@register.filter
def add_px(number: float, pixels: int) -> str:
    """A place in a drawing, moved by whole pixels."""
    return f"{number + pixels:g}"


@register.filter
def seconds(offset: float | None) -> str:
    """A distance from the event in seconds: "-33.2 s", "0 s"; empty where it is not known."""
    if offset is None:
        return ""
    text = f"{offset:,.1f}" if abs(offset) < 1000 else f"{offset:,.0f}"
    return f"{text.replace('-0.0', '0').removesuffix('.0')} s"


@register.filter
def duration(milliseconds: float | None) -> str:
    """ "3 ms", "2.41 s"; empty where it is not known."""
    if milliseconds is None:
        return ""
    return f"{milliseconds:,.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:,.2f} s"


@register.filter
def size(count: Any) -> str:
    """Bytes as people read them: "3.7 kB"."""
    if not isinstance(count, int):
        return ""
    for limit, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count} bytes"
