"""Releases beside an issue: markers for its timeline, and what was deployed and committed in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, Value

from issues.models import Commit, Deploy, Issue, Release

MARKERS = 24
STEPS = 20


def releases_since(issue: Issue, since: datetime) -> list[Release]:
    """Releases of the issue's project made from `since` on, newest first; one query."""
    found = Release.objects.filter(
        connection=issue.connection_id, projects=issue.project_id, created_at__gte=since
    )
    return list(found.order_by("-created_at")[:MARKERS])


@dataclass(frozen=True)
class Step:
    """A deploy (`icon` "deploy") or a commit of a release; `label` is the environment or the short SHA."""

    icon: str
    label: str
    text: str
    who: str
    date: datetime | None


@dataclass(frozen=True)
class ReleaseDetail:
    """What was deployed and committed in a version, newest first; empty when nothing was fetched."""

    version: str
    steps: Sequence[Step]


def release_detail(issue: Issue, version: str | None) -> ReleaseDetail | None:
    """One query for deploys and commits; None for an event that names no release."""
    if not version:
        return None
    of_release = {"release__connection": issue.connection_id, "release__version": version}
    nobody = Value("", output_field=CharField())
    deploys = Deploy.objects.filter(**of_release).order_by()
    commits = Commit.objects.filter(**of_release).order_by()
    rows = deploys.values_list(Value("deploy"), "environment", "name", nobody, "finished_at").union(
        commits.values_list(Value("changes"), "sha", "message", "author_name", "committed_at"), all=True
    )
    found = rows.order_by(F("finished_at").desc(nulls_last=True))[:STEPS]
    return ReleaseDetail(version, [_step(*row) for row in found])


def _step(icon: str, label: str, text: str, who: str, date: datetime | None) -> Step:
    return Step(icon, label if icon == "deploy" else label[:8], text, who, date)
