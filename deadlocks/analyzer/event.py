"""Sentry events: every place where a driver or an ORM leaves the text of a deadlock.

Works on what an SDK sends (snake case, ``exception.values``) and on what Sentry's API returns (camel case,
``entries``).
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import text, wording
from .assembly import Parts, read_detail
from .values import Source

Json = Any
_DEPTH = 40
_STRINGS = 20_000
_STATES = ("code", "sqlstate", "pgcode", "sqlstateclass", "state_code", "c")
_DETAILS = ("detail", "message_detail", "messagedetail", "d")
_WHERES = ("where", "context", "w")
_MESSAGES = ("message", "message_primary", "m")
#: Exception classes that drivers use for SQLSTATE 40P01 and for nothing else.
_TYPES = frozenset(
    {"DeadlockDetected", "DeadlockDetectedError", "PG::TRDeadlockDetected", "TRDeadlockDetected"}
)
#: Lines of source code around a frame, from SDKs and from the API: a test may quote a report.
_SOURCE = frozenset({"pre_context", "context_line", "post_context"})
_SQL_VARS = ("sql", "query", "statement", "operation", "stmt", "sql_str")


@dataclass(frozen=True, slots=True)
class Exceptions:
    """One exception of the chain, from either shape."""

    type: str
    value: str
    frames: tuple[Mapping[str, Json], ...]


def is_event(payload: Json) -> bool:
    """True for what looks like a Sentry event rather than any other JSON."""
    keys = {"event_id", "eventID", "exception", "entries", "logentry", "breadcrumbs", "sdk"}
    return isinstance(payload, Mapping) and len(keys & payload.keys()) > 1


def parts_of(event: Json) -> list[Parts]:
    """The parts of each report in an event; one without detail when only the message is there."""
    if not isinstance(event, Mapping):
        return []
    chain = list(exceptions(event))
    found: list[Parts] = []
    bare: list[Parts] = []
    for one in chain:
        _collect(text.parts_of(one.value, "event"), found, bare)
        if one.type.rsplit(".", 1)[-1] in _TYPES:
            bare.append(Parts(place="event", language="en"))
    for message in messages(event):
        _collect(text.parts_of(message, "event"), found, bare)
    for error in _error_objects(event):
        _collect([error], found, bare)
    if not any(p.detail for p in found):
        for string in _strings(event):
            _collect(text.parts_of(string, "event"), found, [])
    kept = found or bare[:1]
    for parts in kept:
        _complete(parts, event, chain, bare)
    return kept


def _collect(parts: list[Parts], found: list[Parts], bare: list[Parts]) -> None:
    for one in parts:
        _, edges, _ = read_detail(one.detail)
        if edges:
            text.add(found, edges, one)
        else:
            bare.append(one)


def _complete(parts: Parts, event: Mapping[str, Json], chain: list[Exceptions], bare: list[Parts]) -> None:
    """What the event knows beyond the message: time, SQLSTATE, CONTEXT, the victim's own statement."""
    parts.source = Source(format="event", time=_time(event))
    for other in bare:
        parts.sqlstate = parts.sqlstate or other.sqlstate
        parts.context = parts.context or other.context
    if parts.statement is None:
        parts.statement = own_statement(event, chain)


def exceptions(event: Mapping[str, Json]) -> Iterator[Exceptions]:
    """The exception chain in the order of the event (cause first in Python's SDK)."""
    holders = [event.get("exception")]
    holders += [
        entry.get("data") for entry in _dicts(event.get("entries")) if entry.get("type") == "exception"
    ]
    for holder in holders:
        values = holder.get("values") if isinstance(holder, Mapping) else holder
        for value in _dicts(values):
            stack = value.get("stacktrace") or value.get("rawStacktrace")
            frames = stack.get("frames") if isinstance(stack, Mapping) else ()
            yield Exceptions(_text(value.get("type")), _text(value.get("value")), tuple(_dicts(frames)))


