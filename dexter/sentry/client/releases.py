"""Releases with their deploys and commits."""

from __future__ import annotations

from collections.abc import Sequence

from dexter.sentry.client.calls import PAGE_SIZE, Calls
from dexter.sentry.client.values import Page, Row
from dexter.sentry.wire import segment


class ReleaseCalls(Calls):
    # https://docs.sentry.io/api/releases/list-an-organizations-releases/
    def releases(
        self,
        *,
        project: Sequence[int | str] = (),
        query: str | None = None,
        limit: int = PAGE_SIZE,
        cursor: str | None = None,
    ) -> Page:
        """Newest first. `query` is a part of the version."""
        params = {"project": project, "query": query}
        return self._page(f"{self._org}releases/", params, cursor=cursor, size=limit)

    # https://docs.sentry.io/api/releases/retrieve-an-organizations-releases/
    def release(self, version: str) -> Row:
        return self._row(self._release(version))

    # https://docs.sentry.io/api/releases/list-a-releases-deploys/
    def release_deploys(self, version: str, *, cursor: str | None = None) -> Page:
        self.flavour.require("deploys")
        return self._page(f"{self._release(version)}deploys/", cursor=cursor)

    # https://docs.sentry.io/api/releases/list-an-organization-releases-commits/
    def release_commits(self, version: str, *, cursor: str | None = None) -> Page:
        self.flavour.require("commits")
        return self._page(f"{self._release(version)}commits/", cursor=cursor)

    def _release(self, version: str) -> str:
        return f"{self._org}releases/{segment(version)}/"
