"""Filters by people and teams: assigned:, team:."""

from django.db.models import Q

from issues.models import Member, Team
from issues.queries.conditions.columns import text_is
from issues.queries.conditions.context import Context, any_of, unanswerable
from issues.search import Filter

_WORDS = {"none", "me", "my_teams"}


def assigned(asked: Filter, context: Context) -> Q:
    """me, my_teams, none, #team, an e-mail address, a name or Sentry's number of a person."""
    if asked.op == "has":
        return ~_NOBODY
    values = [str(value) for value in asked.values]
    members = set(context.mine[0]) if "me" in values else set()
    teams = set(context.mine[1]) if "my_teams" in values else set()
    members |= _members([value for value in values if value not in _WORDS and value[0] != "#"])
    teams |= _teams([value[1:] for value in values if value[0] == "#"])
    owned = _owned(members, teams)
    return owned | _NOBODY if "none" in values else owned


_NOBODY = Q(assignee__isnull=True, assignee_team__isnull=True)


def _owned(members: set[int], teams: set[int]) -> Q:
    found = [_keys("assignee", members)] if members else []
    return any_of(found + ([_keys("assignee_team", teams)] if teams else []))


def _keys(column: str, keys: set[int]) -> Q:
    return Q(**{column: next(iter(keys))}) if len(keys) == 1 else Q(**{f"{column}__in": sorted(keys)})


def _members(names: list[str]) -> set[int]:
    who = [text_is("email", name) | text_is("name", name) | Q(sentry_id=name) for name in names]
    return set(Member.objects.filter(any_of(who)).values_list("pk", flat=True)) if who else set()


def _teams(slugs: list[str]) -> set[int]:
    named = [text_is("slug", slug) for slug in slugs]
    return set(Team.objects.filter(any_of(named)).values_list("pk", flat=True)) if named else set()


def team(asked: Filter, context: Context) -> Q:
    """Assigned to a team or to one of its members."""
    if asked.op == "has":
        return Q(assignee_team__isnull=False)
    slugs = [value.removeprefix("#") if isinstance(value, str) else value for value in asked.values]
    rows = list(
        Team.objects.filter(any_of([text_is("slug", slug) for slug in slugs])).values_list("pk", "members")
    )
    members = {member for _, member in rows if member is not None}
    teams = {found for found, _ in rows}
    return _owned(members, teams)


def not_cached(asked: Filter, context: Context) -> Q:
    """Sentry says these only of the person whose token Dexter uses, so they would be true of nobody else."""
    hint = "use assigned:" if asked.key == "assigned_or_suggested" else "ask Sentry itself"
    raise unanswerable(asked, f"Dexter's cache does not know {asked.key}: of each person", hint)
