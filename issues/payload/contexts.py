"""Contexts, extra data and packages of an event, and what Sentry scrubbed out of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from issues.payload.fields import clean, first_text, mapping, pairs, plain, required_mapping, text
from issues.payload.shape import normalise

MAX_NOTES = 500
MAX_NOTE_DEPTH = 40

_TITLES = {
    "os": "Operating system",
    "client_os": "Client operating system",
    "gpu": "GPU",
    "app": "Application",
    "cloud_resource": "Cloud resource",
    "otel": "OpenTelemetry",
}
# Relay's remarks (relay-event-schema, RemarkType).
_REMARKS = {
    "a": "annotated",
    "x": "removed",
    "s": "replaced",
    "m": "masked",
    "p": "pseudonymised",
    "e": "encrypted",
}


@dataclass(frozen=True, slots=True)
class Context:
    """One context. `name` is its key in the event, `items` what it holds without its type."""

    name: str
    type: str
    title: str
    items: tuple[tuple[str, object], ...]

    @property
    def headline(self) -> str | None:
        """ "CPython 3.12.7", for those contexts that have a name."""
        held = dict(self.items)
        parts = (text(held.get("name")), first_text(held, "version", "model"))
        return " ".join(part.strip() for part in parts if part) if text(held.get("name")) else None


@dataclass(frozen=True, slots=True)
class ScrubNote:
    """Why a value is missing. `path` leads to it in the payload; `rules` are such as "@ip:filter"."""

    path: tuple[str, ...]
    rules: tuple[str, ...]
    remark: str
    errors: tuple[str, ...]

    @property
    def text(self) -> str:
        """ "replaced by @password:filter" or "invalid_data"."""
        if self.rules:
            return f"{self.remark} by {', '.join(self.rules)}"
        return ", ".join(self.errors) or self.remark


def read_contexts(payload: object) -> tuple[Context, ...]:
    """The contexts in their order; empty ones are left out. Raises Unreadable("contexts", ...)."""
    given = required_mapping("contexts", normalise(payload).get("contexts"))
    found = (_context(name, value) for name, value in given.items())
    return tuple(context for context in found if context and context.items)


def _context(name: str, value: object) -> Context | None:
    if value is None:
        return None
    name = clean(name)
    if not isinstance(value, Mapping):
        return Context(name, "default", _title(name), (("value", plain(value)),))
    given = mapping(value)
    items = {key: item for key, item in given.items() if key != "type" and item is not None}
    return Context(name, text(given.get("type")) or "default", _title(name), pairs(items))


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return _TITLES.get(name) or words[:1].upper() + words[1:]


def read_extra(payload: object) -> tuple[tuple[str, object], ...]:
    """What the program itself added to the event. Raises Unreadable("extra", ...)."""
    return pairs(required_mapping("extra", normalise(payload).get("context")))


def read_packages(payload: object) -> tuple[tuple[str, str], ...]:
    """Installed packages and their versions, by name. Raises Unreadable("packages", ...)."""
    given = required_mapping("packages", normalise(payload).get("packages"))
    return tuple(sorted((clean(name), text(version) or "") for name, version in given.items()))


def read_scrub_notes(payload: object) -> tuple[ScrubNote, ...]:
    """What was scrubbed on the way, from `_meta`, which mirrors the event; the first MAX_NOTES of it.

    Entries are keyed there by their index as text. Raises Unreadable("scrubbed", ...).
    """
    meta = required_mapping("scrubbed", normalise(payload).get("_meta"))
    notes = _notes(meta, ())
    return tuple(note for _, note in zip(range(MAX_NOTES), notes, strict=False))


def _notes(node: Mapping[str, object], path: tuple[str, ...]) -> Iterator[ScrubNote]:
    if len(path) > MAX_NOTE_DEPTH:
        return
    for name, value in node.items():
        if name == "" and isinstance(value, Mapping):
            yield from _note(mapping(value), path)
        elif isinstance(value, Mapping):
            yield from _notes(mapping(value), (*path, clean(name)))


def _note(annotation: Mapping[str, object], path: tuple[str, ...]) -> Iterator[ScrubNote]:
    """`{"rem": [[rule, remark, start, end], ...], "err": [...]}`; `err` rows are texts or [kind, detail]."""
    rows = [row for row in _rows(annotation.get("rem")) if text(row[0])]
    errors = tuple(found for row in _rows(annotation.get("err")) if (found := text(row[0])))
    if rows or errors:
        remark = text(rows[0][1]) if rows and len(rows[0]) > 1 else None
        rules = tuple(dict.fromkeys(text(row[0]) or "" for row in rows))
        yield ScrubNote(path, rules, _REMARKS.get(remark or "", "scrubbed"), errors)


def _rows(value: object) -> Iterator[list[object]]:
    for row in value if isinstance(value, list) else ():
        if isinstance(row, str):
            yield [row]
        elif isinstance(row, list) and row:
            yield row
