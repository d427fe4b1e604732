"""Sending a batch of equal actions, and reading back what Sentry made of it.

Everything goes by `?id=`: the path of one issue follows merges, so a change of a merged issue would hit the
one that swallowed it. Sentry skips ids without a word, so each is read back.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import AuthFailed, Conflict, NotFound, Permanent, SentryError, Transient
from issues.actions import Action, Kind, body
from issues.models import Issue, IssueAction
from issues.sync.directory import Directory
from issues.sync.outcome import has_happened, kept_of
from issues.sync.store import store_issues
from issues.sync.upsert import update_each

State = IssueAction.State
Payload = dict[str, Any]


class Busy(Transient):
    """Sentry is still at work on an earlier change of the same issue."""

    what_text = "Sentry is still merging or taking apart this issue."


def send(client: Client, directory: Directory, rows: list[IssueAction]) -> int:
    """Send rows of one kind with one set of arguments; answers how many ended.

    Raises Transient or AuthFailed when there is no answer; rows that ended before keep their end.
    """
    action = Action(Kind(rows[0].kind), rows[0].arguments)
    sender = _SENDERS.get(action.kind, _Changing)(client, directory, action)
    # The answer to an earlier try may have been lost after Sentry did it: look before doing it again.
    tried = [row for row in rows if row.attempts > 1]
    left = [row for row in rows if row.attempts <= 1] + (sender.look_up(tried) if tried else [])
    if left:
        sender.send(sorted(left, key=lambda row: row.pk))
    return len(rows)


class _Changing:
    """A PUT of columns: status, assignee, priority, flags."""

    def __init__(self, client: Client, directory: Directory, action: Action) -> None:
        self.client, self.directory, self.action = client, directory, action

    def look_up(self, rows: list[IssueAction]) -> list[IssueAction]:
        """End the rows whose action Sentry shows already, and of issues that are gone; gives the others.

        A list may come short, so an issue that it leaves out is asked for by itself.
        """
        found = self._read(rows)
        done = [row for row in rows if self._shows(found, row)]
        self._finish(done, found)
        return [
            row
            for row in rows
            if row not in done and (row.issue.sentry_id in found or not self._ends_alone(row))
        ]

    def _ends_alone(self, row: IssueAction) -> bool:
        """Whether the row is at its end, after a look at its issue alone."""
        try:
            found = self.client.issue(row.issue.sentry_id)
            if found.merged_into:
                _mark_merged(row, found.merged_into)
                raise NotFound(f"The issue was merged into {found.body.get('shortId') or found.merged_into}.")
        except AuthFailed:
            raise
        except Permanent as error:
            self._fail(row, error)
            return True
        if not has_happened(self.action, found.body):
            return False
        self._finish([row], {row.issue.sentry_id: found.body})
        return True

    def send(self, rows: list[IssueAction]) -> None:
        try:
            self._request([row.issue.sentry_id for row in rows])
        except AuthFailed:
            raise
        except Permanent as error:
            if len(rows) == 1:
                self._fail(rows[0], error)
            else:  # one of them is at fault; alone, each gets its own answer
                for row in rows:
                    self.send([row])
            return
        left = self.look_up(rows)
        for row in left:
            self._insist(row)

    def _request(self, ids: list[str]) -> None:
        self.client.update_issues(ids, body(self.action))

    def _read(self, rows: list[IssueAction]) -> dict[str, Payload]:
        ids = [row.issue.sentry_id for row in rows]
        return {str(payload.get("id")): payload for payload in self.client.issues_by_id(ids)}

    def _shows(self, found: dict[str, Payload], row: IssueAction) -> bool:
        payload = found.get(row.issue.sentry_id)
        return payload is not None and has_happened(self.action, payload)

    def _insist(self, row: IssueAction) -> None:
        """Sentry took the request and does not show its effect: this issue alone, whose answer says why.

        By its path, which is safe here: the look before found it, so it was not merged.
        """
        try:
            answer = self.client.update_issue(row.issue.sentry_id, **body(self.action))
        except AuthFailed:
            raise
        except Permanent as error:
            self._fail(row, error)
            return
        self._finish([row], {row.issue.sentry_id: answer})

    def _finish(self, rows: list[IssueAction], found: dict[str, Payload]) -> None:
        """End the rows as done, then keep what Sentry said of their issues."""
        for row in rows:
            row.answer = {**(row.answer or {}), **kept_of(found.get(row.issue.sentry_id) or {})}
        update_each(IssueAction, rows, ["answer"])
        ended = {"state": State.DONE, "finished_at": timezone.now(), "error": ""}
        IssueAction.objects.filter(pk__in=[row.pk for row in rows]).update(**ended)
        keep = [found[row.issue.sentry_id] for row in rows if row.issue.sentry_id in found]
        # Asked for after the change, which is in it: what ended is not to be kept over it.
        store_issues(self.directory, keep, asked_at=timezone.now())

    def _fail(self, row: IssueAction, error: SentryError) -> None:
        IssueAction.objects.filter(pk=row.pk).update(
            state=State.FAILED, finished_at=timezone.now(), error=str(error)
        )


class _Deleting(_Changing):
    """Asynchronous in Sentry: an issue that is gone, or on its way, is done."""

    GOING = ("pending_deletion", "deletion_in_progress")

    def _request(self, ids: list[str]) -> None:
        self.client.delete_issues(ids)

    def look_up(self, rows: list[IssueAction]) -> list[IssueAction]:
        """A list may come short; one that is empty says that all it was asked for are gone."""
        found: dict[str, Payload] = {}
        absent, before = rows, 0
        while absent and len(absent) != before and (more := self._read(absent)):
            found, before = found | more, len(absent)
            absent = [row for row in absent if row.issue.sentry_id not in found]
        going = {key for key, payload in found.items() if payload.get("status") in self.GOING}
        left = [row for row in rows if row.issue.sentry_id in found.keys() - going]
        self._finish([row for row in rows if row not in left], {})
        return left

    def _insist(self, row: IssueAction) -> None:
        try:
            self.client.delete_issue(row.issue.sentry_id)
        except NotFound:
            pass
        except AuthFailed:
            raise
        except Permanent as error:
            self._fail(row, error)
            return
        self._finish([row], {})

    def _finish(self, rows: list[IssueAction], found: dict[str, Payload]) -> None:
        super()._finish(rows, {})  # what is being deleted is not stored again


class _Merging(_Changing):
    """All rows of a batch are merged with the same issues: one request, and Sentry chooses who survives."""

    def look_up(self, rows: list[IssueAction]) -> list[IssueAction]:
        left = []
        for row in rows:
            try:
                found = self.client.issue(row.issue.sentry_id)
            except NotFound:  # what is being merged answers so until it is done
                self._merged([row], self.action.arguments["with"][0])
                continue
            if found.merged_into:
                self._merged([row], found.merged_into)
            else:
                left.append(row)
        return left

    def send(self, rows: list[IssueAction]) -> None:
        """The hashes are kept first: with them the merge can be taken back."""
        try:
            self._keep_hashes(rows)
            others = [str(other) for other in self.action.arguments["with"]]
            merged = self.client.merge([*others, *(row.issue.sentry_id for row in rows)])
        except AuthFailed:
            raise
        except Permanent as error:
            for row in rows:
                self._fail(row, error)
            return
        self._merged(rows, merged.parent, merged.children)

    def _keep_hashes(self, rows: list[IssueAction]) -> None:
        if not self.client.flavour.can("unmerge"):
            return
        for row in rows:
            if not (row.answer or {}).get("hashes"):
                hashes = [str(found.get("id")) for found in self.client.hashes(row.issue.sentry_id).rows]
                row.answer = {**(row.answer or {}), "hashes": hashes}
        update_each(IssueAction, rows, ["answer"])

    def _merged(self, rows: list[IssueAction], parent_id: str, children: Iterable[str] = ()) -> None:
        mine = Issue.objects.filter(connection=self.directory.connection)
        parent = mine.filter(sentry_id=parent_id).first()
        gone = {row.issue.sentry_id for row in rows} | set(children)
        mine.filter(sentry_id__in=gone - {parent_id}).update(gone=Issue.Gone.MERGED, merged_into=parent)
        mine.filter(sentry_id=parent_id).update(gone="", merged_into=None)
        said = {"parent": parent_id, "children": sorted(gone - {parent_id})}
        for row in rows:
            row.answer = {**(row.answer or {}), "merge": said}
        self._finish(rows, {})


class _Unmerging(_Changing):
    """Asynchronous in Sentry, and refused while another one of the issue is going on."""

    def look_up(self, rows: list[IssueAction]) -> list[IssueAction]:
        """Without the hashes, the earlier try has come through."""
        done = []
        for row in rows:
            try:
                held = {str(found.get("id")) for found in self.client.hashes(row.issue.sentry_id).rows}
            except NotFound:
                continue
            if not held & set(row.arguments["hashes"]):
                done.append(row)
        self._finish(done, {})
        return [row for row in rows if row not in done]

    def send(self, rows: list[IssueAction]) -> None:
        for row in rows:
            try:
                self.client.unmerge(row.issue.sentry_id, row.arguments["hashes"])
            except Conflict as error:
                raise Busy(error.detail, status=error.status, request=error.request) from error
            except AuthFailed:
                raise
            except Permanent as error:
                self._fail(row, error)
            else:
                self._finish([row], {})


_SENDERS: dict[Kind, type[_Changing]] = {
    Kind.DELETE: _Deleting,
    Kind.MERGE: _Merging,
    Kind.UNMERGE: _Unmerging,
}


def _mark_merged(row: IssueAction, parent_id: str) -> None:
    parent = Issue.objects.filter(connection=row.connection_id, sentry_id=parent_id).first()
    Issue.objects.filter(pk=row.issue_id).update(gone=Issue.Gone.MERGED, merged_into=parent)
