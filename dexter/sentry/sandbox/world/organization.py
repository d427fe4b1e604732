"""The organization around the issues: people, teams, projects, releases with deploys and commits."""

import random

from dexter.sentry.sandbox.events.words import FIRST, LAST
from dexter.sentry.sandbox.world.model import Commit, Deploy, Person, Project, Release, Team
from dexter.sentry.sandbox.world.streams import DAY

ORG_ID = "4509001"
ORG_SLUG = "acme"
ORG_NAME = "Acme"

_TEAMS = (("storefront", "Storefront"), ("payments", "Payments"), ("data", "Data"), ("platform", "Platform"))
_PROJECTS = (
    ("storefront-api", "Storefront API", "python-django", "storefront", "#3fbf7f"),
    ("billing-worker", "Billing Worker", "python-celery", "payments", "#bf6e3f"),
    ("data-pipeline", "Data Pipeline", "python", "data", "#3f70bf"),
    ("admin-portal", "Admin Portal", "python-flask", "platform", "#bf3f74"),
    ("web-frontend", "Web Frontend", "javascript-react", "storefront", "#6d3fbf"),
)
_ROLES = ("owner", "manager", "admin") + ("member",) * 9
_SUBJECTS = (
    "Retry the second update in id order", "Raise the timeout of the feed client",
    "Drop the unused index on totals",
    "Show the currency next to the price", "Read the profile lazily", "Batch the nightly run by 500",
    "Upgrade the payment client", "Log the request id with every warning", "Cache the category tree",
    "Fix the import of files with umlauts", "Remove the old gateway", "Move the settings to the environment",
    "Add a constraint for codes", "Split the report query", "Rename the worker queues",
)  # fmt: skip


def make_teams(start: float) -> list[Team]:
    return [
        Team(str(4509100 + place), slug, name, start - (900 - place * 40) * DAY)
        for place, (slug, name) in enumerate(_TEAMS)
    ]


def make_people(chance: random.Random, start: float) -> list[Person]:
    """Twelve members; each belongs to one or two teams."""
    first, last = chance.sample(FIRST, len(_ROLES)), chance.sample(LAST, len(_ROLES))
    people = []
    for place, role in enumerate(_ROLES):
        teams = [_TEAMS[place % len(_TEAMS)][0]]
        if place % 3 == 0:
            teams.append(_TEAMS[(place + 1) % len(_TEAMS)][0])
        email = f"{first[place]}.{last[place]}@acme.example".lower()
        joined = start - (800 - 45 * place) * DAY
        people.append(
            Person(
                place + 1, str(57_000 + place), f"{first[place]} {last[place]}", email, role, teams, joined
            )
        )
    return people


def make_projects(start: float) -> list[Project]:
    return [
        Project(str(4509200 + place), slug, name, platform, team, start - (700 - place * 55) * DAY, color)
        for place, (slug, name, platform, team, color) in enumerate(_PROJECTS)
    ]


def make_releases(chance: random.Random, projects: list[Project], start: float) -> None:
    """Four or five releases per project: the oldest before every event, the newest of the last days."""
    number = 7001
    for place, project in enumerate(projects):
        package = project.slug
        minor = chance.randint(2, 19)
        ages = sorted(chance.uniform(1.5, 80) for _ in range(3 if place % 2 else 2))
        ages = [chance.uniform(0.1, 1.2), *ages, 135.0]
        for step, age in enumerate(reversed(ages)):
            version = f"2.{minor + step}.{chance.randint(0, 3)}"
            created = round(start - age * DAY)
            release = Release(number, f"{package}@{version}", package, version, place, created)
            _fill(chance, release, number)
            project.releases.append(release)
            number += 1


def _fill(chance: random.Random, release: Release, number: int) -> None:
    for place in range(chance.randint(2, 6)):
        made = release.created - (place + 1) * chance.uniform(1, 20) * 3600
        release.commits.append(
            Commit(
                f"{chance.getrandbits(160):040x}",
                chance.choice(_SUBJECTS),
                chance.randint(1, 12),
                round(made),
            )
        )
    for place, (environment, delay) in enumerate((("staging", 600), ("production", 3900))):
        finished = release.created + delay
        release.deploys.append(
            Deploy(str(number * 10 + place), environment, finished, f"deploy {release.number}")
        )
