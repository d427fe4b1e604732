"""Markdown of people as safe HTML, and whom it names. Pure: text in, HTML and names out.

CommonMark with tables and strikethrough (markdown-it-py), raw HTML shown as text, cleaned by nh3 afterwards;
code is coloured by four CSS classes, links open without telling where they come from, images become links.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from dexter.pii import Kind, find

LONGEST = 20_000
TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "ol": {"start"},
    "div": {"tabindex", "role", "aria-label"},
}
CLASSES = {"a": {"mention"}, "span": {"k", "s", "n", "c", "mention"}, "div": {"code"}}
SCHEMES = {"http", "https", "mailto"}
# A name is what follows @ (a person or a team) or # (a team) at the start of a word.
_NAME = re.compile(r"(?<![\w@#/.&])([@#])([\w][\w.+-]*(?:@[\w-]+(?:\.[\w-]+)+)?)")
_URL = re.compile(r"https?://[^\s<>\"'`|]+")
_TRAILING = ".,;:!?)]}'\""
# Marks of masked pieces while Markdown is read: private characters that mean nothing to it.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_PLACE_OF_PRIVATE = str.maketrans("", "", _OPEN + _CLOSE + "\x00")

Highlighter = Callable[[list[str], str], list[str]]


@dataclass(frozen=True, slots=True)
class Named:
    """A word of a text that may name somebody: `sign` is "@" or "#", `name` without trailing punctuation."""

    sign: str
    name: str


def names_in(text: str) -> list[Named]:
    """The names that a text mentions, each once, in order; what stands in code names nobody."""
    found: dict[Named, None] = {}
    for token in _text_tokens(_parser().parse(text[:LONGEST])):
        for match in _NAME.finditer(token.content):
            found[_named(match)] = None
    return list(found)


def as_html(
    text: str, *, mentions: Mapping[Named, str] | None = None, highlight: Highlighter | None = None
) -> str:
    """The text as HTML that is safe in a page, personal data masked.

    `mentions` maps names that exist to what is shown in their place; other words with @ stay as they are.
    `highlight(lines, language)` gives the HTML of code, line by line; without it code has one colour.
    """
    marked, kinds = _masked(text[:LONGEST].translate(_PLACE_OF_PRIVATE), mentions or {})
    parser = _parser()
    tokens = parser.parse(marked)
    _name_and_link(tokens, mentions or {})
    _lower_headings(tokens)
    parser.add_render_rule("fence", _fence(highlight))
    parser.add_render_rule("code_block", _fence(highlight))
    parser.add_render_rule("image", _image)
    rough = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        rough,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return _MARK.sub(lambda match: _chip(kinds, int(match[1])), clean)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["table", "strikethrough"])


def _masked(text: str, mentions: Mapping[Named, str]) -> tuple[str, list[str]]:
    """The text with a mark in place of each piece that may be personal, and the kinds of these pieces."""
    kinds: list[str] = []
    parts: list[str] = []
    known = {named.name for named in mentions}
    place = 0
    for found in find(text):
        # An account may be named by an address: then it is a name, not personal data of somebody else.
        if found.kind is Kind.FILTERED or text[found.start : found.end] in known:
            continue
        parts += text[place : found.start], f"{_OPEN}{len(kinds)}{_CLOSE}"
        kinds.append(found.kind.label)
        place = found.end
    return "".join(parts) + text[place:], kinds


def _chip(kinds: list[str], number: int) -> str:
    kind = kinds[number] if number < len(kinds) else "value"
    return f'<span class="mask"><span aria-hidden="true">•••</span> {html.escape(kind)}</span>'


def _text_tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        depth = 0
        for child in token.children or ():
            depth += child.nesting if child.type in ("link_open", "link_close") else 0
            if child.type == "text" and not depth:
                yield child


def _named(match: re.Match[str]) -> Named:
    return Named(match[1], match[2].rstrip(".+-"))


def _name_and_link(tokens: list[Token], mentions: Mapping[Named, str]) -> None:
    """Replaces names by mentions and bare addresses by links, in the texts outside of links and code."""
    for token in tokens:
        if not token.children:
            continue
        inner = {id(child) for child in _text_tokens([token])}
        token.children = [
            piece
            for child in token.children
            for piece in (_cut(child.content, mentions) if id(child) in inner else [child])
        ]


def _cut(text: str, mentions: Mapping[Named, str]) -> Iterator[Token]:
    place = 0
    for match in re.finditer(f"{_URL.pattern}|{_NAME.pattern}", text):
        if match[0].startswith("http"):
            shown, made = _link(match[0])
        else:
            named = _named(match)
            shown, made = named.sign + named.name, _mention(named, mentions)
        if made:
            yield _text(text[place : match.start()])
            yield from made
            place = match.start() + len(shown)
    yield _text(text[place:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(url: str) -> tuple[str, list[Token]]:
    shown = url.rstrip(_TRAILING)
    opening = Token("link_open", "a", 1, attrs={"href": shown})
    return shown, [opening, _text(shown), Token("link_close", "a", -1)]


def _mention(named: Named, mentions: Mapping[Named, str]) -> list[Token]:
    if named not in mentions:
        return []
    opening = Token("mention_open", "span", 1, attrs={"class": "mention"})
    return [opening, _text(f"{named.sign}{mentions[named]}"), Token("mention_close", "span", -1)]


def _lower_headings(tokens: list[Token]) -> None:
    """The page has an h1 and h2 of its own: # in a comment is an h3."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _fence(highlight: Highlighter | None) -> Callable[..., str]:
    def render(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
        code = tokens[index].content.removesuffix("\n")
        language = tokens[index].info.split()[0] if tokens[index].info.strip() else ""
        # A mask inside of code would be cut by the colours.
        plain = highlight is None or not _known(language) or _OPEN in code
        lines = [html.escape(code)] if plain else highlight(code.split("\n"), language)  # type: ignore[misc]
        return (
            '<div class="code" tabindex="0" role="region" aria-label="Code"><pre>'
            f"{chr(10).join(lines)}</pre></div>\n"
        )

    return render


def _image(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    """A link: images come from elsewhere, which the content security policy forbids."""
    source = str(tokens[index].attrs.get("src", ""))
    return f'<a href="{html.escape(source)}">{html.escape(tokens[index].content or source)}</a>'


def _known(language: str) -> bool:
    try:
        get_lexer_by_name(language)
    except ClassNotFound:
        return False
    return bool(language)
