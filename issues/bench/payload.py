"""One event as the Web API gives it, of a middling size: what a bench reads back and renders."""

from typing import Any

FRAMES = 30


def payload(event_id: str) -> dict[str, Any]:
    """An exception with frames, source context and locals, breadcrumbs, a request, contexts and tags."""
    return {
        "id": event_id,
        "eventID": event_id,
        "title": "KeyError: 'price'",
        "message": "",
        "platform": "python",
        "type": "error",
        "metadata": {"type": "KeyError", "value": "'price'"},
        "dateCreated": "2026-05-12T14:02:11Z",
        "dateReceived": "2026-05-12T14:02:12Z",
        "user": {"id": "42", "email": "ada@example.com", "ip_address": "192.0.2.7"},
        "contexts": {
            "runtime": {"name": "CPython", "version": "3.12.4", "type": "runtime"},
            "trace": {"trace_id": event_id, "span_id": "b7ad6b7169203331", "type": "trace"},
        },
        "sdk": {"name": "sentry.python.django", "version": "2.5.1"},
        "tags": [
            {"key": "environment", "value": "production"},
            {"key": "level", "value": "error"},
            {"key": "release", "value": "shop@5.0.0"},
            {"key": "user", "value": "id:42"},
        ],
        "entries": [_exception(), _breadcrumbs(), _request()],
    }


def _exception() -> dict[str, Any]:
    value = {
        "type": "KeyError",
        "value": "'price'",
        "mechanism": {"type": "django", "handled": False},
        "stacktrace": {"frames": [_frame(number) for number in range(FRAMES)], "hasSystemFrames": True},
    }
    return {"type": "exception", "data": {"values": [value], "hasSystemFrames": True}}


def _frame(number: int) -> dict[str, Any]:
    return {
        "filename": f"shop/part{number}.py",
        "absPath": f"/srv/shop/part{number}.py",
        "module": f"shop.part{number}",
        "function": f"step_{number}",
        "lineNo": 40 + number,
        "inApp": number % 3 == 0,
        "context": [[37 + number + at, f"    total_{at} = prices[{at}] * amount"] for at in range(7)],
        "vars": {"amount": "3", "items": ["'a'", "'b'"], "customer": "'Ada'"},
    }


def _breadcrumbs() -> dict[str, Any]:
    crumbs = [
        {
            "type": "http",
            "category": "httplib",
            "level": "info",
            "timestamp": f"2026-05-12T14:01:{second:02d}Z",
            "data": {"url": "https://api.example.com/stock", "method": "GET", "status_code": 200},
        }
        for second in range(40)
    ]
    return {"type": "breadcrumbs", "data": {"values": crumbs}}


def _request() -> dict[str, Any]:
    data = {
        "url": "https://shop.example.com/checkout/",
        "method": "POST",
        "headers": [["Host", "shop.example.com"], ["User-Agent", "Mozilla/5.0"]],
        "query": [["step", "2"]],
        "data": {"email": "ada@example.com", "card": "4111 1111 1111 1111"},
    }
    return {"type": "request", "data": data}
