"""System checks: settings that contradict each other, or that are fine on a laptop and not on a server."""

from collections.abc import Sequence
from dataclasses import fields
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from issues.scoring import Weights

LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


@register("dexter")
def keys(**_: Any) -> Sequence[CheckMessage]:
    """E001: TOKEN_KEYS that encrypt nothing; W001: a short SECRET_KEY."""
    found: list[CheckMessage] = []
    for number, key in enumerate(settings.TOKEN_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            found.append(
                Error(
                    f"Key {number} of TOKEN_KEYS is no Fernet key.",
                    hint="`make secrets` prints a fresh one. Keep the old keys behind it.",
                    id="dexter.E001",
                )
            )
    if len(settings.SECRET_KEY) < 32:
        found.append(
            Warning("SECRET_KEY is short.", hint="`make secrets` prints a fresh one.", id="dexter.W001")
        )
    return found


@register("dexter")
def demo(**_: Any) -> Sequence[CheckMessage]:
    """E002: the demo account beside real data; E003: the demo account where others reach it."""
    if not settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if settings.SENTRY_API_TOKEN:
        found.append(
            Error(
                "DEXTER_DEMO opens an account with a known password beside real data.",
                hint="Unset DEXTER_DEMO, or unset SENTRY_API_TOKEN.",
                id="dexter.E002",
            )
        )
    if not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        found.append(
            Error(
                "DEXTER_DEMO opens an account with a known password, and ALLOWED_HOSTS lets others in.",
                hint="Unset DEXTER_DEMO, or leave ALLOWED_HOSTS at its default.",
                id="dexter.E003",
            )
        )
    return found


@register("dexter")
def sentry(**_: Any) -> Sequence[CheckMessage]:
    """E004: half a Sentry; E005: a base URL that is not the Web API's."""
    found: list[CheckMessage] = []
    if bool(settings.SENTRY_API_TOKEN) != bool(settings.SENTRY_ORG):
        found.append(
            Error(
                "Only one of SENTRY_API_TOKEN and SENTRY_ORG is set.",
                hint="Set both, or neither and add the connection in the admin.",
                id="dexter.E004",
            )
        )
    url = urlsplit(settings.SENTRY_BASE_URL)
    if url.scheme not in ("http", "https") or not url.hostname or not url.path.rstrip("/").endswith("/api/0"):
        found.append(
            Error(
                f"SENTRY_BASE_URL is {settings.SENTRY_BASE_URL!r}, which is no Sentry Web API.",
                hint="It ends in /api/0/, for example https://sentry.example.org/api/0/",
                id="dexter.E005",
            )
        )
    return found


@register("dexter")
def retention(**_: Any) -> Sequence[CheckMessage]:
    """E006: numbers below what works; W002: issues pruned while the sync still fetches them."""
    found: list[CheckMessage] = [
        Error(f"{name} is {getattr(settings, name)}; it must be at least {least}.", id="dexter.E006")
        for name, least in LEAST.items()
        if getattr(settings, name) < least
    ]
    if settings.KEEP_ISSUES_DAYS < settings.SYNC_WINDOW_DAYS:
        found.append(
            Warning(
                "KEEP_ISSUES_DAYS is below SYNC_WINDOW_DAYS: issues would be pruned and fetched again.",
                hint="Raise KEEP_ISSUES_DAYS or lower SYNC_WINDOW_DAYS.",
                id="dexter.W002",
            )
        )
    return found


# The least that makes sense. The first event, the latest and one between are kept whatever the setting.
LEAST = {
    "SYNC_EVERY": 10,
    "SYNC_FULL_EVERY": 60,
    "SYNC_WINDOW_DAYS": 1,
    "SYNC_THREADS": 1,
    "SYNC_EVENT_ISSUES": 0,
    "SYNC_MAX_RATE": 0,
    "KEEP_EVENTS_PER_ISSUE": 3,
    "KEEP_EVENTS_DAYS": 1,
    "KEEP_ISSUES_DAYS": 1,
    "KEEP_RUNS_DAYS": 1,
    "AI_CONCURRENCY": 1,
    "AI_DAILY_LIMIT": 0,
    "AI_TIMEOUT": 1,
    "AI_FIRST_TOKEN_TIMEOUT": 1,
    "AI_SUMMARIES_PER_RUN": 1,
    "AI_SUMMARIES_PER_DAY": 0,
    "KEEP_EXPLANATIONS_DAYS": 1,
}


@register("dexter")
def outbound(**_: Any) -> Sequence[CheckMessage]:
    """E007: an entry of OUTBOUND_ALLOW that is an address but no network."""
    found: list[CheckMessage] = []
    for entry in settings.OUTBOUND_ALLOW:
        if not entry.strip("[]").replace(".", "").replace("/", "").replace(":", "").isdigit():
            continue  # a host name
        try:
            ip_network(entry.strip("[]"))
        except ValueError as error:
            found.append(Error(f"OUTBOUND_ALLOW: {error}", hint="Write 10.1.2.0/24.", id="dexter.E007"))
    return found


@register("dexter")
def weights(**_: Any) -> Sequence[CheckMessage]:
    """E008: weights of the score that are none."""
    try:
        Weights(**settings.SCORE_WEIGHTS)
    except (TypeError, ValueError) as error:
        names = ", ".join(field.name for field in fields(Weights))
        reason = f"The names are {names}." if isinstance(error, TypeError) else str(error)
        hint = "For example users=40,volume=15; see docs/scoring.md."
        return [Error(f"SCORE_WEIGHTS: {reason}", hint=hint, id="dexter.E008")]
    return []


@register(Tags.security, deploy=True)
def production(**_: Any) -> Sequence[CheckMessage]:
    """W003 to W005: what is fine on a laptop (`manage.py check --deploy` and `doctor` ask)."""
    found: list[CheckMessage] = []
    if settings.EMBEDDED:
        return found
    if connection.vendor == "sqlite":
        found.append(
            Warning(
                "DATABASE_URL names no PostgreSQL: SQLite serves one machine and a small team.",
                id="dexter.W003",
            )
        )
    if not settings.HTTPS:
        found.append(
            Warning(
                "HTTPS is off: cookies travel in the clear.",
                hint="Put Dexter behind a proxy that speaks TLS and set HTTPS=1.",
                id="dexter.W004",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Warning("ALLOWED_HOSTS takes every name.", hint="Name the hosts people use.", id="dexter.W005")
        )
    return found
