"""To whom an issue can be assigned."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from issues.models import Issue, Member, Team

MOST = 20


@dataclass(frozen=True)
class Person:
    """A member or team; `do` is what the button says to the server."""

    name: str
    hint: str
    do: str
    is_team: bool = False


def assignable(connections: Iterable[int], text: str, user: Any) -> list[Person]:
    """Oneself first, then teams and members whose name or address has `text`; of one connection at most."""
    keys = list(connections)
    if len(keys) != 1:
        return []
    mine = Member.objects.filter(connection=keys[0], user=user.pk) if not text else Member.objects.none()
    me = [Person(f"{member} (you)", member.email, f"assign?member={member.sentry_id}") for member in mine]
    teams = Team.objects.filter(connection=keys[0])
    members = Member.objects.filter(connection=keys[0]).exclude(pk__in=[member.pk for member in mine])
    for word in text.lstrip("#@").split():
        teams = teams.filter(Q(slug__icontains=word) | Q(name__icontains=word))
        members = members.filter(Q(name__icontains=word) | Q(email__icontains=word))
    found = [Person(str(team), team.name, f"assign?team={team.sentry_id}", True) for team in teams[:MOST]]
    found += [
        Person(str(member), member.email, f"assign?member={member.sentry_id}")
        for member in members.order_by("name")[:MOST]
    ]
    return me + found


class Unknown(Exception):
    """Nobody is called so; the message says where."""


def assignee_named(kind: str, name: str, issue: Issue | None, user: Any) -> str:
    """Sentry's id of the member or team that an API caller names: an id, an address, `me`, `#slug`.

    Without an issue the connection is not known, so only what is the same in all of them is found. Raises
    Unknown.
    """
    people = (Member if kind == "member" else Team).objects.all()  # type: ignore[attr-defined]
    if issue is not None:
        people = people.filter(connection=issue.connection_id)
    if kind == "team":
        found = people.filter(Q(slug__iexact=name.removeprefix("#")) | Q(sentry_id=name))
    elif name == "me":
        found = people.filter(**{"user": user.pk})
    else:
        found = people.filter(Q(email__iexact=name) | Q(sentry_id=name))
    ids = set(found.values_list("sentry_id", flat=True))
    if len(ids) != 1:
        where = issue.connection.name if issue else "one connection alone"
        raise Unknown(f"“{name}” is {'nobody' if not ids else 'not clear'}: no such {kind} of {where}.")
    return str(ids.pop())
