"""A cache as a sync would leave it: one organisation, some projects, issues of every kind a list can show."""

import math
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dexter.timeseries import Series, to_json
from issues.models import Connection, Environment, Issue, SavedView
from issues.sync.figures import figures_of
from issues.tests.factories import (
    make_connection,
    make_event,
    make_issue,
    make_member,
    make_project,
    make_release,
    make_team,
)

HOUR, DAY = 3600, 86_400
PEOPLE = ("Priya Nair", "Mateo Ruiz", "Hana Kimura", "Jonas Lind")

# type, value, culprit, project, level, events a day, users, shape, substatus, status, assignee (-1 is nobody)
ISSUES: tuple[tuple[Any, ...], ...] = (
    ("PoolTimeout", "couldn't get a connection after 30.00 sec", "reserve_stock in checkout/reservations.py",
     "checkout-api", "error", 4218, 812, "step", "regressed", "unresolved", 0),
    ("OutOfMemoryError", "Java heap space", "IndexWriter.merge in search/IndexWriter.java",
     "search-indexer", "fatal", 96, 1940, "late", "new", "unresolved", 2),
    ("DeadlockDetected", "deadlock detected", "apply_movements in stock/movements.py",
     "stock-sync", "error", 143, 61, "spiky", "regressed", "unresolved", 1),
    ("TypeError", "Cannot read properties of undefined (reading 'price')", "renderLine in cart/CartLine.tsx",
     "web-storefront", "error", 2307, 1688, "late", "new", "unresolved", -1),
    ("IntegrityError", 'duplicate key value violates unique constraint "invoice_number_key"',
     "close_period in billing/invoices.py", "billing-worker", "error", 388, 204, "spiky", "ongoing",
     "unresolved", 3),
    ("HTTPError", "502 Server Error: Bad Gateway for url: /v2/payment_intents",
     "charge in checkout/payments.py", "checkout-api", "error", 1310, 690, "day", "ongoing", "unresolved", 0),
    ("ChunkLoadError", "Loading chunk 412 failed", "requireEnsure in webpack/runtime",
     "web-storefront", "error", 3090, 2410, "step", "archived_until_escalating", "ignored", -1),
    ("JWTExpired", '"exp" claim timestamp check failed', "verifyToken in src/session.ts",
     "auth-gateway", "error", 1920, 1300, "step", "escalating", "unresolved", 3),
    ("ReadTimeout", "HTTPSConnectionPool: Read timed out. (read timeout=5)", "quote in shipping/rates.py",
     "checkout-api", "error", 640, 402, "day", "ongoing", "unresolved", -1),
    ("", "Slow query: SELECT on order_line took 4,812 ms", "list_orders in orders/queries.py",
     "checkout-api", "warning", 1800, 377, "day", "ongoing", "unresolved", 1),
    ("ValidationError", "1 validation error for OrderIn: buyer jonas.lind@example.org is unknown",
     "create_order in api/orders.py", "checkout-api", "error", 512, 466, "day", "ongoing", "unresolved", -1),
    ("KeyError", "'warehouse_id'", "allocate in stock/allocate.py", "stock-sync", "error", 77, 40, "late",
     "new", "unresolved", 1),
    ("ConnectionResetError", "[Errno 104] Connection reset by peer", "publish in notify/bus.py",
     "notify", "error", 930, 0, "spiky", "ongoing", "unresolved", -1),
    ("RateLimited", "429 from carrier API, retry after 12 s", "track in shipping/tracking.py",
     "notify", "warning", 2644, 0, "flat", "ongoing", "unresolved", -1),
    ("AssertionError", "cart total 8499 != sum of lines 8500", "totals in checkout/totals.py",
     "checkout-api", "error", 64, 59, "spiky", "ongoing", "unresolved", 0),
    ("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xe9 in position 71",
     "parse_feed in search/feeds.py", "search-indexer", "error", 18, 0, "spiky", "ongoing", "unresolved", 2),
    ("", "payment captured on attempt 2", "capture in checkout/payments.py", "checkout-api", "info", 214, 209,
     "day", "ongoing", "unresolved", -1),
    ("", "slow span payload kept for replay", "sample in tracing/sampler.go", "auth-gateway", "debug", 31, 0,
     "flat", "ongoing", "unresolved", -1),
    ("SSLError", "certificate verify failed: certificate has expired", "sync in stock/partners.py",
     "stock-sync", "error", 288, 0, "step", "", "resolved", 3),
)  # fmt: skip
COMPUTED = ("events_24h", "events_before", "trend", "score", "is_growing")
USERS = {"checkout-api": 6770, "web-storefront": 7100, "search-indexer": 6900, "auth-gateway": 6800}
SHAPES: dict[str, Any] = {
    "step": lambda k: 1.0 if k < 40 else 4.6,
    "late": lambda k: 0.0 if k < 45 else 3.0 + k % 3,
    "day": lambda k: 1.2 + math.sin((k - 7) / 24 * 2 * math.pi),
    "flat": lambda k: 2.0,
    "spiky": lambda k: 6.0 if k % 11 == 3 else 0.5,
}


