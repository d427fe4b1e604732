"""How far the fetching of an issue, or of one of its events, has come: read from the rows of its jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dexter.jobs.models import Job

ISSUE, EVENT = "issues.tasks.fetch_issue", "issues.tasks.fetch_event"
ATTACHMENTS = "issues.tasks.fetch_attachments"
# An answer of Sentry to "latest" or "recommended" is good for this long, and so is a failure.
RECENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Fetching:
    """What people are told. `error` says what happened and what to do, `found` is the id a job ended with."""

    state: str
    message: str
    error: str
    found: str

    @property
    def is_active(self) -> bool:
        return self.state in Job.ACTIVE

    @property
    def has_failed(self) -> bool:
        return self.state in (Job.State.FAILED, Job.State.STOPPED)


def fetching_issue(issue_id: int, now: datetime) -> Fetching | None:
    """The newest job that reads the detail of an issue; None without a recent one."""
    return _newest(ISSUE, f"issue:{issue_id}", now)


def fetching_event(issue_id: int, event_id: str, now: datetime) -> Fetching | None:
    """The newest job that fetches an event; `event_id` may be "latest", "oldest" or "recommended"."""
    return _newest(EVENT, f"event:{issue_id}:{event_id}", now)


def fetching_attachments(event_pk: int, now: datetime) -> Fetching | None:
    """The newest job that reads which attachments an event has."""
    return _newest(ATTACHMENTS, f"attachments:{event_pk}", now)


def _newest(kind: str, key: str, now: datetime) -> Fetching | None:
    jobs = Job.objects.filter(kind=kind, key=key, created_at__gte=now - RECENT)
    job = jobs.order_by("-created_at", "-pk").first()
    return described(job) if job else None


def described(job: Job) -> Fetching:
    # "NotFound: Sentry does not ..." begins with the name of an exception, which tells people nothing.
    error = job.error.partition(": ")[2] or job.error
    found = job.message if job.state == Job.State.DONE else ""
    return Fetching(job.state, job.message, error, found)
