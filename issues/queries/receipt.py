"""What became of an action on many issues: the counts, and the rows item by item."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from dexter.jobs.models import Job
from issues.actions import Action, Kind, words
from issues.models import Bulk, IssueAction

State = IssueAction.State
PAGE = 100

# Which states each heading of the receipt holds.
OUTCOMES: dict[str, tuple[str, ...]] = {
    "waiting": (State.PENDING, State.SENDING),
    "done": (State.DONE,),
    "unchanged": (State.UNCHANGED, State.SUPERSEDED),
    "failed": (State.FAILED, State.REFUSED),
    "taken back": (State.WITHDRAWN,),
}


@dataclass(frozen=True)
class Tally:
    """Counts by outcome; `missing` have no row: not begun, or pruned from the cache meanwhile."""

    total: int
    done: int
    unchanged: int
    failed: int
    waiting: int
    taken_back: int
    is_active: bool

    @property
    def ended(self) -> int:
        return self.done + self.unchanged + self.failed + self.taken_back

    @property
    def missing(self) -> int:
        return max(0, self.total - self.ended - self.waiting)

    @property
    def is_running(self) -> bool:
        """Whether something may still change: the job works, or rows wait in the outbox."""
        return self.is_active or self.waiting > 0

    @property
    def percent(self) -> int:
        return self.ended * 100 // self.total if self.total else 100

    def counts(self) -> dict[str, int]:
        return {
            "waiting": self.waiting,
            "done": self.done,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "taken back": self.taken_back,
        }


def tally_of(bulk: Bulk) -> Tally:
    """One query."""
    rows = IssueAction.objects.filter(bulk=bulk.job_id).order_by().values("state")
    by_state = dict(rows.annotate(number=Count("pk")).values_list("state", "number"))
    found = {name: sum(by_state.get(state, 0) for state in states) for name, states in OUTCOMES.items()}
    return Tally(
        total=len(bulk.issue_ids),
        done=found["done"],
        unchanged=found["unchanged"],
        failed=found["failed"],
        waiting=found["waiting"],
        taken_back=found["taken back"],
        is_active=bulk.job.state in Job.ACTIVE,
    )


def bulk_of(job_id: int) -> Bulk | None:
    return Bulk.objects.select_related("job__owner", "undoes__job").filter(job__id=job_id).first()


def undone_by(bulk: Bulk) -> int | None:
    """Key of the job that takes this one back, None where there is none."""
    taking_back = Bulk.objects.filter(undoes=bulk).exclude(job__state=Job.State.FAILED)
    return taking_back.values_list("job", flat=True).first()


def bulk_words(bulk: Bulk) -> str:
    """What the job does, in the past tense as `issues.actions.words`."""
    text = words(Action(Kind(bulk.kind), bulk.arguments))
    return f"Take back: {text.lower()}" if bulk.undoes_id else text


def items(bulk: Bulk, outcome: str = "", after: int = 0) -> list[IssueAction]:
    """A page of the receipt in the order of the rows, behind the key `after`; one row more if there is."""
    return list(_items(bulk, outcome).filter(pk__gt=after)[: PAGE + 1])


def all_items(bulk: Bulk, outcome: str = "") -> Iterator[IssueAction]:
    return _items(bulk, outcome).iterator(chunk_size=1000)


def _items(bulk: Bulk, outcome: str) -> Any:
    rows = IssueAction.objects.filter(bulk=bulk.job_id).select_related("issue").order_by("pk")
    return rows.filter(state__in=OUTCOMES[outcome]) if outcome in OUTCOMES else rows


def outcome_of(row: IssueAction) -> str:
    return next(name for name, states in OUTCOMES.items() if row.state in states)


def recent_bulks(limit: int) -> list[tuple[Bulk, Tally]]:
    """The newest jobs with their counts; one query each on top of one."""
    found = Bulk.objects.select_related("job__owner")[:limit]
    return [(bulk, tally_of(bulk)) for bulk in found]
