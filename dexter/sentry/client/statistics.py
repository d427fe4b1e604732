"""Numbers about an organization: accepted events, users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dexter.sentry.client.calls import Calls
from dexter.sentry.client.values import Row
from dexter.sentry.wire import Param

USERS = "count_unique(user)"


class StatisticsCalls(Calls):
    # https://docs.sentry.io/api/releases/retrieve-release-health-session-statistics/
    def users_per_project(
        self,
        *,
        project: Sequence[int | str] = (-1,),
        stats_period: str = "24h",
        environment: Sequence[str] = (),
    ) -> dict[str, int]:
        """{project id: users seen in the period}, from sessions; projects that send none are missing."""
        self.flavour.require("sessions")
        params: dict[str, Param] = {
            "field": [USERS],
            "groupBy": ["project"],
            "project": project,
            "statsPeriod": stats_period,
            "interval": "1d",
            "environment": environment,
            "includeSeries": 0,
        }
        groups = self._row(f"{self._org}sessions/", params).get("groups") or []
        return {str(group["by"]["project"]): int(group["totals"].get(USERS) or 0) for group in groups}

    # https://docs.sentry.io/api/organizations/retrieve-event-counts-for-an-organization-v2/
    def stats_v2(
        self,
        *,
        group_by: Sequence[str] = ("project",),
        field: str = "sum(quantity)",
        category: str = "error",
        outcome: str | None = "accepted",
        interval: str = "1h",
        stats_period: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        project: Sequence[int | str] = (),
    ) -> Row:
        """`{start, end, intervals, groups}`; GlitchTip needs `start` and `end`."""
        params: dict[str, Param] = {
            "groupBy": group_by,
            "field": field,
            "category": category,
            "outcome": outcome,
            "interval": interval,
            "statsPeriod": stats_period,
            "start": start,
            "end": end,
            "project": project,
        }
        if self.flavour.name == "glitchtip" and not (start and end):
            raise ValueError("GlitchTip's statistics need start and end")
        return self._row(f"{self._org}stats_v2/", params)
