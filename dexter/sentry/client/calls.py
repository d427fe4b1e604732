"""What all groups of operations stand on: sending for an organization, in a lane, by a flavour's ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dexter.sentry.client.shell import Shell
from dexter.sentry.client.values import Page, Row
from dexter.sentry.errors import NotJson
from dexter.sentry.flavour import Flavour
from dexter.sentry.pacing import Lane
from dexter.sentry.wire import Answer, Param, Request, pairs, segment

PAGE_SIZE = 100  # the most that Sentry gives; more is a 400, not clamped


class Calls:
    """`slug` is the organization's slug or id."""

    def __init__(self, shell: Shell, organization: str, flavour: Flavour, lane: Lane) -> None:
        self._shell = shell
        self.slug = organization
        self.flavour = flavour
        self.lane: Lane = lane
        self._org = f"organizations/{segment(organization)}/" if organization else ""

    def _issue(self, issue_id: str | int) -> str:
        return self.flavour.issue_root.format(org=segment(self.slug), id=segment(issue_id))

    def _project(self, project: str | int) -> str:
        return f"projects/{segment(self.slug)}/{segment(project)}/"

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Param] | None = None,
        *,
        json: Any = None,
    ) -> Answer:
        # A write whose answer was lost is never repeated blindly: the outbox looks first whether it was done.
        request = Request(method, path, pairs(params or {}), json, idempotent=method == "GET")
        return self._shell.send(request, self.lane)

    def _get(self, path: str, params: Mapping[str, Param] | None = None) -> Any:
        return self._send("GET", path, params).payload

    def _row(self, path: str, params: Mapping[str, Param] | None = None) -> Row:
        return _object(self._get(path, params), path)

    def _page(
        self,
        path: str,
        params: Mapping[str, Param] | None = None,
        *,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """`size`: rows a page, for the lists that take `per_page` (GlitchTip: `limit`)."""
        query = dict(params or {})
        if size is not None:
            query[self.flavour.page_size_param] = page_size(size)
        answer = self._send("GET", path, {**query, "cursor": cursor})
        return Page(_objects(answer.payload, path), answer.next_cursor, answer.hits, answer.direct_hit)

    def _list(self, path: str, params: Mapping[str, Param] | None = None) -> list[Row]:
        return _objects(self._get(path, params), path)


def page_size(size: int) -> int:
    if not 1 <= size <= PAGE_SIZE:
        raise ValueError(f"a page holds 1 to {PAGE_SIZE} rows, not {size}")
    return size


def _object(payload: Any, path: str) -> Row:
    if not isinstance(payload, dict):
        raise NotJson("a JSON object was expected", request=f"GET {path}")
    return payload


def _objects(payload: Any, path: str) -> list[Row]:
    if not isinstance(payload, list):
        raise NotJson("a JSON list was expected", request=f"GET {path}")
    return payload
