"""What kind of error an event is, by rules over its exceptions and message. The first rule that fits decides.

A rule looks at lines "package.Type: value", the newest exception first, and names what to look at.
"""

import re
from collections.abc import Mapping
from typing import Any

from ai.prompts.values import Template
from issues.payload.errors import Unreadable
from issues.payload.event import read_header
from issues.payload.shape import Event, normalise
from issues.payload.stacktrace import read_chain

OTHER = "other"
# Name, words for a page, what is worth a look, and what the lines look like.
RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "deadlock",
        "Deadlock",
        "Name the transactions, the order in which they take locks, and one order for all.",
        r"deadlock",
    ),
    ("n_plus_one", "N+1 queries", "Name the loop and the query that fetches all at once.", r"\bn ?\+ ?1\b"),
    (
        "rate_limit",
        "Rate limit",
        "Look at who calls how often, at retries without a pause and at caching.",
        r"\b429\b|too ?many ?requests|rate.?limit|throttl",
    ),
    (
        "tls",
        "TLS",
        "Look at certificates, their dates and names, and at the trusted authorities.",
        r"\bssl|certificate|\btls\b|handshake",
    ),
    (
        "timeout",
        "Timeout",
        "Say what was waited for, how long, who holds it, and whether the limit is right.",
        r"time(?:d)? ?-?out|deadline ?exceeded|ETIMEDOUT|QueryCanceled|PoolTimeout",
    ),
    (
        "memory",
        "Memory",
        "Look for what grows without a bound and for what is read as a whole.",
        r"memoryerror|out ?of ?memory|\boom\b|heap ?(?:space|limit|out)|RangeError: Invalid array length",
    ),
    (
        "auth",
        "Authentication and permission",
        "Look at who asked, with which rights, and where they are checked.",
        r"permission ?denied|unauthori[sz]ed|forbidden|\b40[13]\b|authentication"
        r"|invalid ?token|csrf|AccessDenied",
    ),
    (
        "file_system",
        "File system",
        "Look at the path, its owner and mode, and the disk.",
        r"filenotfound|no such file|isadirectory|notadirectory|fileexists|ENOENT|EACCES|disk|no space left",
    ),
    (
        "import",
        "Import",
        "Look at what is installed, its version, and circular imports.",
        r"importerror|modulenotfound|no module named|cannot (?:find|resolve) module|cannot import",
    ),
    (
        "serialization",
        "Serialization",
        "Look at the data that could not be read and at who wrote them.",
        r"json|serializ|deserializ|decodeerror|unicode(?:de|en)code|pickl|parse ?error"
        r"|xml|yaml|protobuf|SyntaxError",
    ),
    (
        "database",
        "Database",
        "Look at the statement, its constraint or lock, the transaction and the pool.",
        r"psycopg|operationalerror|integrityerror|programmingerror|databaseerror"
        r"|sqlalchemy|sqlite|mysql|postgres"
        r"|unique constraint|duplicate key|foreign key|dataerror|django\.db|doesnotexist|multipleobjects",
    ),
    (
        "http_5xx",
        "HTTP 5xx",
        "Look at the other service: what it was asked and what it answered.",
        r"\b50[0234]\b|bad ?gateway|service ?unavailable|internal server error",
    ),
    (
        "http_4xx",
        "HTTP 4xx",
        "Look at what was sent and what the other side wants.",
        r"\b4(?:0[045-9]|1\d|2[0-8])\b|bad ?request|\bhttp404\b|not ?found|unprocessable",
    ),
    (
        "network",
        "Network",
        "Look at name, port and whether the other side was up then.",
        r"connection|socket|dns|getaddrinfo|econn|unreachable|name or service"
        r"|broken ?pipe|network|fetch failed",
    ),
    (
        "concurrency",
        "Concurrency",
        "Look at what two threads or tasks change at once, and at what is awaited.",
        r"\brace\b|thread|asyncio|coroutine|event loop|cancelled|taskgroup|exceptiongroup"
        r"|\block\b|changed (?:size )?during",
    ),
    (
        "key_index",
        "Key or index",
        "Say which key is missing, who should have put it there, and on what input.",
        r"keyerror|indexerror|out of (?:range|bounds)|no such key|nosuchelement",
    ),
    (
        "null_attribute",
        "Null or attribute",
        "Find where the missing value comes from, not only where it is used.",
        r"nonetype|attributeerror|null ?pointer|nullreference|undefined is not"
        r"|of (?:undefined|null)|is not a function"
        r"|has no attribute|referenceerror|is not defined|nameerror",
    ),
    (
        "type_value",
        "Type or value",
        "Say which value came, which was meant, and where it should be checked.",
        r"typeerror|valueerror|invalid literal|argument|zerodivision|assertionerror"
        r"|overflow|casterror|validation",
    ),
)
FRAMEWORKS: tuple[tuple[str, str, str], ...] = (
    ("django", "Django", r"django"),
    ("flask", "Flask", r"flask|werkzeug"),
    ("fastapi", "FastAPI", r"fastapi|starlette|pydantic"),
    ("express", "Express", r"express"),
    ("react", "React", r"react"),
)
BROWSER = "javascript"
LABELS = {
    **{name: label for name, label, _, _ in RULES},
    **{name: label for name, label, _ in FRAMEWORKS},
    BROWSER: "JavaScript in a browser",
    OTHER: "Other",
}
_HINTS = {name: hint for name, _, hint, _ in RULES} | {
    BROWSER: "Say on which page, after what the person did, and in which browsers."
}
_RULES = [(name, re.compile(pattern, re.IGNORECASE)) for name, _, _, pattern in RULES]
_FRAMEWORKS = [(name, re.compile(pattern, re.IGNORECASE)) for name, _, pattern in FRAMEWORKS]


def category_of(payload: Mapping[str, Any]) -> str:
    """One of LABELS. Never raises for an event that cannot be read."""
    try:
        event = normalise(payload)
        lines = _lines(event)
    except (Unreadable, ValueError, TypeError):
        return OTHER
    for line in lines:
        for name, pattern in _RULES:
            if pattern.search(line):
                return name
    return _by_place(event)


def _lines(event: Event) -> list[str]:
    chain = read_chain(event)
    lines = [f"{record.qualified_type}: {record.value or ''}"[:500] for record in reversed(chain.exceptions)]
    header = read_header(event)
    return lines or [text[:500] for text in (header.title, header.message or "") if text]


def _by_place(event: Event) -> str:
    """By the framework whose code raised it, else by the platform."""
    header = read_header(event)
    modules = " ".join(
        f"{frame.module or ''} {frame.filename or ''}"
        for record in read_chain(event).exceptions
        for frame in record.frames
    )
    for name, pattern in _FRAMEWORKS:
        if pattern.search(modules):
            return name
    return BROWSER if (header.platform or "").startswith("javascript") else OTHER


def builtin(category: str, base: Template) -> Template:
    """The template of a category as Dexter brings it: the plain one and what is worth a look."""
    hint = _HINTS.get(category, "")
    kind = f"It looks like an error of this kind: {LABELS[category]}. {hint}".strip()
    task = base.task if category == OTHER else f"{base.task}\n\n{kind}"
    return Template(f"{category}/1", base.system, task)
