"""Issues that are like one: found by the text index in a bounded look, each with its reasons and how strong.

A candidate comes from words that both have: those of the message without numbers and ids, those of the place
where it fails. Of each, at most LOOK are compared; the in-app frame is read from the newest cached event of
the best ones.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from django.db.models import Q
from django.utils import timezone
from rapidfuzz import fuzz

from issues.models import EventPayload, Issue, ResolutionNote
from issues.payload.errors import Unreadable
from issues.payload.summary import facts
from issues.queries.conditions.context import Context
from issues.queries.fulltext import all_of, match_expression, text_condition
from issues.search import TextMatch
from issues.search.words import words

LOOK = 60  # candidates of each kind
FRAMES = 12  # candidates whose newest event is read
SHOWN = 8
WEAKEST = 0.3
RATIO = 80  # percent of likeness from which two messages are worth a word
_RARE = 4  # words that a candidate has to share
# What differs between two events of one error: numbers, ids, addresses, quoted values.
_VARIABLE = re.compile(
    r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27,}|\b[0-9a-f]{12,}\b|\d+(?:[.,:]\d+)*|'[^']{0,200}'|\"[^\"]{0,200}\"",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reason:
    """`strength` is between 0 and 1: how seldom this alone would be wrong."""

    words: str
    strength: float


@dataclass(frozen=True)
class Alike:
    """An issue like the one in question. `can_merge`: Sentry merges issues of one project only."""

    issue: Issue
    reasons: tuple[Reason, ...]
    can_merge: bool
    notes: tuple[ResolutionNote, ...] = ()

    @property
    def strength(self) -> float:
        """As if the reasons were independent of one another: 1 − Π(1 − strength)."""
        left = 1.0
        for reason in self.reasons:
            left *= 1 - reason.strength
        return 1 - left

    @property
    def percent(self) -> int:
        return round(100 * self.strength)

    @property
    def label(self) -> str:
        return "strong" if self.strength >= 0.85 else "likely" if self.strength >= 0.6 else "weak"

    @property
    def said(self) -> str:
        text = ", ".join(reason.words for reason in self.reasons)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Likeness:
    """`candidates` to merge with, and those `seen_before`: resolved, or with a note of what fixed them."""

    candidates: tuple[Alike, ...]
    seen_before: tuple[Alike, ...]

    def __len__(self) -> int:
        return len(self.candidates) + len(self.seen_before)


def normalised(title: str) -> str:
    """The message without what differs each time: "timeout after 30 s" is "timeout after # s"."""
    return " ".join(_VARIABLE.sub("#", title).lower().split())


def alike(issue: Issue) -> Likeness:
    """What is like the issue, the strongest first; at most eight queries."""
    found = _candidates(issue)
    scored = sorted(
        ((_reasons(issue, other), other) for other in found),
        key=lambda pair: sum(reason.strength for reason in pair[0]),
        reverse=True,
    )[: 3 * SHOWN]
    frames = _frames([issue.pk, *(other.pk for _, other in scored[:FRAMES])])
    notes = _notes([other.pk for _, other in scored])
    rows = [
        Alike(
            other,
            _with_frame(reasons, frames.get(issue.pk), frames.get(other.pk)),
            can_merge=other.project_id == issue.project_id and not other.gone,
            notes=notes.get(other.pk, ()),
        )
        for reasons, other in scored
    ]
    rows = sorted((row for row in rows if row.strength >= WEAKEST), key=lambda row: -row.strength)
    before = [row for row in rows if row.notes or row.issue.status == Issue.Status.RESOLVED]
    merging = [row for row in rows if row.can_merge and row not in before]
    return Likeness(tuple(merging[:SHOWN]), tuple(before[:SHOWN]))


def _candidates(issue: Issue) -> list[Issue]:
    """Issues that share words of the message or the place; gone ones where a note is left."""
    message = _long_words(normalised(issue.title).replace("#", " "))
    place = _long_words(issue.culprit)
    name = list(words(issue.error_type))[:2]
    queries = [found for found in (message[:_RARE], place[:_RARE], [*name, *place[:1]]) if found]
    context = Context(timezone.now(), None)
    seen: dict[int, Issue] = {}
    for asked in queries:
        condition = text_condition(
            all_of([match_expression(TextMatch("all", (word,))) for word in asked]), context
        )
        rows = Issue.objects.filter(condition).filter(Q(gone="") | Q(resolution_notes__isnull=False))
        related = rows.exclude(pk=issue.pk).select_related("project").order_by("-pk").distinct()
        seen |= {row.pk: row for row in related[:LOOK]}
    return list(seen.values())


def _long_words(text: str) -> list[str]:
    """Words of the text, the longest, which are seldom the most frequent, first."""
    return sorted({word for word in words(text) if len(word) > 2}, key=lambda word: (-len(word), word))


def _reasons(issue: Issue, other: Issue) -> tuple[Reason, ...]:
    found: list[Reason] = []
    elsewhere = "" if other.project_id == issue.project_id else f" in {other.project.slug}"
    same_type = bool(issue.error_type) and issue.error_type == other.error_type
    same_place = bool(issue.culprit) and issue.culprit == other.culprit
    mine, theirs = normalised(issue.title), normalised(other.title)
    if same_type and same_place:
        found.append(Reason(f"same error at the same place{elsewhere}", 0.7))
    elif same_place:
        found.append(Reason(f"other error at the same place{elsewhere}", 0.35))
    elif same_type:
        found.append(Reason(f"same type of error{elsewhere}", 0.15))
    if mine == theirs:
        exact = issue.title == other.title
        found.append(Reason("same message" if exact else "same message but for numbers and values", 0.65))
    else:
        ratio = fuzz.token_sort_ratio(mine, theirs)
        if ratio >= RATIO:
            found.append(Reason(f"message {ratio:.0f} % alike", 0.5 * (ratio - 60) / 40))
    return tuple(found)


def _with_frame(
    reasons: tuple[Reason, ...], mine: tuple[str, str] | None, theirs: tuple[str, str] | None
) -> tuple[Reason, ...]:
    if mine is None or mine != theirs:
        return reasons
    return (*reasons, Reason(f"same top in-app frame, {mine[1] or mine[0]}", 0.6))


def _frames(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """File and function of the top in-app frame, by issue, from its newest cached event."""
    newest: dict[int, int] = {}
    rows = EventPayload.objects.filter(event__issue__in=keys).only("event__issue_id", "event__date")
    dates = rows.select_related("event").order_by("event__date")
    for payload_pk, issue_pk in dates.values_list("pk", "event__issue_id"):
        newest[issue_pk] = payload_pk
    found: dict[int, tuple[str, str]] = {}
    for row in EventPayload.objects.filter(pk__in=newest.values()).select_related("event"):
        try:
            about = facts(row.unpack())
        except (Unreadable, ValueError, ZlibError):
            continue
        if about.filename or about.function:
            found[row.event.issue_id] = (about.filename or "", about.function or "")
    return found


def _notes(keys: Iterable[int]) -> dict[int, tuple[ResolutionNote, ...]]:
    found: dict[int, tuple[ResolutionNote, ...]] = {}
    rows = ResolutionNote.objects.filter(issue__in=list(keys)).select_related("user").order_by("-created_at")
    for note in rows:
        found[note.issue_id] = (*found.get(note.issue_id, ()), note)
    return found
