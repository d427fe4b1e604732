"""Signed webhooks for tests, in the documented shapes."""

import hashlib
import hmac
import json
import time
import uuid
from itertools import count
from typing import Any

from issues.models import Connection, Issue

SECRET = "a secret of the integration"
APP = "2ebf071f-28df-4989-aca9-c37c763b278f"
JANE = {"type": "user", "id": 1, "name": "Jane Doe"}
SENTRY = {"type": "application", "id": "sentry", "name": "Sentry"}
OWN = {"type": "application", "id": APP, "name": "Dexter"}
_numbers = count(1)


def sign(raw_body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()


def post(client: Any, connection: Connection, raw_body: bytes, resource: str = "issue", **given: Any) -> Any:
    """`signature` None leaves the header out; `sent` is the timestamp header; `request_id` as well."""
    headers = {
        "Request-ID": given.get("request_id") or uuid.uuid4().hex,
        "Sentry-Hook-Resource": resource,
        "Sentry-Hook-Timestamp": str(int(given.get("sent", time.time()))),
        "Sentry-Hook-Signature": given.get("signature", sign(raw_body)),
    }
    sent = {name: value for name, value in headers.items() if value is not None}
    path = f"/webhooks/sentry/{given.get('slug', connection.slug)}/"
    return client.post(path, raw_body, content_type="application/json", headers=sent)


def body(action: str, data: dict[str, Any], actor: dict[str, Any] = SENTRY) -> bytes:
    whole = {"action": action, "installation": {"uuid": str(uuid.uuid4())}, "data": data, "actor": actor}
    return json.dumps(whole).encode()


def issue_payload(issue: Issue, **changed: Any) -> dict[str, Any]:
    """What a webhook says of a cached issue: the serializer's row, made for nobody in particular."""
    payload = {
        "id": issue.sentry_id, "shortId": issue.short_id, "title": issue.title, "culprit": issue.culprit,
        "level": issue.level, "status": issue.status, "substatus": issue.substatus, "statusDetails": {},
        "priority": issue.priority or None, "isUnhandled": issue.is_unhandled, "isBookmarked": False,
        "isSubscribed": False, "hasSeen": False, "isPublic": False, "assignedTo": None, "numComments": 0,
        "metadata": {"type": issue.error_type, "value": issue.error_value}, "count": str(issue.count),
        "userCount": issue.user_count, "firstSeen": issue.first_seen.isoformat(),
        "lastSeen": issue.last_seen.isoformat(), "project": {"id": issue.project.sentry_id},
    }  # fmt: skip
    return payload | changed


def raw_event(issue_id: str, date: str, **changed: Any) -> dict[str, Any]:
    """A raw event: snake_case, tags as pairs."""
    event = {
        "event_id": f"{next(_numbers):032x}", "project": 2, "platform": "python", "datetime": date,
        "level": "error", "title": "KeyError: 'price'", "culprit": "shop.cart.total", "message": "",
        "metadata": {"type": "KeyError", "value": "'price'"}, "release": "2.1.0", "environment": "production",
        "tags": [["environment", "production"], ["browser", "Firefox"], ["release", "2.1.0"]],
        "exception": {"values": [{"type": "KeyError", "value": "'price'", "stacktrace": {"frames": [
            {"filename": "shop/cart.py", "function": "total", "lineno": 12, "in_app": True}]}}]},
        "issue_id": issue_id,
    }  # fmt: skip
    return event | changed
