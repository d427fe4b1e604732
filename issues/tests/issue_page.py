"""An issue with an event that has something personal in every corner, for the tests of its page."""

from typing import Any

from django.utils import timezone

from issues.models import Event, Issue
from issues.payload.tests.events import api_event, entry, exception, frame, library
from issues.tests.factories import make_event, make_issue

# None of these may ever be in a page, a copied text or a log unless somebody revealed it.
SECRETS = (
    "ada@example.com",
    "bob@example.org",
    "203.0.113.77",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "hunter2",
    "tulip-secret",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
)


def personal_event(**fields: Any) -> dict[str, Any]:
    """An event of the Web API with SECRETS in message, locals, source, breadcrumbs, request, tags, user."""
    own = frame(
        "reserve",
        vars={
            "payer": {"email": "'ada@example.com'", "card": "'4111 1111 1111 1111'", "password": "'hunter2'"},
            "iban": "'DE89 3704 0044 0532 0130 00'",
            "cart": "<Cart 7>",
        },
        context=[[11, "def reserve(cart):"], [12, 'notify("bob@example.org")'], [13, ""]],
    )
    crumbs = [
        {"timestamp": "2026-11-20T10:00:00Z", "category": "query", "level": "info",
         "message": "SELECT * FROM account WHERE email = 'ada@example.com'", "data": {"password": "hunter2"}},
        {"timestamp": "2026-11-20T10:00:00.2Z", "type": "http", "category": "httplib", "level": "warning",
         "data": {"method": "GET", "url": "https://pay.example/?token=tulip-secret", "status_code": 502}},
    ]  # fmt: skip
    request = {
        "url": "https://shop.example/carts/7",
        "method": "POST",
        "query": [["email", "ada@example.com"], ["page", "2"]],
        "headers": [["Authorization", "Bearer tulip-secret"], ["X-Forwarded-For", "203.0.113.77"]],
        "cookies": [["session", "tulip-secret"]],
        "data": {"password": "hunter2", "note": "from bob@example.org"},
        "env": {"REMOTE_ADDR": "203.0.113.77"},
    }
    return api_event(
        entries=[
            entry(
                "exception",
                {
                    "values": [
                        exception("Timeout", *[library(lineNo=n) for n in (1, 2, 3)], library(lineNo=202)),
                        exception("Full", library(), own, value="ada@example.com cannot reserve"),
                    ]
                },
            ),
            entry("breadcrumbs", {"values": crumbs}),
            entry("request", request),
        ],
        tags=[
            {"key": "environment", "value": "production"},
            {"key": "user.email", "value": "ada@example.com"},
        ],
        user={"id": "42", "email": "ada@example.com", "ip_address": "203.0.113.77", "data": {"plan": "pro"}},
        context={"api_key": "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "order": 88213},
        **fields,
    )


def make_shown_issue(payload: dict[str, Any] | None = None, **fields: Any) -> tuple[Issue, Event]:
    """An issue whose detail was read just now, with one cached event."""
    now = timezone.now()
    issue = make_issue(
        **{
            "error_type": "Full",
            "error_value": "ada@example.com cannot reserve",
            "title": "Full: ada@example.com cannot reserve",
            "last_seen": now,
            "detail_synced_at": now,
            "events_synced_at": now,
        }
        | fields
    )
    event = make_event(
        issue,
        payload if payload is not None else personal_event(),
        date=now,
        environment="production",
        release="shop@1.2.3",
        user_key="email:ada@example.com",
    )
    issue.refresh_from_db()
    return issue, event
