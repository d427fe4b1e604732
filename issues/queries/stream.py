"""What happened to an issue and what was said about it, in one stream: Sentry's activity, actions, comments.

Nothing appears twice: a note that is a comment is shown as the comment, and Sentry's entry about something
that was done in Dexter gives way to the action, which knows the person.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

from dexter.web.markdown import as_html
from issues.actions import Kind
from issues.models import Activity, Comment, Issue, IssueAction
from issues.payload.highlight import highlight
from issues.queries.activity import entry_of
from issues.queries.mentions import Meant, meant_by
from issues.queries.open_changes import person, words_of

PAGE = 50
State = IssueAction.State
# Kinds of Sentry's entries that an action of Dexter leaves there.
LEAVES: dict[str, tuple[str, ...]] = {
    Kind.RESOLVE: ("set_resolved", "set_resolved_in_release", "set_resolved_in_commit"),
    Kind.UNRESOLVE: ("set_unresolved",),
    Kind.ARCHIVE: ("set_ignored",),
    Kind.ASSIGN: ("assigned", "unassigned"),
    Kind.PRIORITY: ("set_priority",),
    Kind.SHARE: ("set_public", "set_private"),
    Kind.MERGE: ("merge",),
    Kind.UNMERGE: ("unmerge_source",),
}
# What is nobody's business but the person's own.
QUIET = (Kind.SEEN, Kind.BOOKMARK, Kind.SUBSCRIBE)
# How far Sentry's entry may lie from the end of the action that caused it.
NEAR = timedelta(minutes=2)
ICONS = {
    Kind.RESOLVE: "check",
    Kind.UNRESOLVE: "undo",
    Kind.ARCHIVE: "archive",
    Kind.ASSIGN: "assign",
    Kind.PRIORITY: "flag",
    Kind.SHARE: "link",
    Kind.DELETE: "trash",
    Kind.MERGE: "merge",
    Kind.UNMERGE: "merge",
}


@dataclass(frozen=True)
class Item:
    """An entry of the stream. A comment has `comment` and its `html`, others `act` in words.

    `rank` and `pk` make places distinct where times are equal.
    """

    date: datetime
    rank: int
    pk: int
    who: str
    act: str = ""
    icon: str = "info"
    tone: str = "debug"
    state: str = ""
    error: str = ""
    comment: Comment | None = None
    html: str = ""
    is_own: bool = False

    @property
    def is_masked(self) -> bool:
        return 'class="mask"' in self.html

    @property
    def place(self) -> tuple[datetime, int, int]:
        return self.date, self.rank, self.pk


@dataclass(frozen=True)
class Stream:
    """A page, oldest first; `earlier` is the cursor of the page before it, "" where there is none."""

    items: Sequence[Item]
    earlier: str = ""
    count: int = field(default=0)


class BadPlace(ValueError):
    """A cursor that is none."""


def stream_of(issue: Issue, user: Any, *, before: str = "", size: int = PAGE) -> Stream:
    """The newest entries, or those before a cursor; at most nine queries. Raises BadPlace."""
    place = _read_place(before) if before else None
    parts = (
        _before(_activity(issue), "date", 0, place).order_by("-date", "-pk")[: size + 1],
        _before(_actions(issue), "created_at", 1, place).order_by("-created_at", "-pk")[: size + 1],
        _before(_comments(issue), "created_at", 2, place).order_by("-created_at", "-pk")[: size + 1],
    )
    activity, actions, comments = (list(part) for part in parts)  # type: ignore[arg-type]
    merged = heapq.merge(
        _told(activity, list(actions)),
        _done(list(actions)),
        _said(issue, list(comments), user),
        key=lambda item: item.place,
        reverse=True,
    )
    found = list(islice(merged, size + 1))
    page = found[:size]
    more = len(found) > size or any(len(part) > size for part in (activity, actions, comments))
    return Stream(page[::-1], _write_place(page[-1]) if more and page else "", len(page))


def _activity(issue: Issue) -> QuerySet[Activity]:
    """Sentry's entries without the notes that are comments."""
    said = Comment.objects.filter(issue=OuterRef("issue"), sentry_id=OuterRef("sentry_id"))
    return Activity.objects.filter(issue=issue).exclude(Q(Exists(said)), type="note")


def _actions(issue: Issue) -> QuerySet[IssueAction]:
    shown = (*IssueAction.OPEN, State.DONE, State.WITHDRAWN)
    return (
        IssueAction.objects.filter(issue=issue, state__in=shown)
        .exclude(kind__in=QUIET)
        .select_related("user")
    )


