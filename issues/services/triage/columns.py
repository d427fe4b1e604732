"""The cached columns an action changes: reading, setting and storing them, all issues of a set at once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from issues.actions import COLUMNS, Kind
from issues.models import Issue, IssueAction, Member, Team
from issues.services.triage.errors import Refused
from issues.signals import issues_changed


def columns_of(kind: Kind, issue: Issue) -> dict[str, Any]:
    """What `kind` may change, as it is now, in the JSON values of issues.actions.changes."""
    if kind == Kind.ASSIGN:
        return {
            "member": issue.assignee.sentry_id if issue.assignee else None,
            "team": issue.assignee_team.sentry_id if issue.assignee_team else None,
        }
    return {name: getattr(issue, name) for name in COLUMNS[kind] if name != "merged_into"}


def kinds_like(kind: Kind | str) -> list[str]:
    """The kinds that change the same columns: a later one overwrites an earlier one whole."""
    columns = COLUMNS[Kind(kind)]
    return [other.value for other, theirs in COLUMNS.items() if columns and theirs == columns]


class People:
    """Members and teams by (connection, Sentry id), each read once."""

    def __init__(self) -> None:
        self._found: dict[tuple[type, int, str], Any] = {}

    def get(self, model: type[Member] | type[Team], issue: Issue, sentry_id: str | None) -> Any:
        """Raises Refused when the issue's connection has no such member or team."""
        if not sentry_id:
            return None
        key = (model, issue.connection_id, sentry_id)
        if key not in self._found:
            self._found[key] = model.objects.filter(
                connection_id=issue.connection_id, sentry_id=sentry_id
            ).first()
        if self._found[key] is None:
            what = "team" if model is Team else "person"
            raise Refused(f"{issue.connection} has no such {what}. Choose one of its own.")
        return self._found[key]


def set_columns(issue: Issue, values: Mapping[str, Any], people: People) -> None:
    """Set what `columns_of` reads; the row is not saved. Raises Refused for unknown people."""
    for name, value in values.items():
        if name == "member":
            issue.assignee = people.get(Member, issue, value)
        elif name == "team":
            issue.assignee_team = people.get(Team, issue, value)
        else:
            setattr(issue, name, value)


def store_columns(kind: Kind, issues: Iterable[Issue]) -> None:
    """Save the columns of `kind`: one statement for all issues that get the same values."""
    names = ["assignee_id", "assignee_team_id"] if kind == Kind.ASSIGN else COLUMNS[kind]
    groups: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for issue in issues:
        values = {name.removesuffix("_id"): getattr(issue, name) for name in names if name != "merged_into"}
        groups.setdefault(json.dumps(values, default=str, sort_keys=True), (values, []))[1].append(issue.pk)
    for values, keys in groups.values():
        if values:
            Issue.objects.filter(pk__in=keys).update(**values)


def locked(issue_ids: Sequence[int]) -> list[Issue]:
    """The issues with what `columns_of` reads, locked in the order of their keys as everywhere."""
    return list(
        Issue.objects.select_for_update(of=("self",))
        .filter(pk__in=issue_ids)
        .select_related("connection", "assignee", "assignee_team")
        .order_by("pk")
    )


def tell(issue_ids: list[int]) -> None:
    """Open pages show the new state, and what waits, once it is committed."""
    told: dict[str, Any] = {"issue_ids": issue_ids, "created_ids": []}
    transaction.on_commit(lambda: issues_changed.send(IssueAction, **told), robust=True)