def messages(event: Mapping[str, Json]) -> Iterator[str]:
    """The event's own message: ``logentry``, ``message``, and for API events the message entry and the
    metadata.
    """
    logentry = event.get("logentry")
    holders = [logentry] if isinstance(logentry, Mapping) else []
    holders += [_map(e.get("data")) for e in _dicts(event.get("entries")) if e.get("type") == "message"]
    for holder in holders:
        yield from (_text(holder.get(key)) for key in ("formatted", "message"))
    metadata = event.get("metadata")
    if isinstance(metadata, Mapping):
        yield _text(metadata.get("value"))
    yield _text(event.get("message"))


def _error_objects(event: Mapping[str, Json]) -> Iterator[Parts]:
    """Error objects that kept their fields: contexts of node's extraErrorData, Go structs, extra."""
    for value in _walk(event):
        if not isinstance(value, Mapping):
            continue
        lowered = {str(k).lower(): v for k, v in value.items()}
        state = _first(lowered, _STATES)
        detail = _first(lowered, _DETAILS)
        if state != "40P01" and not (detail and "Lock" in detail):
            continue
        _, edges, _ = read_detail(detail)
        message = _first(lowered, _MESSAGES)
        if not edges and state != "40P01":
            continue
        if message and not any(p in message.lower() for p in wording.PRIMARIES):
            continue
        context = _first(lowered, _WHERES)
        yield Parts(
            place="event",
            language=None if edges else "en",
            sqlstate=state if state == "40P01" else None,
            detail=detail,
            context=context.removesuffix("..."),
            statement=_first(lowered, ("query", "internal_query")) or None,
        )


def own_statement(event: Mapping[str, Json], chain: list[Exceptions]) -> str | None:
    """The statement that failed: in the locals of the innermost frames, else the last SQL breadcrumb."""
    for one in chain:
        for frame in reversed(one.frames):
            local = _map(frame.get("vars"))
            for name in _SQL_VARS:
                if statement := _literal(local.get(name)):
                    return statement
    for crumb in reversed(list(breadcrumbs(event))):
        if crumb.get("category") in ("query", "db.query", "sql") and (said := _text(crumb.get("message"))):
            return said
    return None


def breadcrumbs(event: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Breadcrumbs in order, from either shape."""
    holders = [event.get("breadcrumbs")]
    holders += [e.get("data") for e in _dicts(event.get("entries")) if e.get("type") == "breadcrumbs"]
    for holder in holders:
        yield from _dicts(holder.get("values") if isinstance(holder, Mapping) else holder)


def _literal(value: Json) -> str | None:
    """A local's SQL: SDKs send the repr of a Python string."""
    if not isinstance(value, str) or " " not in value:
        return None
    if value[:1] in "'\"" and value[-1:] == value[:1]:
        try:
            said = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value[1:-1]
        return said if isinstance(said, str) else None
    return None if value.startswith("<") else value


def _strings(event: Json) -> Iterator[str]:
    """Other strings that may hold a report: extra, contexts, breadcrumbs, locals."""
    for value in _walk(event):
        if isinstance(value, str) and "Lock" in value:
            yield value


def _walk(value: Json) -> Iterator[Json]:
    """Every value of a JSON document, outermost first, without recursion."""
    stack: list[tuple[Json, int]] = [(value, 0)]
    left = _STRINGS
    while stack and left:
        item, depth = stack.pop()
        left -= 1
        yield item
        if depth < _DEPTH:
            children = _said(item) if isinstance(item, Mapping) else item if isinstance(item, list) else ()
            stack.extend((child, depth + 1) for child in reversed(list(children)))


def _said(item: Mapping[str, Json]) -> list[Json]:
    """What the program said, without the lines of source code around a frame (a list from the API)."""
    is_frame = isinstance(item.get("context"), list)
    return [v for k, v in item.items() if k not in _SOURCE and not (is_frame and k == "context")]


def _time(event: Mapping[str, Json]) -> str | None:
    for key in ("timestamp", "dateCreated", "datetime"):
        value = event.get(key)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return str(value)
    return None


def _first(value: Mapping[str, Json], keys: tuple[str, ...]) -> str:
    return next((v for key in keys if isinstance(v := value.get(key), str) and v), "")


def _dicts(value: Json) -> Iterator[Mapping[str, Json]]:
    return (v for v in value if isinstance(v, Mapping)) if isinstance(value, list) else iter(())


def _map(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
