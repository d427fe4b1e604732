"""From what a person wants to an export: checked, recorded, streamed at once or written by a job."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from dexter.jobs import runner
from issues.exports.columns import columns_named
from issues.exports.formats import XLSX_ROWS, pieces
from issues.exports.reading import keys_of_events, keys_of_search, keys_of_selection, rows_of
from issues.models import Export, Issue
from issues.queries.found import Search
from issues.queries.sorts import order_of

# At most so many rows are streamed in the answer to the request itself.
DIRECT = 2_000
PERMISSION = "issues.export_unmasked"
TASK = "issues.tasks.export"
WHO_GRANTS = (
    "Your account may not export without masking. Whoever administers Dexter can grant it: the permission"
    " “Can export without masking personal data”."
)


class Refused(Exception):
    """The export cannot be made; the message says why and what can be done."""


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: one of `search`, `ids` and `issue` (its events)."""

    format: str = Export.Format.CSV
    columns: Sequence[str] = ()
    masked: bool = True
    bom: bool = False
    search: Search | None = None
    sort: str = "last_seen"
    ids: Sequence[int] = ()
    issue: Issue | None = None

    @property
    def what(self) -> str:
        return Export.What.EVENTS if self.issue else Export.What.ISSUES


def prepare(wanted: Wanted, *, user: User | None) -> tuple[Export, Sequence[int]]:
    """An export that is not stored yet, and the frozen keys of its rows. `user` None is a command.

    Raises Refused, UnknownColumn, SearchError and BadSort.
    """
    if wanted.format not in Export.Format.values:
        raise Refused(f"There is no format {wanted.format}. There are: {', '.join(Export.Format.values)}.")
    if not wanted.masked and user is not None and not user.has_perm(PERMISSION):
        raise Refused(WHO_GRANTS)
    columns = columns_named(wanted.what, wanted.columns)
    keys = _keys(wanted)
    if wanted.format == Export.Format.XLSX and len(keys) > XLSX_ROWS:
        raise Refused(f"A sheet has {XLSX_ROWS:,} rows and these are {len(keys):,}. Export them as CSV.")
    export = Export(
        owner=user,
        what=wanted.what,
        format=wanted.format,
        columns=[column.name for column in columns],
        masked=wanted.masked,
        bom=wanted.bom,
        source=_source(wanted),
        issue=wanted.issue,
    )
    return export, keys


def _keys(wanted: Wanted) -> Sequence[int]:
    if wanted.issue:
        return keys_of_events(wanted.issue)
    if wanted.search:
        return keys_of_search(wanted.search, wanted.sort)
    return keys_of_selection(wanted.ids)


def _source(wanted: Wanted) -> dict[str, Any]:
    """What a job reads again, in JSON. The time of the search is kept: "24h" means those before now."""
    if wanted.issue:
        return {"issue": wanted.issue.pk}
    if not wanted.search:
        return {"ids": list(wanted.ids)}
    search = wanted.search
    return {
        "text": search.text,
        "connections": list(search.connections),
        "projects": list(search.projects),
        "environments": list(search.environments),
        "period": search.period,
        "now": search.now.isoformat(),
        "sort": order_of(wanted.sort).name,
    }


def record(export: Export, count: int) -> Export:
    """Store the row that says who exported what; `count` rows were asked for."""
    export.rows = count
    export.save()
    return export


def direct(export: Export, keys: Sequence[int]) -> Iterator[bytes]:
    """The file in pieces, read as it is sent; for at most DIRECT rows."""
    return pieces(columns_named(export.what, export.columns), values(export, keys), export)


def keys_again(export: Export) -> Sequence[int]:
    """The keys of a stored export, asked for anew: by the job, which may be a second attempt."""
    source = export.source
    if export.what == Export.What.EVENTS:
        return keys_of_events(export.issue) if export.issue else ()
    if "ids" in source:
        return keys_of_selection(source["ids"])
    scope = {name: tuple(source[name]) for name in ("connections", "projects", "environments")}
    search = Search(
        source["text"],
        export.owner,
        period=source["period"],
        now=datetime.fromisoformat(source["now"]),
        **scope,
    )
    return keys_of_search(search, source["sort"])


def values(
    export: Export, keys: Sequence[int], report: Callable[[int], None] = lambda _: None
) -> Iterator[list[Any]]:
    columns = columns_named(export.what, export.columns)
    payloads = any(column.name == "payload" for column in columns)
    for number, row in enumerate(rows_of(export.what, keys, payloads=payloads), start=1):
        yield [column.value(row, masked=export.masked) for column in columns]
        report(number)


def enqueue(export: Export) -> Export:
    """Store the export with a job that writes its file."""
    with transaction.atomic():
        export.save()
        export.job, _ = runner.enqueue(
            TASK, key=f"export:{export.pk}", owner_id=export.owner_id, export_id=export.pk
        )
        export.save(update_fields=["job"])
    return export
