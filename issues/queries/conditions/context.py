"""What a search may depend on besides its text, and the error for what the cache cannot answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q

from issues.models import Member, Project
from issues.search import Filter, Pattern, Unanswerable, Value


@dataclass
class Context:
    """Who asks (`me`, `my_teams`; None is nobody) and what time it is, aware UTC.

    The small tables are read once, when something asks for them, and conditions name plain keys: so the
    planner knows how many rows to expect.
    """

    now: datetime
    user: Any = None
    asked_first: int = 0

    def ask_first(self) -> bool:
        """Whether a query may be spent on knowing how much of the text index matches; twice a search."""
        self.asked_first += 1
        return self.asked_first <= 2

    @cached_property
    def projects(self) -> tuple[Project, ...]:
        """Every project with its connection; one query."""
        columns = ("slug", "sentry_id", "connection__slug", "connection__name")
        return tuple(Project.objects.order_by().select_related("connection").only(*columns))

    @cached_property
    def mine(self) -> tuple[set[int], set[int]]:
        """Members that the person is, and the teams they are in; one query, none where nobody asks."""
        if self.user is None or self.user.pk is None:
            return set(), set()
        rows = list(Member.objects.filter(user=self.user.pk).values_list("pk", "teams"))
        return {member for member, _ in rows}, {team for _, team in rows if team is not None}


Condition = Callable[[Filter, Context], Q]
NOTHING = Q(pk__in=[])


def unanswerable(asked: Filter, message: str, hint: str = "") -> Unanswerable:
    """The error for a filter that parses but that Dexter's cache has nothing to answer with."""
    return Unanswerable(message, *asked.span, hint)


def any_of(conditions: list[Q]) -> Q:
    """The alternatives joined by OR; none at all is true of nothing."""
    joined = NOTHING
    for position, condition in enumerate(conditions):
        joined = condition if position == 0 else joined | condition
    return joined


def fits(value: Value, *texts: str) -> bool:
    """Whether a value of a search is one of `texts`, in any case, with wildcards."""
    if isinstance(value, Pattern):
        return any(value.matches(text) for text in texts)
    return str(value).lower() in [text.lower() for text in texts]