def _comments(issue: Issue) -> QuerySet[Comment]:
    """Also deletions that Sentry refused: somebody may try again."""
    refused = Q(deleted_at__isnull=False, state=Comment.State.FAILED)
    return Comment.objects.filter(Q(deleted_at=None) | refused, issue=issue)


def _before(
    rows: QuerySet[Any], column: str, rank: int, place: tuple[datetime, int, int] | None
) -> QuerySet[Any]:
    if place is None:
        return rows
    date, at_rank, pk = place
    earlier = Q(**{f"{column}__lt": date})
    if rank < at_rank:
        return rows.filter(earlier | Q(**{column: date}))
    return (
        rows.filter(earlier | Q(**{column: date, "pk__lt": pk})) if rank == at_rank else rows.filter(earlier)
    )


def _told(rows: Iterable[Activity], actions: Sequence[IssueAction]) -> Iterator[Item]:
    """Sentry's entries, but for those that actions of Dexter left: each takes the nearest of its kind."""
    entries = list(rows)
    taken = _left_by(entries, [row for row in actions if row.state == State.DONE])
    for row in entries:
        if row.pk in taken:
            continue
        entry = entry_of(row)
        act = f"wrote: {entry.note}" if entry.note else entry.act
        who = entry.who or ("The issue" if row.type == "set_regression" else "")
        yield Item(row.date, 0, row.pk, who, act, entry.icon, entry.tone)


def _left_by(entries: Sequence[Activity], actions: Sequence[IssueAction]) -> set[int]:
    taken: set[int] = set()
    for action in actions:
        at = action.finished_at or action.created_at
        near = [
            (abs(row.date - at), row.pk)
            for row in entries
            if row.type in LEAVES.get(action.kind, ()) and row.pk not in taken
            if action.created_at - NEAR <= row.date <= at + NEAR
        ]
        if near:
            taken.add(min(near)[1])
    return taken


def _done(rows: Sequence[IssueAction]) -> Iterator[Item]:
    said = words_of(rows)
    for row in rows:
        act = _with_object(said[row.pk])
        if row.state == State.WITHDRAWN:
            act += ", and took it back"
        icon = ICONS.get(Kind(row.kind), "info")
        yield Item(row.created_at, 1, row.pk, person(row.user), act, icon, "debug", row.state, row.error)


_OTHERWISE = {"Priority set": "set the priority", "Public link removed": "removed the public link",
              "Taken apart": "took it apart"}  # fmt: skip


def _with_object(words: str) -> str:
    """ "Resolved in 1.2" as what somebody did: "resolved it in 1.2"."""
    for beginning, act in _OTHERWISE.items():
        if words.startswith(beginning):
            return act + words.removeprefix(beginning)
    verb, _, rest = words.partition(" ")
    return f"{verb.lower()} it {rest}".strip()


def _said(issue: Issue, rows: Sequence[Comment], user: Any) -> Iterator[Item]:
    meant = meant_by([row.text for row in rows], issue.connection_id)
    for row in rows:
        yield _comment(row, meant, user)


def _comment(row: Comment, meant: Meant, user: Any) -> Item:
    return Item(
        row.created_at,
        2,
        row.pk,
        row.author_name or "Somebody",
        icon="comment",
        state=row.state,
        error=row.error,
        comment=row,
        html=html_of(row.text, meant),
        is_own=row.user_id is not None and row.user_id == getattr(user, "pk", None),
    )


def comment_item(comment: Comment, user: Any) -> Item:
    """One comment alone, as the stream shows it."""
    return _comment(comment, meant_by([comment.text], comment.connection_id), user)


def html_of(text: str, meant: Meant) -> str:
    """Markdown of a person as safe HTML."""
    return as_html(text, mentions=meant.labels, highlight=coloured)


def coloured(lines: list[str], language: str) -> list[str]:
    patterns = get_lexer_by_name(language).filenames
    return highlight(lines, filename=patterns[0].replace("*", "x") if patterns else None)


def _write_place(item: Item) -> str:
    return f"{item.date.isoformat()}_{item.rank}_{item.pk}"


def _read_place(text: str) -> tuple[datetime, int, int]:
    try:
        date, rank, pk = text.split("_")
        moment = datetime.fromisoformat(date)
        if moment.tzinfo is None or not 0 <= int(rank) <= 2 or not 0 <= int(pk) < 2**63:
            raise ValueError(text)
        return moment, int(rank), int(pk)
    except ValueError as error:
        raise BadPlace("This link to earlier entries cannot be read. Start at the newest.") from error