def fill(now: datetime | None = None, issues: int = 0) -> Connection:
    """Writes it all and returns the connection; beyond the samples, issues are the samples again."""
    now = now or timezone.now()
    connection = make_connection(
        name="sentry.internal", slug="acme", state="ok", synced_at=now - timedelta(seconds=40)
    )
    # A test that clears the tables takes the views of the migration with it.
    for name, query in (("All unresolved", "is:unresolved"), ("Regressed", "is:unresolved is:regressed")):
        SavedView.objects.get_or_create(name=name, owner=None, defaults={"query": query, "is_shared": True})
    team = make_team(connection, "payments")
    people = [make_member(connection, name=name, teams=[team]) for name in PEOPLE]
    projects = {slug: make_project(connection=connection, slug=slug, users_total=USERS.get(slug))
                for slug in sorted({row[3] for row in ISSUES})}  # fmt: skip
    for name in ("production", "staging"):
        Environment.objects.create(connection=connection, name=name)
    releases = [make_release(connection, f"2026.11.{day}", created_at=now - timedelta(days=20 - day))
                for day in (7, 12, 19)]  # fmt: skip
    for number in range(max(issues, len(ISSUES))):
        _issue(number, now, projects, people, releases)
    return connection


def _issue(number: int, now: datetime, projects: Any, people: Any, releases: Any) -> Issue:
    sample = ISSUES[number % len(ISSUES)]
    kind, value, culprit, slug, level, a_day, users, shape, substatus, status, owner = sample
    age = timedelta(hours=5) if shape == "late" else timedelta(days=9 + number)
    columns = {
        "first_seen": now - age, "last_seen": now - timedelta(minutes=2 + 7 * number), "user_count": users,
        "substatus": substatus, "level": level, "status": status,
    }  # fmt: skip
    hours, days = _series(shape, a_day, now)
    figures = figures_of(columns, hours, days, projects[slug].users_total, now)
    issue = make_issue(
        project=projects[slug],
        short_id=f"{slug.split('-')[0].upper()}-{number + 40:X}F",
        title=f"{kind}: {value}" if kind else value,
        error_type=kind, error_value=value if kind else "", culprit=culprit,
        count=a_day * (2 + number % 9), is_unhandled=number % 5 == 1 or None,
        assignee=people[owner] if owner >= 0 else None,
        first_release=releases[number % 3], last_release=releases[2],
        permalink="https://sentry.example.com/organizations/acme/issues/1/",
        tags={"environment": ["production"] if number % 3 else ["production", "staging"],
              "release": ["2026.11.19", "2026.11.12"], "browser": "Chrome"},
        stats={"hours": to_json(hours), "days": to_json(days)},
        **columns,
        **{name: getattr(figures, name) for name in COMPUTED},
    )  # fmt: skip
    make_event(issue, _payload(kind or "Message", value), date=columns["last_seen"], release="2026.11.19")
    return issue


def _series(shape: str, a_day: int, now: datetime) -> tuple[Series, Series]:
    end = int(now.timestamp()) // HOUR * HOUR
    weights = [max(0.0, SHAPES[shape](k)) for k in range(50)]
    scale = a_day / (sum(weights[26:]) or 1)
    hours = Series(end - 49 * HOUR, HOUR, tuple(round(weight * scale) for weight in weights))
    start = end // DAY * DAY - 39 * DAY
    days = Series(
        start, DAY, tuple(0 if shape == "late" and k < 39 else a_day * (2 + k % 3) // 4 for k in range(40))
    )
    return hours, days


def _payload(kind: str, value: str) -> dict[str, Any]:
    source = [[116, "    if not cart.lines:"], [117, "        raise EmptyCart(cart.pk)"],
              [118, "    with transaction.atomic():"],
              [119, "        hold = StockHold.objects.create(cart=cart)"],
              [120, "        intent = payments.authorise(cart.total, payer)"]]  # fmt: skip
    frame = {
        "function": "reserve_stock",
        "filename": "checkout/reservations.py",
        "lineNo": 118,
        "inApp": True,
        "context": source,
        "absPath": "/srv/checkout/reservations.py",
        "module": "checkout.reservations",
    }
    exception = {"type": kind, "value": value, "stacktrace": {"frames": [frame]}}
    entries = [{"type": "exception", "data": {"values": [exception]}}]
    return {
        "id": "1",
        "eventID": "a" * 32,
        "title": f"{kind}: {value}",
        "platform": "python",
        "entries": entries,
    }
