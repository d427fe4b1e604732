"""Who is meant by @name and #name: people who sign in here, and teams of the issue's Sentry organisation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower

from dexter.web.markdown import Named, names_in
from issues.models import Member, Team

MOST_OFFERED = 8


@dataclass(frozen=True)
class Meant:
    """Whom a text names: `labels` for the page; people, and people of teams, by user id."""

    labels: Mapping[Named, str] = field(default_factory=dict)
    people: frozenset[int] = frozenset()
    team_people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Offer:
    """A completion: what is put into the text, what is shown of it, and whether it is a team."""

    text: str
    label: str
    is_team: bool


def label_of(user: User) -> str:
    """The name shown for a person: the full one, else the user name."""
    return user.get_full_name() or user.get_username()


def meant_by(texts: Iterable[str], connection_id: int) -> Meant:
    """Whom the texts name, two queries at most. `@x` is a person, or else a team; `#x` is a team."""
    named = {found for text in texts for found in names_in(text)}
    if not named:
        return Meant()
    people = _people({each.name.lower() for each in named if each.sign == "@"})
    teams = _teams({each.name.lower() for each in named if each.name.lower() not in people}, connection_id)
    labels: dict[Named, str] = {}
    for each in named:
        key = each.name.lower()
        if each.sign == "@" and key in people:
            labels[each] = label_of(people[key])
        elif key in teams:
            labels[each] = teams[key].slug
    meant = {each.name.lower() for each in labels}
    members = Member.objects.filter(
        teams__in=[team for key, team in teams.items() if key in meant], user__is_active=True
    )
    return Meant(
        labels,
        frozenset(user.pk for key, user in people.items() if key in meant),
        frozenset(members.values_list("user", flat=True)) if teams else frozenset(),  # type: ignore[arg-type]
    )


def _people(names: set[str]) -> dict[str, User]:
    if not names:
        return {}
    found = User.objects.filter(is_active=True).alias(low=Lower("username")).filter(low__in=names)
    return {user.get_username().lower(): user for user in found}


def _teams(slugs: set[str], connection_id: int) -> dict[str, Team]:
    if not slugs:
        return {}
    return {team.slug.lower(): team for team in Team.objects.filter(connection=connection_id, slug__in=slugs)}


def offers(sign: str, prefix: str, connection_id: int) -> list[Offer]:
    """Completions of `@prefix` (people, then teams) or `#prefix` (teams), at most MOST_OFFERED."""
    found: list[Offer] = []
    if sign == "@":
        full = Concat("first_name", Value(" "), "last_name")
        matching = (
            Q(username__istartswith=prefix) | Q(full__istartswith=prefix) | Q(last_name__istartswith=prefix)
        )
        people = User.objects.filter(is_active=True).alias(full=full).filter(matching).order_by("username")
        found += [Offer(f"@{user.get_username()}", label_of(user), False) for user in people[:MOST_OFFERED]]
    teams = Team.objects.filter(connection=connection_id, slug__istartswith=prefix).order_by("slug")
    found += [Offer(f"#{team.slug}", team.name or team.slug, True) for team in teams[:MOST_OFFERED]]
    return found[:MOST_OFFERED]
