"""Fetching issue pages, several projects at a time, for one writer to store.

Threads fetch, decode and map; the caller stores in its own thread, so the database sees one writer and at
most `AHEAD` pages are in memory, whatever the number of issues.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import BadRequest, NotFound, Unsupported
from issues.sync import mapping
from issues.sync.mapping import MappedIssues

AHEAD = 12
TOGETHER = 8  # pages are stored in one transaction, if they have come by then
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Walk:
    """One chain of pages to follow. `project_id` None: all projects of the connection in one chain."""

    project_id: str | None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page of a walk; `next_cursor` None on the last one. Sentry was asked for it at `asked_at`."""

    walk: Walk
    rows: MappedIssues
    asked_at: datetime
    next_cursor: str | None
    hits: int | None = None


class _Feed:
    """Pages on their way from the fetching threads to the one that stores them."""

    def __init__(self) -> None:
        self._pages: queue.Queue[Fetched | BaseException | None] = queue.Queue(maxsize=AHEAD)
        self._stopped = threading.Event()

    def put(self, item: Fetched | BaseException | None) -> bool:
        """Waits for room; False when nobody will take it any more. None says that all is fetched."""
        while not self._stopped.is_set():
            try:
                self._pages.put(item, timeout=0.5)
                return True
            except queue.Full:
                continue
        return False

    def take(self) -> tuple[list[Fetched], bool]:
        """What has come, at least one item, and whether more will. Raises what a thread failed with."""
        found: list[Fetched] = []
        while not found or (len(found) < TOGETHER and not self._pages.empty()):
            item = self._pages.get()
            if item is None:
                return found, False
            if isinstance(item, BaseException):
                raise item
            found.append(item)
        return found, True

    def stop(self) -> None:
        self._stopped.set()


def fetch_pages(
    client: Client,
    walks: list[Walk],
    *,
    threads: int,
    sort: str,
    window_days: int,
    with_days: bool = False,
    enough: Callable[[list[dict[str, Any]]], bool] = lambda rows: False,
) -> Iterator[list[Fetched]]:
    """Pages of all `walks`, in order within each; what has come meanwhile, together.

    `enough(rows)` ends a walk early. Rows have hourly counts of a day (from GlitchTip by a second request for
    each page); `with_days` adds daily ones of two weeks, by a second request, where the server has them.
    Raises the first SentryError that a walk met.
    """
    feed = _Feed()

    def follow(walk: Walk) -> None:
        try:
            for fetched in _chain(client, walk, sort, window_days, with_days, enough):
                if not feed.put(fetched):
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            feed.put(error)

    with ThreadPoolExecutor(max_workers=max(1, min(threads, len(walks)))) as pool:
        waiting = [pool.submit(follow, walk) for walk in walks]
        threading.Thread(target=lambda: (wait(waiting), feed.put(None)), daemon=True).start()
        try:
            more = True
            while more:
                fetched, more = feed.take()
                if fetched:
                    yield fetched
        finally:
            feed.stop()


def _chain(
    client: Client,
    walk: Walk,
    sort: str,
    window_days: int,
    with_days: bool,
    enough: Callable[[list[dict[str, Any]]], bool],
) -> Iterator[Fetched]:
    cursor = walk.cursor
    cursors: set[str] = set()
    ids: set[str] = set()
    while True:
        asked_at = timezone.now()
        try:
            page = client.issues(
                project=[walk.project_id] if walk.project_id else [],
                sort=sort,
                stats_period=f"{window_days}d",
                group_stats_period="24h",
                limit=PAGE_SIZE,
                cursor=cursor,
            )
        except BadRequest:
            if cursor is None or cursor != walk.cursor:
                raise
            cursor = None  # the checkpoint's cursor is not understood any more: from the beginning
            continue
        # A cursor that comes back, or a page that brings nothing new, would be followed for ever (GlitchTip).
        new = {str(row.get("id")) for row in page.rows} - ids if client.flavour.needs_dedupe else ids
        repeats = page.next_cursor in cursors or (client.flavour.needs_dedupe and not new)
        ended = not page.next_cursor or repeats or enough(page.rows)
        if with_days and client.flavour.lists_have_stats:
            _add_stats(client, page.rows, "14d")
        elif not client.flavour.lists_have_stats:
            _add_stats(client, page.rows, "24h")
        yield Fetched(
            walk, mapping.issues(page.rows), asked_at, None if ended else page.next_cursor, page.hits
        )
        if ended or not page.next_cursor:
            return
        cursor = page.next_cursor
        cursors.add(cursor)
        ids |= new


def _add_stats(client: Client, rows: list[dict[str, Any]], period: Literal["24h", "14d"]) -> None:
    """Counts over time that the list does not give: it has one resolution at a time, or none (GlitchTip)."""
    ids = [row["id"] for row in rows if row.get("id")]
    try:
        found = client.issues_stats(ids, stats_period=period) if ids else []
    except (NotFound, Unsupported):  # an older server does not have it
        return
    days = {str(row.get("id")): row.get("stats") or {} for row in found}
    for row in rows:
        row["stats"] = {**(row.get("stats") or {}), **days.get(str(row.get("id")), {})}
