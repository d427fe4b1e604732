"""Events of issues and projects, and their attachments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dexter.sentry.client.calls import PAGE_SIZE, Calls
from dexter.sentry.client.snake_case import camel_keys
from dexter.sentry.client.values import Page, Row
from dexter.sentry.wire import Param, segment


class EventCalls(Calls):
    # https://docs.sentry.io/api/events/list-an-issues-events/
    def issue_events(
        self,
        issue_id: str | int,
        *,
        full: bool = True,
        query: str | None = None,
        stats_period: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        environment: Sequence[str] = (),
        limit: int = PAGE_SIZE,
        cursor: str | None = None,
    ) -> Page:
        """Newest first; with `full` each row is a whole event (always so with GlitchTip)."""
        params: dict[str, Param] = {}
        if self.flavour.name == "sentry":
            params = {"full": full, "query": query, "statsPeriod": stats_period, "start": start, "end": end}
            params["environment"] = environment
        page = self._page(f"{self._issue(issue_id)}events/", params, cursor=cursor, size=limit)
        return self._camel(page)

    # https://docs.sentry.io/api/events/retrieve-an-issue-event/
    def issue_event(self, issue_id: str | int, event_id: str) -> Row:
        """`event_id` is 32 hex digits, or "latest", "oldest", "recommended"."""
        if event_id in {"oldest", "recommended"}:
            self.flavour.require(f"{event_id}_event")
        row = self._row(f"{self._issue(issue_id)}events/{segment(event_id)}/")
        return camel_keys(row) if self.flavour.snake_case else row

    def latest_event(self, issue_id: str | int) -> Row:
        return self.issue_event(issue_id, "latest")

    def oldest_event(self, issue_id: str | int) -> Row:
        return self.issue_event(issue_id, "oldest")

    def recommended_event(self, issue_id: str | int) -> Row:
        return self.issue_event(issue_id, "recommended")

    # https://docs.sentry.io/api/events/retrieve-an-event-for-a-project/
    def event(self, project: str | int, event_id: str) -> Row:
        return self._row(f"{self._project(project)}events/{segment(event_id)}/")

    # https://docs.sentry.io/api/events/list-a-projects-error-events/
    def project_events(
        self,
        project: str | int,
        *,
        full: bool = False,
        stats_period: str | None = None,
        cursor: str | None = None,
    ) -> Page:
        params: dict[str, Param] = {}
        if self.flavour.name == "sentry":
            params = {"full": full, "statsPeriod": stats_period}
        return self._camel(self._page(f"{self._project(project)}events/", params, cursor=cursor))

    # https://docs.sentry.io/api/events/list-an-events-attachments/
    def attachments(self, project: str | int, event_id: str, *, cursor: str | None = None) -> Page:
        self.flavour.require("attachments")
        path = f"{self._project(project)}events/{segment(event_id)}/attachments/"
        return self._page(path, cursor=cursor)

    def _camel(self, page: Page) -> Page:
        if not self.flavour.snake_case:
            return page
        return Page([camel_keys(row) for row in page.rows], page.next_cursor, page.hits, page.direct_hit)
