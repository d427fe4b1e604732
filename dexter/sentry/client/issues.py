"""Issues: lists, details, tags, hashes, statistics, activity, notes (reading)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from dexter.sentry.client.calls import PAGE_SIZE, Calls, page_size
from dexter.sentry.client.sparse import every_hour
from dexter.sentry.client.values import IssueDetail, Page, Row
from dexter.sentry.wire import Param, segment


class IssueCalls(Calls):
    # https://docs.sentry.io/api/events/list-an-organizations-issues/
    def issues(
        self,
        *,
        project: Sequence[int | str] = (),
        query: str = "",
        sort: str | None = None,
        stats_period: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        group_stats_period: Literal["", "24h", "14d", "auto"] | None = None,
        limit: int = PAGE_SIZE,
        cursor: str | None = None,
        collapse: Sequence[str] = (),
        expand: Sequence[str] = (),
        environment: Sequence[str] = (),
        short_id_lookup: bool = False,
    ) -> Page:
        """One page of issues.

        `query` "" means every status (Sentry's own default would be is:unresolved). `sort` None is the one
        under which paging is complete (`flavour.page_sort`). `project` takes ids (GlitchTip takes nothing
        else). `stats_period` ("14d") or `start` and `end` restrict to issues with events in that time;
        without, Sentry takes 90 days. GlitchTip knows no such window: `stats_period` is left out, `start`
        and `end` raise `Unsupported`.
        """
        if start or end:
            self.flavour.require("window")
        params: dict[str, Param] = {
            "project": project,
            "query": query,
            "sort": sort or self.flavour.page_sort,
            "limit": page_size(limit),
            "environment": environment,
        }
        if self.flavour.name == "sentry":
            params |= {
                "statsPeriod": stats_period,
                "start": start,
                "end": end,
                "groupStatsPeriod": group_stats_period,
                "collapse": collapse,
                "expand": expand,
                "shortIdLookup": "1" if short_id_lookup else None,
            }
        elif not query:
            del params["query"]
        return self._page(f"{self._org}issues/", params, cursor=cursor)

    # `group` is served, not in the public documentation; GlitchTip's name for it is `id`
    def issues_by_id(self, ids: Sequence[str | int]) -> list[Row]:
        """Up to 100 issues by id, of every status; those that are gone or out of reach are left out."""
        if not 1 <= len(ids) <= PAGE_SIZE:
            raise ValueError(f"1 to {PAGE_SIZE} issues at a time, not {len(ids)}")
        if self.flavour.name == "sentry":
            return self._page(f"{self._org}issues/", {"group": ids, "query": "", "limit": len(ids)}).rows
        return self._page(f"{self._org}issues/", {"id": ids, "limit": len(ids)}).rows

    # https://docs.sentry.io/api/events/retrieve-an-issue/
    def issue(
        self, issue_id: str | int, *, expand: Sequence[str] = (), collapse: Sequence[str] = ()
    ) -> IssueDetail:
        """An issue by id (Sentry: or short id).

        Sentry answers for a merged issue with the one that swallowed it; `merged_into` tells. GlitchTip
        goes on answering with the merged issue itself.
        """
        params: dict[str, Param] = {}
        if self.flavour.name == "sentry":
            params = {"expand": expand, "collapse": collapse}
        body = self._row(self._issue(issue_id), params)
        found, asked = str(body.get("id", "")), str(issue_id)
        return IssueDetail(body, found if asked.isdigit() and found != asked else None)

    # served, not in the public documentation (which has it for one key only)
    def tags(self, issue_id: str | int, *, environment: Sequence[str] = ()) -> list[Row]:
        return self._list(f"{self._issue(issue_id)}tags/", {"environment": environment})

    # https://docs.sentry.io/api/events/retrieve-tag-details/
    def tag(self, issue_id: str | int, key: str) -> Row:
        self.flavour.require("tag_values")
        return self._row(f"{self._issue(issue_id)}tags/{segment(key)}/")

    # https://docs.sentry.io/api/events/list-a-tags-values-for-an-issue/
    def tag_values(
        self,
        issue_id: str | int,
        key: str,
        *,
        sort: Literal["age", "count", "date", "id"] | None = None,
        cursor: str | None = None,
    ) -> Page:
        self.flavour.require("tag_values")
        path = f"{self._issue(issue_id)}tags/{segment(key)}/values/"
        return self._page(path, {"sort": sort}, cursor=cursor)

    # https://docs.sentry.io/api/events/list-an-issues-hashes/
    def hashes(self, issue_id: str | int, *, full: bool = False, cursor: str | None = None) -> Page:
        path = f"{self._org}issues/{segment(issue_id)}/hashes/"
        params: dict[str, Param] = {"full": full} if self.flavour.name == "sentry" else {}
        return self._page(path, params, cursor=cursor)

    # served, not in the public documentation
    def issue_stats(
        self,
        issue_id: str | int,
        *,
        since: int | None = None,
        until: int | None = None,
        resolution: Literal["10s", "1h", "1d"] | None = None,
    ) -> list[tuple[int, int]]:
        """(epoch seconds, events) per bucket; without arguments the last 24 hours."""
        self.flavour.require("issue_stats")
        params = {"since": since, "until": until, "resolution": resolution}
        return [(int(at), int(count)) for at, count in self._get(f"{self._issue(issue_id)}stats/", params)]

    # served, not in the public documentation
    def issues_stats(
        self, groups: Sequence[str | int], *, stats_period: Literal["24h", "14d", "auto"] = "24h"
    ) -> list[Row]:
        """Counts, dates and `stats` of up to 100 issues by id, without asking for the issues themselves.

        GlitchTip gives the last 24 hours, whatever the period is.
        """
        if not 1 <= len(groups) <= PAGE_SIZE:
            raise ValueError(f"1 to {PAGE_SIZE} issues at a time, not {len(groups)}")
        rows = self._list(f"{self._org}issues-stats/", {"groups": groups, "groupStatsPeriod": stats_period})
        if self.flavour.name == "glitchtip":
            now = time.time()
            for row in rows:
                row["stats"] = {"24h": every_hour((row.get("stats") or {}).get("24h") or (), now)}
        return rows

    # served, not in the public documentation
    def activities(self, issue_id: str | int) -> list[Row]:
        self.flavour.require("activities")
        payload: Any = self._row(f"{self._issue(issue_id)}activities/").get("activity", [])
        return list(payload)

    # served, not in the public documentation (alias comments/)
    def notes(self, issue_id: str | int, *, cursor: str | None = None) -> Page:
        return self._page(f"{self._issue(issue_id)}{self.flavour.notes_path}", cursor=cursor)
