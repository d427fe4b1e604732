"""How long pages take on the server, through the whole of Django, over a large cache."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dexter.bench import Figure, figure, times
from issues.bench.load import PERSON, ensure_world
from issues.bench.rows import World
from issues.models import Issue
from issues.queries.explorer import explore
from issues.queries.sorts import SORTS

SIZES = {"postgresql": 100_000, "sqlite": 10_000}
# The bars are of these sizes: on SQLite there is one for the list only.
BARS = {
    "postgresql": {"list": 50, "deep": 50, "filtered": 80, "text": 300, "issue": 60},
    "sqlite": {"list": 80},
}
LEAST = 60  # requests for a figure
DEEP_PAGE = 200
STATUS = "is:unresolved"
FILTERS = (
    "level:fatal", "project:project-2", "environment:production", "environment:development",
    "assigned:me", "assigned:[me, my_teams]", "release:latest", "release:shop@5.40.0", "firstSeen:-7d",
    "is:new", "priority:high", "timesSeen:>100",
)  # fmt: skip
TEXTS = (
    "timeouterror", "KeyError", "payment", "queue", "pay*", "cartstock", '"cart stock"', "mail sync",
    "hookratelock", "stock/feed.py", "lineread is:unresolved", "MemoryError environment:production",
    "nothinglikethis", "stack.filename:*/user.py",
)  # fmt: skip
_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pages() -> Iterator[Figure]:
    """Figures of list and issue page.

    `queries` is the most that one request makes; `queries_cold` with nothing in the cache yet, 12 at most.
    """
    ensure_world(World(issues=SIZES[connection.vendor]))
    # Collected files may not be there; their names make no difference to the time.
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": _STATIC}):
        yield from _figures(BARS[connection.vendor])


def _figures(bars: Mapping[str, float]) -> Iterator[Figure]:
    yield _measure("list, first page", [_list(STATUS), _list("")], bars.get("list"))
    deep = [_list(STATUS, cursor=cursor) for cursor in _deep_cursors()]
    yield _measure(f"list, page {DEEP_PAGE}", deep, bars.get("deep"))
    for sort in SORTS:
        addresses = [_list(f"{STATUS} {term}", sort=sort) for term in ("", *FILTERS)]
        yield _measure(f"list by {sort}, unfiltered and filtered", addresses, bars.get("filtered"))
    yield _measure("list, free text", [_list(text) for text in TEXTS], bars.get("text"))
    yield _measure("issue page", [f"/issues/{key}/" for key in _read_lately(40)], bars.get("issue"))
    yield _measure("panel beside the list", [f"/issues/{key}/peek/" for key in _read_lately(40)], None)


def _list(query: str, **parameters: str) -> str:
    return f"/?{urlencode({'query': query.strip(), **parameters})}"


def _deep_cursors() -> list[str]:
    """Cursors of the 200th page, or the last one before it, and of the two before that."""
    cursors: list[str] = []
    while len(cursors) < DEEP_PAGE:
        found = explore(STATUS, user=None, cursor=cursors[-1] if cursors else None).next
        if found is None:
            break
        cursors.append(found)
    return cursors[-3:]


def _read_lately(number: int) -> list[int]:
    """Keys of issues whose pages have no need to ask Sentry again."""
    keys = list(Issue.objects.order_by("sentry_id").values_list("pk", flat=True)[:number])
    Issue.objects.filter(pk__in=keys).update(detail_synced_at=timezone.now())
    return keys


def _measure(name: str, addresses: Sequence[str], bar: float | None) -> Figure:
    """Asks for the addresses in turn; raises RuntimeError unless all answer 200."""
    cache.clear()
    client = Client(SERVER_NAME="localhost", headers={"accept": "text/html"})
    client.force_login(get_user_model().objects.get(username=PERSON))
    cold = max(_queries(client, address, cold=True) for address in addresses)
    queries = max(_queries(client, address) for address in addresses)
    turns = cycle(addresses)
    taken = times(lambda: _get(client, next(turns)), repeat=max(LEAST, 3 * len(addresses)))
    more = {
        "issues": Issue.objects.count(),
        "queries": queries,
        "queries_cold": cold,
        "queries_held": cold <= 12,
    }
    return figure(name, taken, bar_ms=bar, **more)


def _get(client: Client, address: str) -> None:
    answer = client.get(address, secure=settings.SECURE_SSL_REDIRECT)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} was answered with status {answer.status_code}.")


def _queries(client: Client, address: str, *, cold: bool = False) -> int:
    if cold:
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        _get(client, address)
    return len(captured)
