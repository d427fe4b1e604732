"""Writes: changing, deleting, merging and unmerging issues, sharing them, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dexter.sentry.client.calls import Calls
from dexter.sentry.client.snake_case import camel_keys
from dexter.sentry.client.values import Merged, Row
from dexter.sentry.errors import BadRequest
from dexter.sentry.wire import segment

CHUNK = 100  # issue ids in one URL: some servers take no more than 4 KB of it


class ChangeCalls(Calls):
    # https://docs.sentry.io/api/events/update-an-issue/
    def update_issue(self, issue_id: str | int, **changes: Any) -> Row:
        """The whole issue after the change.

        Keys as Sentry names them: status, substatus, statusDetails, assignedTo ("user:1", "team:2", "" for
        nobody), priority, hasSeen, isBookmarked, isSubscribed, isPublic, inbox. Raises `Unsupported`,
        before any request, for what this flavour would ignore.
        """
        if not changes:
            raise ValueError("nothing to change")
        self.flavour.require_changes(changes)
        path = f"{self._org}issues/{segment(issue_id)}/"
        row = _row(self._send("PUT", path, json=changes).payload)
        return camel_keys(row) if self.flavour.snake_case else row

    # https://docs.sentry.io/api/events/bulk-mutate-a-list-of-issues/
    def update_issues(self, ids: Sequence[str | int], changes: Mapping[str, Any]) -> Row:
        """The delta that the server answers ({} when nothing matched); ids out of reach are skipped silently.

        Raises ValueError for no ids: without them Sentry would change everything that its default query
        matches.
        """
        if not changes:
            raise ValueError("nothing to change")
        self.flavour.require_changes(changes)
        delta: Row = {}
        for some in _chunks(ids):
            payload = self._send("PUT", f"{self._org}issues/", {"id": some}, json=dict(changes)).payload
            delta |= _row(payload)
        return delta

    # https://docs.sentry.io/api/events/remove-an-issue/
    def delete_issue(self, issue_id: str | int) -> None:
        """Asynchronous: the issue is gone a little later."""
        self._send("DELETE", f"{self._org}issues/{segment(issue_id)}/")

    # https://docs.sentry.io/api/events/bulk-remove-a-list-of-issues/
    def delete_issues(self, ids: Sequence[str | int]) -> None:
        """Raises ValueError for no ids, as `update_issues`."""
        for some in _chunks(ids):
            self._send("DELETE", f"{self._org}issues/", {"id": some})

    # https://docs.sentry.io/api/events/bulk-mutate-a-list-of-issues/
    def merge(self, ids: Sequence[str | int]) -> Merged:
        """2 to 100 issues of one project into one. The server chooses which survives
        (`flavour.merge_keeps`).
        """
        wanted = [str(issue) for issue in dict.fromkeys(str(issue) for issue in ids)]
        if not 2 <= len(wanted) <= CHUNK:
            raise ValueError(f"2 to {CHUNK} different issues can be merged, not {len(wanted)}")
        path, json = f"{self._org}issues/", {"merge": self.flavour.merge_value}
        answer = _row(self._send("PUT", path, {"id": wanted}, json=json).payload)
        if self.flavour.merge_keeps == "newest":
            parent = max(wanted, key=int)  # GlitchTip's answer does not tell
            return Merged(parent, tuple(issue for issue in wanted if issue != parent))
        return _merged(answer, f"PUT {path}")

    # served, not in the public documentation; the public GET of the same path is "list an issue's hashes"
    def unmerge(self, issue_id: str | int, hashes: Sequence[str]) -> None:
        """The given hashes leave the issue, all into one new issue. Asynchronous; `Conflict` while one is
        going on.
        """
        self.flavour.require("unmerge")
        if not hashes:
            raise ValueError("no hashes to unmerge")
        path = f"{self._org}issues/{segment(issue_id)}/hashes/"
        self._send("PUT", path, {"id": hashes})

    def share_issue(self, issue_id: str | int, *, public: bool) -> str | None:
        """Makes an issue readable by a public link or ends that; the share id, None when it is not shared."""
        share_id = self.update_issue(issue_id, isPublic=public).get("shareId")
        return str(share_id) if share_id else None

    # served, not in the public documentation (alias comments/)
    def create_note(self, issue_id: str | int, text: str) -> Row:
        """The same text by the same user within an hour is refused with a 400; needs a user or integration
        token.
        """
        return _row(self._send("POST", self._notes(issue_id), json=self._note(text)).payload)

    def update_note(self, issue_id: str | int, note_id: str | int, text: str) -> Row:
        path = f"{self._notes(issue_id)}{segment(note_id)}/"
        return _row(self._send("PUT", path, json=self._note(text)).payload)

    def delete_note(self, issue_id: str | int, note_id: str | int) -> None:
        self._send("DELETE", f"{self._notes(issue_id)}{segment(note_id)}/")

    def _notes(self, issue_id: str | int) -> str:
        return f"{self._issue(issue_id)}{self.flavour.notes_path}"

    def _note(self, text: str) -> dict[str, Any]:
        return {"data": {"text": text}} if self.flavour.note_in_data else {"text": text}


def _chunks(ids: Sequence[str | int]) -> Iterator[list[str]]:
    if isinstance(ids, str) or not ids:
        raise ValueError("a bulk change needs the ids of the issues: without, it would change all of them")
    wanted = [str(issue) for issue in ids]
    if not all(wanted):
        raise ValueError("an empty issue id")
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]


def _row(payload: Any) -> Row:
    return payload if isinstance(payload, dict) else {}


def _merged(answer: Row, request: str) -> Merged:
    merge = answer.get("merge")
    if not isinstance(merge, dict):
        # Older servers refuse a merge across projects with status 200.
        raise BadRequest(
            str(answer.get("detail") or "the issues were not merged"), status=200, request=request
        )
    children = tuple(str(child) for child in merge.get("children") or ())
    return Merged(str(merge.get("parent")), children)
