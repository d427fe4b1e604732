"""Tags and filters of every template, built in. Wording and figures are in `dexter.web.formats`."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from dexter.pii import segments
from dexter.timeseries import Bucket, sparkline
from dexter.web import formats

register = template.Library()
register.filter("short", formats.short_number)
register.filter("full", formats.full_number)
register.filter("percent", formats.percent)
register.filter("utc", formats.utc)

LEVELS = {
    "fatal": ("fatal", "Fatal"),
    "error": ("error", "Error"),
    "warning": ("warn", "Warning"),
    "info": ("info", "Info"),
    "debug": ("debug", "Debug"),
    "sample": ("debug", "Sample"),
}


@lru_cache(maxsize=256)
def _icon(name: str, cls: str) -> SafeString:
    # An own file, not a sprite in each page: it is fetched once and kept.
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {cls}" if cls else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, cls: str = "") -> SafeString:
    """One of static/img/icons.svg, drawn in the colour of the text; `cls` adds classes such as `t-ok`."""
    return _icon(name, cls)


@register.simple_tag
@lru_cache(maxsize=64)
def level(name: str, label: bool = True) -> SafeString:
    """The sign of a level: shape and colour, and the word for readers and on hover."""
    tone, word = LEVELS.get(name, ("debug", name.capitalize() or "Unknown"))
    spoken = format_html('<span class="vh">{}</span>', word) if label else ""
    return format_html('<span class="level t-{}" title="{}">{}{}</span>', tone, word, _icon(tone, ""), spoken)


@register.simple_tag
def badge(text: str, tone: str = "debug", name: str = "", title: str = "") -> SafeString:
    """A small label with its icon; `title` says more on hover."""
    hint = format_html(' title="{}"', title) if title else ""
    return format_html(
        '<span class="badge t-{}"{}>{}{}</span>', tone, hint, _icon(name, "") if name else "", text
    )


@register.simple_tag
@lru_cache(maxsize=1024)
def avatar(name: str | None, cls: str = "", kind: str = "") -> SafeString:
    """Initials on one of six colours, the name for readers and on hover; a dashed ring for nobody."""
    if not name:
        return format_html(
            '<span class="avatar none {}" title="Nobody">{}<span class="vh">Nobody</span></span>',
            cls,
            _icon("user", ""),
        )
    return format_html(
        '<span class="avatar {}" data-hue="{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="vh">{}</span></span>',
        cls,
        formats.hue(name),
        name,
        formats.initials(name),
        name,
    )


@register.simple_tag
def ago(moment: datetime | None, never: str = "never", suffix: bool = True) -> SafeString:
    """`<time>` with how long ago, and the exact UTC on hover; without `suffix` the bare length (an age)."""
    if moment is None:
        return escape(never)
    now = timezone.now()
    text = formats.ago(moment, now) if suffix else formats.span(now - moment)
    return mark_safe(
        f'<time datetime="{moment.isoformat()}" title="{formats.utc(moment)}"'
        f"{' data-ago' if suffix else ''}>{text}</time>"
    )


_TREND = {"up": ("t-plain", "rise"), "down": ("t-ok", "fall"), "flat": ("", "flat")}


@register.simple_tag
def trend(value: Any) -> SafeString:
    """An `issues.scoring.Trend`: arrow and number, its words for readers and on hover."""
    words = escape(value.words)
    if value.direction == "none":
        return mark_safe(f'<span class="trend none" title="{words}">{escape(value.label)}</span>')
    tone, name = _TREND[value.direction]
    number = escape(value.label.removeprefix(value.symbol).strip())
    return mark_safe(
        f'<span class="trend {"t-error" if value.steep else tone}" title="{words}">{_icon(name, "")}'
        f'<span aria-hidden="true">{number}</span><span class="vh">{words}</span></span>'
    )


@register.simple_tag
def spark(buckets: Sequence[Bucket], said: str) -> SafeString:
    """A sparkline of `dexter.timeseries` buckets: the peak darker, the running one lighter."""
    drawn = sparkline(buckets)
    paths = (("b", drawn.bars), ("pk", drawn.peak), ("now", drawn.now))
    body = "".join(f'<path class="{cls}" d="{path}"/>' for cls, path in paths if path)
    return mark_safe(
        '<svg class="spark" viewBox="0 0 72 20" width="72" height="20" role="img">'
        f"<title>{escape(said)}</title>{body}</svg>"
    )


@register.filter
def masked(text: str) -> SafeString:
    """`text` with a chip in place of each piece that might be personal or secret."""
    return mark_safe("".join(_piece(piece.text, piece.kind) for piece in segments(text)))


def _piece(text: str | None, kind: Any) -> str:
    return escape(text) if text is not None else mask(kind.label)


@register.simple_tag
def mask(kind: str) -> SafeString:
    """The chip that stands for a masked value of `kind`."""
    return format_html('<span class="mask"><span aria-hidden="true">•••</span> {}</span>', kind)


_IMPACT = {"low": (1, "debug"), "medium": (2, "plain"), "high": (3, "error"), "critical": (4, "fatal")}


@register.simple_tag
def impact(value: Any) -> SafeString:
    """An `issues.scoring.Impact`: one to four bars, the share and the word; "no total" with the reason."""
    reason = escape(value.reason)
    if value.share is None:
        return mark_safe(f'<span class="impact none" title="{reason}">no total</span>')
    bars, tone = _IMPACT[value.level]
    word = value.level.capitalize()
    return mark_safe(
        f'<span class="impact t-{tone}" title="{word} impact: {reason}">'
        f'{_signal(bars)}{escape(value.label)}<span class="vh"> {word} impact</span></span>'
    )


_BANDS = {"urgent": "fatal", "high": "warn", "medium": "debug", "low": "none"}


@register.filter
def band_tone(band: str) -> str:
    """The tone of a priority score's band (`issues.scoring.band`)."""
    return _BANDS[band]


@lru_cache(maxsize=8)
def _signal(bars: int) -> SafeString:
    rects = "".join(
        f'<rect x="{n * 3.5:g}" y="{8 - n * 2.6:g}" width="2.4" height="{3 + n * 2.6:g}" rx=".6"{off}/>'
        for n, off in enumerate(("" if n < bars else ' class="off"') for n in range(4))
    )
    return mark_safe(
        f'<svg class="signal" viewBox="0 0 13 11" width="13" height="11" aria-hidden="true">{rects}</svg>'
    )


@register.simple_tag
def meter(share: float, height: int = 6) -> SafeString:
    """A bar filled to `share` percent, as wide as its place."""
    filled = min(100.0, max(0.0, float(share)))
    return mark_safe(
        f'<svg class="meter" viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="{height}"/>'
        f'<rect width="{filled:.4g}" height="{height}"/></svg>'
    )


@register.simple_tag
def keys(text: str) -> SafeString:
    """Each word of `text` as a key: `{% keys "Ctrl K" %}`."""
    return mark_safe("".join(f"<kbd>{escape(key)}</kbd>" for key in text.split()))


@register.simple_tag(takes_context=True)
def url_with(context: RequestContext, **changes: Any) -> str:
    """This page's address with some parameters changed; None or "" drops one."""
    params: QueryDict = context["request"].GET.copy()
    for name in ("cursor", *(name for name, value in changes.items() if value in (None, ""))):
        params.pop(name, None)
    for name, value in changes.items():
        if value not in (None, ""):
            params[name] = str(value)
    return f"?{params.urlencode()}"
