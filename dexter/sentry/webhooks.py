"""Webhooks of Sentry's integration platform: is it from Sentry, and what is it about?

https://docs.sentry.io/organization/integrations/integration-platform/webhooks/

`Sentry-Hook-Signature` is the hex HMAC-SHA256 of the raw body with the integration's client secret.
(Re-serialising the parsed JSON, as the documentation's samples do, gives other bytes.) The timestamp is not
signed: a delivery is told apart by its `Request-ID`, and a replay is valid for ever.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from dexter.sentry.decoding import loads

RESOURCES = frozenset(
    {
        "installation",
        "issue",
        "error",
        "event_alert",
        "metric_alert",
        "activity_alert",
        "comment",
        "seer",
        "preprod_artifact",
    }
)


class MalformedWebhook(ValueError):
    """A body that is not a JSON object. It was signed, so it is worth keeping and looking at."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """`known` is False for resources that Sentry has added since; they are to be answered with success as
    well.

    Ids are strings whatever Sentry sends. `issue_id` is None where the webhook is not about one issue.
    """

    resource: str
    action: str
    known: bool
    installation: str
    actor_type: str
    actor_id: str
    actor_name: str
    issue_id: str | None
    project_slug: str | None
    data: dict[str, Any]

    def is_echo_of(self, app_uuid: str) -> bool:
        """Did the integration's own write cause this?"""
        return bool(app_uuid) and self.actor_type == "application" and self.actor_id == app_uuid


def verify(secret: str, raw_body: bytes, signature: str | None) -> bool:
    """Whether the signature is right. Without a secret or a signature it never is."""
    if not secret or not signature:
        return False
    expected = hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().encode())


def parse(resource: str, raw_body: bytes) -> Webhook:
    """What the webhook is about. `resource` is the header `Sentry-Hook-Resource`. Raises
    `MalformedWebhook`.
    """
    try:
        body = loads(raw_body)
    except ValueError as error:
        raise MalformedWebhook("the body is not JSON") from error
    if not isinstance(body, dict):
        raise MalformedWebhook("the body is not a JSON object")
    data, actor = _dict(body.get("data")), _dict(body.get("actor"))
    return Webhook(
        resource=resource,
        action=str(body.get("action") or ""),
        known=resource in RESOURCES,
        installation=str(_dict(body.get("installation")).get("uuid") or ""),
        actor_type=str(actor.get("type") or ""),
        actor_id=str(actor.get("id") if actor.get("id") is not None else ""),
        actor_name=str(actor.get("name") or ""),
        issue_id=_issue_id(resource, data),
        project_slug=_project_slug(resource, data),
        data=data,
    )


def _issue_id(resource: str, data: dict[str, Any]) -> str | None:
    places: dict[str, Any] = {
        "issue": _dict(data.get("issue")).get("id"),
        "activity_alert": _dict(data.get("issue")).get("id"),
        "error": _dict(data.get("error")).get("issue_id"),
        "event_alert": _dict(data.get("event")).get("issue_id"),
        "comment": data.get("issue_id"),
        "seer": data.get("group_id"),
    }
    found = places.get(resource)
    return None if found is None else str(found)


def _project_slug(resource: str, data: dict[str, Any]) -> str | None:
    if resource in {"issue", "activity_alert"}:
        found = _dict(_dict(data.get("issue")).get("project")).get("slug")
    else:
        found = data.get("project_slug")
    return str(found) if found else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
