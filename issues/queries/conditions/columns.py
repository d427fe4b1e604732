"""Filters that columns of the issue answer: status, numbers, times, texts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from issues.queries import lookups  # noqa: F401 - registers `wildcard`
from issues.queries.conditions.context import Condition, Context, any_of, unanswerable
from issues.search import Filter, Pattern, time_range

_STATUSES = {"unresolved": "unresolved", "resolved": "resolved", "archived": "ignored"}
_SUBSTATUSES = {
    "new", "regressed", "escalating", "ongoing",
    "archived_until_escalating", "archived_until_condition_met", "archived_forever",
}  # fmt: skip
_STATES: dict[str, Q] = {
    "assigned": Q(assignee__isnull=False) | Q(assignee_team__isnull=False),
    "unassigned": Q(assignee=None, assignee_team=None),
    # Sentry's inbox holds what came or came back and was not reviewed; reviewing makes it "ongoing".
    "for_review": Q(status="unresolved", substatus__in=["new", "regressed", "escalating"]),
    "growing": Q(is_growing=True),
    "unhandled": Q(is_unhandled=True),
    "deadlock": Q(has_deadlock=True),
    "n+1": Q(has_n_plus_one=True),
    "slow_query": Q(has_slow_query=True),
}
# States that Dexter found by reading the events it has.
FOUND_IN_EVENTS = {"deadlock", "n+1", "slow_query"}
_OPERATORS = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def is_condition(asked: Filter, context: Context) -> Q:
    value = str(asked.value)
    if value in _STATUSES:
        return Q(status=_STATUSES[value])
    if value in _SUBSTATUSES:
        return Q(substatus=value)
    if value in _STATES:
        return _STATES[value]
    hints = dict.fromkeys(["linked", "unlinked"], "open the issue in Sentry to see what it is linked to")
    raise unanswerable(asked, f"Dexter's cache does not know is:{value}", hints.get(value, ""))


def choice(column: str) -> Condition:
    """One of a fixed set of words; has: where the column may be empty."""

    def condition(asked: Filter, context: Context) -> Q:
        return ~Q(**{column: ""}) if asked.op == "has" else Q(**{f"{column}__in": list(asked.values)})

    return condition


def number(column: str) -> Condition:
    def condition(asked: Filter, context: Context) -> Q:
        return Q(**{f"{column}__{_OPERATORS[asked.op]}": asked.value})

    return condition


def moment(column: str) -> Condition:
    def condition(asked: Filter, context: Context) -> Q:
        start, end = time_range(asked.op, asked.value, context.now)  # type: ignore[arg-type]
        return between(column, start, end)

    return condition


def between(column: str, start: datetime | None, end: datetime | None) -> Q:
    condition = Q(**{f"{column}__gte": start}) if start else Q()
    return condition & Q(**{f"{column}__lt": end}) if end else condition


def text(*columns: str) -> Condition:
    """The whole of one of `columns`, in any case; has: asks whether one is not empty."""

    def condition(asked: Filter, context: Context) -> Q:
        if asked.op == "has":
            return any_of([~Q(**{column: ""}) for column in columns])
        return any_of([text_is(column, value) for column in columns for value in asked.values])

    return condition


def text_is(column: str, value: Any) -> Q:
    """The whole of a text column, with wildcards and in any case. Only a star is any text that is there."""
    pattern = value if isinstance(value, Pattern) else Pattern((str(value),))
    if len(pattern.parts) > 1 and not any(pattern.parts):
        return ~Q(**{column: ""})
    return Q(**{f"{column}__wildcard": pattern})


def contains(*columns: str) -> Condition:
    """Like `text`, but a value without wildcards may stand anywhere, as message: does in Sentry."""

    def condition(asked: Filter, context: Context) -> Q:
        if asked.op == "has":
            return any_of([~Q(**{column: ""}) for column in columns])
        loose = [v if isinstance(v, Pattern) else Pattern(("", str(v), "")) for v in asked.values]
        return any_of([text_is(column, value) for column in columns for value in loose])

    return condition


def exact(column: str, *, fold: Callable[[str], str] = str) -> Condition:
    """Values looked up by equality, so that an index serves them, as typed or as `fold` writes them."""

    def condition(asked: Filter, context: Context) -> Q:
        if asked.op == "has":
            return ~Q(**{column: ""})
        plain = [str(v) for v in asked.values if not isinstance(v, Pattern)]
        found = [Q(**{f"{column}__in": sorted({*plain, *map(fold, plain)})})] if plain else []
        return any_of(found + [text_is(column, v) for v in asked.values if isinstance(v, Pattern)])

    return condition
