"""An event as the SDK sends it (snake_case, interfaces) to one as the API returns it (camelCase, entries)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    line = frame.get("lineno")
    before, after = frame.get("pre_context") or [], frame.get("post_context") or []
    context: list[list[Any]] = []
    if line is not None and frame.get("context_line") is not None:
        context += [[line - len(before) + place, text] for place, text in enumerate(before)]
        context.append([line, frame["context_line"]])
        context += [[line + 1 + place, text] for place, text in enumerate(after)]
    return {
        "filename": frame.get("filename"),
        "absPath": frame.get("abs_path"),
        "module": frame.get("module"),
        "package": frame.get("package"),
        "platform": frame.get("platform"),
        "instructionAddr": None,
        "symbolAddr": None,
        "function": frame.get("function"),
        "rawFunction": None,
        "symbol": None,
        "context": context,
        "lineNo": line,
        "colNo": frame.get("colno"),
        "inApp": bool(frame.get("in_app")),
        "trust": None,
        "errors": None,
        "lock": None,
        "sourceLink": None,
        "vars": frame.get("vars"),
    }


def _stacktrace(trace: dict[str, Any] | None) -> dict[str, Any] | None:
    if not trace:
        return None
    frames = [_frame(frame) for frame in trace.get("frames") or []]
    return {
        "frames": frames,
        "framesOmitted": trace.get("frames_omitted"),
        "registers": None,
        "hasSystemFrames": any(not frame["inApp"] for frame in frames),
    }


def _exception_entry(event: dict[str, Any]) -> dict[str, Any]:
    values = []
    for value in event["exception"]["values"]:
        values.append(
            {
                "type": value.get("type"),
                "value": value.get("value"),
                "mechanism": value.get("mechanism"),
                "threadId": value.get("thread_id"),
                "module": value.get("module"),
                "stacktrace": _stacktrace(value.get("stacktrace")),
                "rawStacktrace": None,
            }
        )
    system = any(value["stacktrace"] and value["stacktrace"]["hasSystemFrames"] for value in values)
    return {"type": "exception", "data": {"values": values, "hasSystemFrames": system, "excOmitted": None}}


def _message_entry(event: dict[str, Any]) -> dict[str, Any]:
    entry = event.get("logentry") or {"message": event["message"]}
    formatted = entry.get("formatted") or entry.get("message")
    data = {"formatted": formatted, "message": entry.get("message"), "params": entry.get("params") or None}
    return {"type": "message", "data": data}


def _breadcrumbs_entry(event: dict[str, Any]) -> dict[str, Any]:
    values = []
    for crumb in event["breadcrumbs"]["values"]:
        values.append(
            {
                "type": crumb.get("type") or "default",
                "timestamp": _stamp(crumb.get("timestamp")),
                "level": crumb.get("level") or "info",
                "message": crumb.get("message"),
                "category": crumb.get("category"),
                "data": crumb.get("data") or None,
                "event_id": None,
            }
        )
    return {"type": "breadcrumbs", "data": {"values": values}}


def _pairs(value: Any) -> list[list[str]]:
    if isinstance(value, dict):
        return [[str(key), str(text)] for key, text in value.items()]
    if isinstance(value, str) and value:
        return [list(pair) for pair in parse_qsl(value, keep_blank_values=True)]
    return list(value or [])


def _request_entry(event: dict[str, Any]) -> dict[str, Any]:
    request = event["request"]
    url, _, query = str(request.get("url") or "").partition("?")
    data = {
        "apiTarget": None,
        "method": request.get("method"),
        "url": url,
        "query": _pairs(request.get("query_string") or query),
        "fragment": None,
        "data": request.get("data"),
        "headers": sorted(_pairs(request.get("headers"))),
        "cookies": _pairs(request.get("cookies")),
        "env": request.get("env"),
        "inferredContentType": _content_type(request),
    }
    return {"type": "request", "data": data}


def _content_type(request: dict[str, Any]) -> str | None:
    for key, value in (request.get("headers") or {}).items():
        if key.lower() == "content-type":
            return str(value)
    return None


def _stamp(moment: Any) -> str | None:
    if isinstance(moment, (int, float)):
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return moment if isinstance(moment, str) else None


def entries_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Sentry's order: message, exception, breadcrumbs, request."""
    entries = []
    if event.get("logentry") or event.get("message"):
        entries.append(_message_entry(event))
    if event.get("exception"):
        entries.append(_exception_entry(event))
    if (event.get("breadcrumbs") or {}).get("values"):
        entries.append(_breadcrumbs_entry(event))
    if event.get("request"):
        entries.append(_request_entry(event))
    return entries


def _pair_notes(notes: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Headers and cookies are lists of pairs in the API: a note about a value stands at [row, 1]."""
    moved = dict(notes)
    for name in ("headers", "cookies"):
        if isinstance(notes.get(name), dict):
            rows = {pair[0]: str(row) for row, pair in enumerate(data[name])}
            moved[name] = {rows[key]: {"1": note} for key, note in notes[name].items() if key in rows}
    return moved


def meta_of(event: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The SDK's `_meta`, moved to where the API has it: entries by index as text, null where untouched."""
    given = event.get("_meta") or {}
    places = {
        "request": "request",
        "exception": "exception",
        "breadcrumbs": "breadcrumbs",
        "message": "logentry",
    }
    found: dict[str, Any] = {}
    for index, entry in enumerate(entries):
        notes = given.get(places[entry["type"]])
        if notes:
            data = _pair_notes(notes, entry["data"]) if entry["type"] == "request" else notes
            found[str(index)] = {"data": data}
    return {
        "entries": found,
        "message": None,
        "user": given.get("user"),
        "contexts": given.get("contexts"),
        "context": given.get("extra"),
        "packages": None,
        "tags": given.get("tags") or {},
        "sdk": None,
    }
