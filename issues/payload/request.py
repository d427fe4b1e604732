"""The HTTP request in which an error happened, and a curl command that repeats it."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from dexter.pii import mask_text, mask_value
from issues.payload.fields import first, first_text, mapping, pairs, plain, required_mapping, text
from issues.payload.shape import entry, normalise

SECTION = "request"
# curl sets these itself, and a wrong length makes a server wait.
_SET_BY_CURL = frozenset({"content-length", "host", "connection", "transfer-encoding"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
# The longest argument that Linux takes (MAX_ARG_STRLEN) has 128 KiB; of characters that may be less.
LONGEST_BODY = 30_000
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")

Pairs = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """`url` is without its query; `body` is text or JSON as the SDK sent it; names keep their order."""

    method: str | None
    url: str | None
    query: Pairs
    fragment: str | None
    headers: Pairs
    cookies: Pairs
    body: object
    content_type: str | None
    env: Pairs
    target: str | None = None

    @property
    def full_url(self) -> str:
        """The URL with its query and fragment."""
        query = urlencode(
            [(name, _shown(value)) for name, value in self.query], safe="[]:/,", errors="replace"
        )
        return (
            (self.url or "") + (f"?{query}" if query else "") + (f"#{self.fragment}" if self.fragment else "")
        )

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name."""
        found = (text(value) for key, value in self.headers if key.lower() == name.lower())
        return next((value for value in found if value), None)


def read_request(payload: object) -> Request | None:
    """The request of an event, None for an event without. Raises Unreadable("request", ...)."""
    given = required_mapping(SECTION, entry(normalise(payload), SECTION))
    if not any(value not in (None, "", [], {}) for value in given.values()):
        return None
    url, _, query = (text(given.get("url")) or "").partition("?")
    return Request(
        method=text(given.get("method")),
        url=url or None,
        query=_query(first(given, "query", "query_string")) or _query(query.partition("#")[0]),
        fragment=text(given.get("fragment")),
        headers=pairs(given.get("headers")),
        cookies=_cookies(given.get("cookies")),
        body=plain(given.get("data")),
        content_type=first_text(given, "inferredContentType", "inferred_content_type"),
        env=pairs(given.get("env")),
        target=first_text(given, "apiTarget", "api_target"),
    )


def _query(value: object) -> Pairs:
    found = text(value)
    if found is None:
        return pairs(value)
    try:
        return tuple(parse_qsl(found.removeprefix("?"), keep_blank_values=True, max_num_fields=1000))
    except ValueError:  # more fields than anybody wrote by hand
        return (("", found),)


def _cookies(value: object) -> Pairs:
    found = text(value)
    if found is None:
        return pairs(value)
    parts = (part.strip().partition("=") for part in found.split(";"))
    return tuple((name, content) for name, _, content in parts if name)


def curl(request: Request, *, masked: bool = True) -> str:
    """A command line for a POSIX shell that repeats the request; every part is quoted.

    With `masked`, whatever is personal or secret is replaced, so that the command can be passed on. A body
    that no command line takes is read from the file `body`.
    """
    words = ["curl", "--globoff"]
    if request.method:
        words += ["--request", _one_line(request.method)]
    words += ["--url", _one_line(masked_url(request) if masked else request.full_url)]
    for name, value in _sent_headers(request):
        shown = _one_line(_shown(mask_value(value, name) if masked else value))
        words += ["--header", f"{name}: {shown}" if shown else f"{name};"]
    cookies = "; ".join(
        f"{_one_line(name)}={_one_line(_shown(mask_value(value, 'cookie') if masked else value))}"
        for name, value in request.cookies
    )
    if cookies:
        words += ["--cookie", cookies]
    if is_long(request.body):
        words += ["--data-binary", "@body"]
    elif request.body not in (None, "", [], {}):
        words += ["--data-raw", _body(request, masked).replace("\x00", "")]
    return " ".join(shlex.quote(word) for word in words)


def is_long(body: object) -> bool:
    """Whether a body is too long for a command line."""
    return len(_shown(body)) > LONGEST_BODY


def masked_url(request: Request) -> str:
    """The URL with secrets and personal data in its path and its query masked."""
    query = "&".join(
        f"{mask_text(urlencode([(name, '')], errors='replace')[:-1])}={_masked_parameter(name, value)}"
        for name, value in request.query
    )
    fragment = f"#{mask_text(request.fragment)}" if request.fragment else ""
    return mask_text(request.url or "") + (f"?{query}" if query else "") + fragment


def _masked_parameter(name: str, value: object) -> str:
    shown = _shown(value)
    # The query is masked as it stands in the URL too: `?key=` and `?sig=` are secret only there.
    in_place = mask_text(f"?{name}={shown}").removeprefix(f"?{name}=")
    masked = _shown(mask_value(in_place, name))
    return masked if masked != shown else urlencode([("", shown)], errors="replace")[1:]


def _sent_headers(request: Request) -> Iterator[tuple[str, object]]:
    for name, value in request.headers:
        is_cookie = name.lower() == "cookie" and bool(request.cookies)
        if _TOKEN.fullmatch(name) and name.lower() not in _SET_BY_CURL and not is_cookie:
            yield name, value


def _body(request: Request, masked: bool) -> str:
    content_type = (request.header("Content-Type") or request.content_type or "").lower()
    if isinstance(request.body, Mapping) and "urlencoded" in content_type:
        fields = mapping(mask_value(request.body) if masked else request.body)
        return urlencode(
            [(name, _shown(value)) for name, value in fields.items()], safe="[]", errors="replace"
        )
    return _shown(mask_value(request.body) if masked else request.body)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _one_line(value: str) -> str:
    """Without line ends and control characters: in a header they would begin another header."""
    return _CONTROL.sub(" ", value)
