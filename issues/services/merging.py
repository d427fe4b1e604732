"""Merging: which issue survives, by the ways of the server, and the action that makes it so."""

from collections.abc import Sequence
from typing import Any

from dexter.sentry.flavour import FLAVOURS
from issues.actions import Action, Kind
from issues.models import Issue
from issues.services.triage import Acted, Refused, act

MOST = 100


def survivor_of(issues: Sequence[Issue]) -> Issue:
    """The issue that the server will keep: the one with most events (Sentry) or the newest (GlitchTip)."""
    if FLAVOURS[issues[0].connection.flavour].merge_keeps == "newest":
        return max(issues, key=lambda issue: _number(issue))
    return max(issues, key=lambda issue: (issue.count, _number(issue)))


def survivor_rule(issue: Issue) -> str:
    """Why it is that one, in a sentence."""
    title = FLAVOURS[issue.connection.flavour].title
    if FLAVOURS[issue.connection.flavour].merge_keeps == "newest":
        return f"{title} keeps the newest issue."
    return f"{title} keeps the issue with most events."


def _number(issue: Issue) -> int:
    return int(issue.sentry_id) if issue.sentry_id.isdecimal() else 0


def merge(issue_ids: Sequence[int], *, user: Any) -> tuple[Issue, Acted]:
    """Merge the issues; answers the survivor and what was done to the others.

    Raises Refused for ids that are no issues here, for fewer than 2 or more than MOST, or for issues of
    several projects or connections.
    """
    issues = list(Issue.objects.filter(pk__in=issue_ids, gone="").select_related("connection", "project"))
    if missing := sorted(set(issue_ids) - {issue.pk for issue in issues}):
        raise Refused(f"There is no issue {', '.join(map(str, missing[:5]))} here; nothing was merged.")
    if not 2 <= len(issues) <= MOST:
        raise Refused(f"Choose 2 to {MOST} issues to merge; there are {len(issues)}.")
    if len({issue.project_id for issue in issues}) > 1:
        raise Refused("Only issues of one project can be merged. Select issues of one project.")
    survivor = survivor_of(issues)
    children = [issue.pk for issue in issues if issue != survivor]
    return survivor, act(Action(Kind.MERGE, {"with": [survivor.sentry_id]}), children, user=user)
