"""What a form asks to be done, and to which issues."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict

from dexter.web.context import preference_of
from dexter.web.request import keys_in, number_in
from issues.actions import Action, InvalidAction, parse
from issues.models import Issue
from issues.queries.found import Search, matching_ids
from issues.views.filters import asked

# Up to so many issues are answered with their rows, more with a job.
INLINE = 100

_TEXTS = (
    "in", "release", "repository", "commit", "minutes", "events", "users", "window", "until",
    "member", "team", "priority", "on",
)  # fmt: skip
_MINUTES = {"minutes": 1, "hours": 60, "days": 1440}


@dataclass(frozen=True)
class Targets:
    """The issues, and the search text when all that match it were meant."""

    ids: tuple[int, ...]
    query: str = ""

    @property
    def is_many(self) -> bool:
        return len(self.ids) > INLINE


def targets_of(request: HttpRequest, data: QueryDict, issue_id: int | None = None) -> Targets:
    """The one issue of the address, the ticked ones, or with `all` every one that matches.

    Raises SearchError for a search that cannot be answered.
    """
    if issue_id is not None:
        return Targets((issue_id,))
    if data.get("all"):
        state = asked(data, preference_of(request), None)
        scope = (state.connections, state.projects, state.environments)
        search = Search(state.query, request.user, *scope, state.period or None)
        return Targets(tuple(matching_ids(search)), state.query)
    return Targets(tuple(dict.fromkeys(keys_in(data.getlist("issue")))))


def issues_of(ids: Sequence[int]) -> list[Issue]:
    """The issues as the answers show them, in the order of `ids`; gone ones too."""
    related = ("project", "connection", "assignee", "assignee_team", "stats", "first_release", "last_release",
               "merged_into")  # fmt: skip
    by_key = Issue.objects.select_related(*related).in_bulk(list(ids))
    return [by_key[key] for key in ids if key in by_key]


def action_from(data: QueryDict) -> Action:
    """`do` names the kind, with arguments behind a question mark or in fields. Raises InvalidAction."""
    kind, _, given = data.get("do", "").partition("?")
    arguments: dict[str, object] = dict(parse_qsl(given))
    for name in _TEXTS:
        if data.get(name):
            arguments.setdefault(name, data[name])
    for name in ("with", "hashes"):
        if data.getlist(name):
            arguments[name] = data.getlist(name)
    if kind == "archive" and data.get("for"):
        arguments = _condition(data)
    return parse(kind, arguments)


def _condition(data: QueryDict) -> dict[str, object]:
    """The form "archive until": `for` is time, events or users, each with its amount."""
    which = data["for"]
    amount = data.get(f"{which}_amount", "")
    number = number_in(amount)
    if not number:
        raise InvalidAction(f"{which}_amount", "Give a whole number above 0.")
    if which == "time":
        return {"minutes": number * _MINUTES.get(data.get("unit", ""), 60)}
    return {str(which): amount, "window": data.get(f"{which}_window", "")}
