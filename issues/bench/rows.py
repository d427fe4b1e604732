"""A large cache for measuring: skewed like a real one (a few projects, words and values have most of it).

Deterministic by seed. The rows are made here as plain values and loaded by issues.bench.load.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from issues.search.words import document

PROJECT_SHARES = (0.5, 0.25, 0.12, 0.08, 0.05)
ERRORS = (
    "KeyError", "ValueError", "TypeError", "AttributeError", "TimeoutError", "IntegrityError",
    "OperationalError", "ConnectionResetError", "PermissionError", "DoesNotExist", "MemoryError",
    "ReadTimeout",
)  # fmt: skip
STATES = (
    ("unresolved", "ongoing", 40), ("unresolved", "new", 10), ("unresolved", "regressed", 5),
    ("unresolved", "escalating", 5), ("resolved", "", 25), ("ignored", "archived_until_escalating", 10),
    ("ignored", "archived_forever", 5),
)  # fmt: skip
LEVELS = (("error", 70), ("fatal", 5), ("warning", 18), ("info", 7))
ENVIRONMENTS = (("production", 80), ("staging", 15), ("development", 5))
BROWSERS = ("Chrome 126.0", "Firefox 127.0", "Safari 17.5", "Edge 126.0")
SYLLABLES = (
    "or", "der", "pay", "ment", "cart", "stock", "mail", "sync", "key", "user", "lock", "time", "read",
    "call", "hook", "task", "job", "queue", "rate", "sum", "tax", "item", "line", "feed",
)  # fmt: skip
RELEASES = 200
MEMBERS = 40
TEAMS = 8


@dataclass(frozen=True)
class World:
    """Sizes, the seed, and the end of time. Keys of the rows are 1 to n in each table."""

    issues: int = 100_000
    events_each: int = 3
    seed: int = 7
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """A vocabulary of some thousand words, the frequent ones first."""
        random = Random(self.seed)  # noqa: S311 - made-up rows need no secrecy
        made = {"".join(random.choices(SYLLABLES, k=random.choice((1, 2, 2, 3)))) for _ in range(12_000)}
        return tuple(sorted(made, key=lambda word: (len(word), word)))

    def word(self, random: Random) -> str:
        """Frequent words more often: the n-th of them about 1/n as often as the first."""
        return self.words[int(len(self.words) ** random.random()) - 1]

    def random(self, table: str, key: int) -> Random:
        return Random(f"{self.seed} {table} {key}")  # noqa: S311


def weighted(random: Random, choices: tuple[tuple[Any, ...], ...]) -> tuple[Any, ...]:
    return random.choices(choices, [choice[-1] for choice in choices])[0]


def project_of(random: Random) -> int:
    return random.choices(range(1, len(PROJECT_SHARES) + 1), PROJECT_SHARES)[0]


def issue_rows(world: World) -> Iterator[dict[str, Any]]:
    """Rows of Issue by column name."""
    return (_issue(world, key) for key in range(1, world.issues + 1))


def _issue(world: World, key: int) -> dict[str, Any]:
    random = world.random("issue", key)
    status, substatus, _ = weighted(random, STATES)
    error = random.choice(ERRORS)
    value = " ".join(world.word(random) for _ in range(8))
    age = timedelta(minutes=int(60 * 24 * 90 * random.random() ** 2))
    count = int(10 ** (4 * random.random() ** 2))
    project = project_of(random)
    owner = random.random()
    return {
        "id": key, "connection_id": 1, "project_id": project, "sentry_id": str(key),
        "short_id": f"P{project}-{key:X}", "title": f"{error}: {value}", "error_type": error,
        "error_value": value, "culprit": f"shop.{world.word(random)}.{world.word(random)}",
        "permalink": f"https://sentry.example.com/issues/{key}/", "logger": "", "platform": "python",
        "level": weighted(random, LEVELS)[0], "issue_type": "error", "issue_category": "error",
        "status": status, "substatus": substatus, "status_details": "{}",
        "priority": random.choice(("high", "medium", "low")), "is_unhandled": random.random() < 0.3,
        "is_public": False, "is_bookmarked": False, "is_subscribed": False, "has_seen": True,
        "assignee_id": random.randint(1, MEMBERS) if owner < 0.3 else None,
        "assignee_team_id": random.randint(1, TEAMS) if 0.3 <= owner < 0.5 else None,
        "comment_count": 0, "count": count, "user_count": int(count * random.random()),
        "first_seen": world.now - age - timedelta(days=30 * random.random()), "last_seen": world.now - age,
        "first_release_id": None, "last_release_id": None,
        "events_24h": count // 30, "events_before": count // 40,
        "trend": random.randint(-60, 300) if count > 300 else -101,
        "score": int(100 * random.random() ** 1.5),
        "is_growing": status == "ignored" and random.random() < 0.05, "gone": "", "merged_into_id": None,
        "synced_at": world.now, "detail_synced_at": None, "events_synced_at": world.now,
        "events_cached": world.events_each,
    }  # fmt: skip


def stats_rows(world: World) -> Iterator[dict[str, Any]]:
    """A week of hours and a month of days for each issue."""
    hour = int(world.now.timestamp()) // 3600 * 3600
    day = hour // 86400 * 86400
    for key in range(1, world.issues + 1):
        random = world.random("stats", key)
        hours = [random.randint(1, 40) if random.random() < 0.3 else -random.randint(1, 4) for _ in range(60)]
        days = [random.randint(1, 400) for _ in range(30)]
        yield {
            "issue_id": key,
            "hours": json.dumps({"s": hour - 167 * 3600, "d": 3600, "v": hours}),
            "days": json.dumps({"s": day - 29 * 86400, "d": 86400, "v": days}),
        }


def text_rows(world: World) -> Iterator[dict[str, Any]]:
    """The words of the issue and of some events: about 120 of them."""
    for key in range(1, world.issues + 1):
        random = world.random("text", key)
        frames = [f"{world.word(random)}/{world.word(random)}.py {world.word(random)}" for _ in range(30)]
        said = " ".join(world.word(random) for _ in range(30))
        yield {"issue_id": key, "body": document([f"P{key:X}", random.choice(ERRORS), said, *frames])}


def tag_rows(world: World) -> Iterator[dict[str, Any]]:
    """About fifteen for each issue."""
    key = 0
    for issue in range(1, world.issues + 1):
        for name, value in _tags(world, world.random("tags", issue)):
            key += 1
            yield {"id": key, "issue_id": issue, "key": name, "value": value, "count": 1, "total": None,
                   "last_seen": world.now}  # fmt: skip


def _tags(world: World, random: Random) -> set[tuple[str, str]]:
    newest = int(RELEASES * random.random() ** 2)
    return {
        ("environment", weighted(random, ENVIRONMENTS)[0]),
        ("environment", weighted(random, ENVIRONMENTS)[0]),
        ("release", release_name(newest)), ("release", release_name(min(newest + 1, RELEASES - 1))),
        ("level", weighted(random, LEVELS)[0]), ("handled", random.choice(("yes", "no"))),
        ("mechanism", random.choice(("django", "celery", "logging"))),
        ("transaction", f"/{world.word(random)}/{world.word(random)}/"),
        ("server_name", f"web-{random.randint(1, 30)}"), ("server_name", f"web-{random.randint(1, 30)}"),
        ("browser", random.choice(BROWSERS)), ("browser", random.choice(BROWSERS)),
        ("os.name", random.choice(("Linux", "Windows", "iOS"))), ("runtime", "CPython 3.12.4"),
        ("user", f"id:{random.randint(1, 50_000)}"), ("user", f"id:{random.randint(1, 50_000)}"),
        ("url", f"https://shop.example.com/{world.word(random)}"),
    }  # fmt: skip


def release_name(back: int) -> str:
    """The release that is `back` releases older than the newest one."""
    return f"shop@{2 + (RELEASES - back) // 50}.{(RELEASES - back) % 50}.0"


def event_rows(world: World) -> Iterator[dict[str, Any]]:
    for issue in range(1, world.issues + 1):
        random = world.random("issue", issue)
        weighted(random, STATES)
        error = random.choice(ERRORS)
        project = _issue(world, issue)["project_id"]
        for number in range(world.events_each):
            key = (issue - 1) * world.events_each + number + 1
            yield {
                "id": key, "issue_id": issue, "project_id": project, "event_id": f"{key:032x}",
                "date": world.now - timedelta(minutes=random.randint(0, 90 * 24 * 60)), "title": error,
                "message": "", "level": "error", "platform": "python", "environment": "production",
                "release": release_name(random.randint(0, RELEASES - 1)), "transaction": "",
                "trace_id": f"{key * 7919:032x}", "user_key": "", "is_pinned": False, "stored_at": world.now,
            }  # fmt: skip
