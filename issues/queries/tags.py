"""How the values of an issue's tags are distributed: in the cached events, and in all that Sentry counted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from issues.models import Issue, IssueTag

VALUES = 5  # of each key
EVERY = 500  # of a key that is looked at
KEYS = 40
_BY_COUNT: list[Any] = [F("total").desc(nulls_last=True), F("count").desc(), "value"]
# What people look at first; the rest by name.
_FIRST = ("environment", "release", "server_name", "transaction", "url", "browser", "os", "device", "runtime")


@dataclass(frozen=True)
class TagValue:
    """`cached` of the events in the cache, `total` of all events by Sentry's count, None if it was not asked.

    The shares are in percent of the events that have the tag; `share` is Sentry's where it is known.
    """

    value: str
    cached: int
    cached_share: int
    total: int | None
    total_share: int | None

    @property
    def share(self) -> int:
        return self.cached_share if self.total_share is None else self.total_share


@dataclass(frozen=True)
class TagKey:
    """The most frequent values of a key, and how many `others` there are; `opened` with up to EVERY."""

    key: str
    values: tuple[TagValue, ...]
    others: int
    opened: bool = False


def distribution(issue: Issue) -> tuple[TagKey, ...]:
    """The first VALUES of each key by count, for at most KEYS keys; one query."""
    rows = list(_ranked(issue).filter(rank__lte=VALUES).order_by("key", "rank")[: KEYS * VALUES])
    keys = [_key(key, list(values), issue) for key, values in groupby(rows, key=lambda row: row.key)]
    return tuple(sorted(keys, key=_place))


def opened(issue: Issue, tag: TagKey) -> TagKey:
    """The key with EVERY value that is known of it; one query."""
    rows = list(_ranked(issue).filter(key=tag.key).order_by("rank")[:EVERY])
    return replace(_key(tag.key, rows, issue), opened=True) if rows else tag


def _ranked(issue: Issue) -> QuerySet[Any]:
    by_key = F("key")
    return IssueTag.objects.filter(issue=issue).annotate(
        rank=Window(RowNumber(), order_by=_BY_COUNT, partition_by=by_key),
        values_known=Window(Count("pk"), partition_by=by_key),
        cached_sum=Window(Sum("count"), partition_by=by_key),
        total_sum=Window(Sum("total"), partition_by=by_key),
    )


def _key(key: str, rows: list[IssueTag], issue: Issue) -> TagKey:
    first = rows[0]
    # Sentry gives the counts of the most frequent values only, so the whole is all events of the issue.
    whole = max(first.total_sum or 0, issue.count)  # type: ignore[attr-defined]
    values = tuple(_value(row, first.cached_sum, whole) for row in rows)  # type: ignore[attr-defined]
    return TagKey(key, values, first.values_known - len(rows))  # type: ignore[attr-defined]


def _value(row: IssueTag, cached_sum: int, whole: int) -> TagValue:
    return TagValue(
        row.value,
        row.count,
        _percent(row.count, cached_sum),
        row.total,
        None if row.total is None else _percent(row.total, whole),
    )


def _percent(part: int, whole: int) -> int:
    return round(part * 100 / whole) if whole else 0


def _place(tag: TagKey) -> tuple[int, str]:
    return (_FIRST.index(tag.key) if tag.key in _FIRST else len(_FIRST), tag.key)


def has_totals(tags: Iterable[TagKey]) -> bool:
    """Whether Sentry's counts were fetched for any of them."""
    return any(value.total is not None for tag in tags for value in tag.values)
