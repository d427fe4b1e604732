"""The priority score of an issue with its terms."""

from datetime import datetime

from django.conf import settings

from issues import scoring
from issues.models import Issue


def score_of(issue: Issue, now: datetime) -> scoring.Score:
    """The score as of `now`: its recency may differ from the stored one. The issue comes with project and
    connection.
    """
    facts = scoring.Facts(
        users=issue.users,
        users_total=issue.project.users_total,
        events=issue.events_24h,
        events_before=issue.events_before,
        substatus=issue.substatus,
        last_seen_age=(now - issue.last_seen).total_seconds(),
        level=issue.level,
    )
    return scoring.score(facts, scoring.Weights(**settings.SCORE_WEIGHTS))
