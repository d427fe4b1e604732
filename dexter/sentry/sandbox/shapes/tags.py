"""Tag keys and values of issues, counted exactly: by phase, by time (release) or by person (user)."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dexter.sentry.sandbox.clock import iso_seconds
from dexter.sentry.sandbox.events.naming import Person, issue_words, renamed
from dexter.sentry.sandbox.events.variation import phase_tags
from dexter.sentry.sandbox.search.values import release_span
from dexter.sentry.sandbox.world.model import Issue
from dexter.sentry.sandbox.world.streams import PHASES, Stream

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

TOP = 10


def tag_name(key: str) -> str:
    return key.replace(".", " ").replace("_", " ").title()


def count_tags(world: "World", issue: Issue) -> dict[str, dict[str, int]]:
    """key -> value -> number of events, users left out (see `count_users`)."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for stream in issue.streams:
        _count_static(world, stream, counts)
        _count_phases(world, stream, counts)
        for release in world.projects[stream.project].releases:
            start, end = release_span(world, release)
            found = stream.count_before(min(end, 1e12)) - stream.count_before(start)
            if found:
                counts["release"][release.version] += found
    return counts


def _count_static(world: "World", stream: Stream, counts: dict[str, dict[str, int]]) -> None:
    words = issue_words(stream)
    for key, value in world.templates[stream.kind].static_tags.items():
        if "7001002" not in value:  # an address with a number of its own per event has no top values
            counts[key][renamed(value, words)] += stream.total


def _count_phases(world: "World", stream: Stream, counts: dict[str, dict[str, int]]) -> None:
    template = world.templates[stream.kind]
    for phase, found in enumerate(stream.phase_counts(0, stream.total)):
        if found:
            tags = phase_tags(phase, stream.environments, template.is_web, template.is_browser)
            for key, value in tags.items():
                counts[key][value] += found


def count_users(issue: Issue, most: int = 1000) -> dict[int, int]:
    """Person number -> number of events; at most `most` people."""
    counts: dict[int, int] = defaultdict(int)
    for stream in issue.streams:
        people = min(stream.users, stream.total)
        for index in range(min(people, most)):
            counts[stream.person(index)] += stream.total // people + (index < stream.total % people)
    return counts


def tag_totals(world: "World", issue: Issue) -> list[dict[str, Any]]:
    """`[{key, name, totalValues}]`, what the issue detail shows."""
    counts = count_tags(world, issue)
    rows = [
        {"key": key, "name": tag_name(key), "totalValues": sum(values.values())}
        for key, values in counts.items()
    ]
    if issue.users:
        rows.append({"key": "user", "name": "User", "totalValues": sum(count_users(issue).values())})
    return sorted(rows, key=lambda row: str(row["key"]))


def tag_values(world: "World", issue: Issue, key: str) -> list[dict[str, Any]]:
    """All values of a key, most frequent first; empty when no event has it."""
    if key == "user":
        return _user_values(issue)
    values = count_tags(world, issue).get(key, {})
    rows = [_value(issue, key, value, value, count) for value, count in values.items()]
    return sorted(rows, key=lambda row: (-row["count"], row["value"]))


def _value(issue: Issue, key: str, value: str, name: str, count: int) -> dict[str, Any]:
    return {
        "key": key if key == "user" else quote(value),
        "name": name,
        "value": value,
        "count": count,
        "lastSeen": iso_seconds(issue.last),
        "firstSeen": iso_seconds(issue.first),
    }


def _user_values(issue: Issue) -> list[dict[str, Any]]:
    rows = []
    for number, count in count_users(issue).items():
        person = Person(number)
        row = _value(issue, "user", f"id:{number}", person.name, count)
        rows.append({**row, "query": f'user.id:"{number}"'})
    return sorted(rows, key=lambda row: (-row["count"], row["value"]))


def tag_body(world: "World", issue: Issue, key: str, limit: int = TOP) -> dict[str, Any] | None:
    """`{key, name, uniqueValues, totalValues, topValues}`; None when no event has the key."""
    values = tag_values(world, issue, key)
    if not values:
        return None
    return {
        "key": key,
        "name": tag_name(key),
        "uniqueValues": len(values),
        "totalValues": sum(row["count"] for row in values),
        "topValues": values[:limit],
    }


def all_tags(world: "World", issue: Issue, limit: int) -> list[dict[str, Any]]:
    """Every key of an issue with its top values."""
    counts = count_tags(world, issue)
    keys = sorted(counts) + (["user"] if issue.users else [])
    return [body for key in keys if (body := tag_body(world, issue, key, limit)) is not None]


__all__ = ["PHASES", "all_tags", "count_tags", "tag_body", "tag_name", "tag_totals", "tag_values"]
