"""One failing checkout in the three shapes an event comes in."""

from typing import Any

Json = dict[str, Any]


def frame(function: str | None = "reserve", *, in_app: bool = True, **fields: Any) -> Json:
    return {
        "function": function,
        "module": "shop.cart",
        "filename": "shop/cart.py",
        "absPath": "/srv/shop/cart.py",
        "lineNo": 12,
        "colNo": None,
        "inApp": in_app,
        "context": [[11, "def reserve(cart):"], [12, "    raise Full(cart)"], [13, ""]],
        "vars": {"cart": {"id": "7", "total": "'84.99'"}, "password": "'hunter2'"},
        **fields,
    }


def library(filename: str = "django/db/utils.py", **fields: Any) -> Json:
    return frame("execute", in_app=False, filename=filename, module="django.db.utils", **fields)


def exception(kind: str = "Full", *frames: Json, **fields: Any) -> Json:
    return {
        "type": kind,
        "value": f"{kind} happened",
        "module": "shop.errors",
        "mechanism": {"type": "django", "handled": False},
        "stacktrace": {"frames": list(frames) or [frame()], "framesOmitted": None},
        **fields,
    }


def entry(kind: str, data: Any) -> Json:
    return {"type": kind, "data": data}


def api_event(**fields: Any) -> Json:
    """As Sentry's Web API answers."""
    return {
        "id": "a" * 32,
        "eventID": "a" * 32,
        "groupID": "7",
        "projectID": "1",
        "title": "Full: Full happened",
        "type": "error",
        "platform": "python",
        "message": "",
        "culprit": "shop.cart in reserve",
        "location": "shop/cart.py",
        "dateCreated": "2026-11-20T10:00:00.500000Z",
        "dateReceived": "2026-11-20T10:00:01Z",
        "metadata": {"type": "Full", "value": "Full happened"},
        "size": 4096,
        "dist": None,
        "user": {
            "id": "42",
            "email": "ada@example.com",
            "ip_address": "203.0.113.9",
            "data": {"plan": "pro"},
        },
        "sdk": {"name": "sentry.python", "version": "2.75.0"},
        "release": {"version": "shop@1.2.3"},
        "contexts": {
            "trace": {"type": "trace", "trace_id": "t" * 32},
            "runtime": {"name": "CPython", "version": "3.12"},
        },
        "context": {"order": 88213},
        "packages": {"django": "5.2", "attrs": "25.1"},
        "tags": [{"key": "level", "value": "error"}, {"key": "environment", "value": "production"}],
        "entries": [
            entry("exception", {"values": [exception("Timeout", library()), exception()], "excOmitted": None})
        ],
        "errors": [],
        "nextEventID": "b" * 32,
        "previousEventID": None,
        "_meta": {},
        **fields,
    }


def listed_event(**fields: Any) -> Json:
    """As GlitchTip lists the events of an issue: snake_case on top, no level, no release object."""
    event = api_event(message="Full: Full happened", projectID=1)
    names = {
        "eventID": "event_id",
        "groupID": "group_id",
        "projectID": "project_id",
        "dateCreated": "date_created",
        "dateReceived": "date_received",
        "nextEventID": "next_event_id",
        "previousEventID": "previous_event_id",
    }
    for name in ("release", "_meta", "location", "size"):
        del event[name]
    event["tags"] = [{"key": "release", "value": "shop@1.2.3"}, {"key": "environment", "value": "production"}]
    return {names.get(name, name): value for name, value in event.items()} | fields


def raw_event(**fields: Any) -> Json:
    """As an SDK sends it."""
    call = {
        "function": "reserve",
        "module": "shop.cart",
        "filename": "shop/cart.py",
        "abs_path": "/srv/shop/cart.py",
        "lineno": 12,
        "in_app": True,
        "pre_context": ["def reserve(cart):"],
        "context_line": "    raise Full(cart)",
        "post_context": [""],
        "vars": {"cart": "<Cart 7>"},
    }
    return {
        "event_id": "a" * 32,
        "timestamp": 1795168800.5,
        "level": "error",
        "platform": "python",
        "environment": "production",
        "release": "shop@1.2.3",
        "server_name": "web-1",
        "transaction": "/checkout/",
        "exception": {
            "values": [{"type": "Full", "value": "Full happened", "stacktrace": {"frames": [call]}}]
        },
        "breadcrumbs": {"values": [{"timestamp": 1795168799.0, "category": "query", "message": "SELECT 1"}]},
        "request": {
            "url": "https://shop.example/?a=1",
            "query_string": "a=1",
            "headers": {"Host": "shop.example"},
        },
        "extra": {"order": 88213},
        "modules": {"django": "5.2"},
        "tags": {"region": "eu"},
        "contexts": {"trace": {"trace_id": "t" * 32}},
        "user": {"id": 42},
        "sdk": {"name": "sentry.python", "version": "2.75.0"},
        **fields,
    }
