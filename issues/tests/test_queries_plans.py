"""Each order of the list is walked along an index: no sort, no offset, from the first page to the last."""

from datetime import timedelta

import pytest
from django.db import connection

from dexter.web.paging import Order, keyset_page
from issues.models import Issue
from issues.queries.explorer import explore
from issues.queries.found import Search, found_issues
from issues.queries.sorts import SORTS, order_of
from issues.search import parse
from issues.tests.factories import NOW, make_issue, make_project

pytestmark = pytest.mark.django_db

INDEXES = {"last_seen": "last_seen", "first_seen": "first_seen", "count": "count", "user_count": "users",
           "trend": "trend", "score": "score"}  # fmt: skip


@pytest.fixture(autouse=True)
def _rows_worth_an_index():
    """A few hundred issues, one in fifty growing and regressed, and what the planner knows of them."""
    first = make_issue(project=make_project())
    columns = {f.attname: getattr(first, f.attname) for f in Issue._meta.fields if f.attname != "id"}
    Issue.objects.bulk_create(Issue(**columns | _differing(number)) for number in range(400))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE issues_issue")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")


def _differing(number):
    rare = number % 50 == 0
    return {
        "sentry_id": f"b{number}", "short_id": f"SHOP-{number}",
        "status": "resolved" if number % 3 else "unresolved",
        "substatus": "regressed" if rare else "ongoing", "is_growing": rare, "count": number,
        "score": number % 100, "user_count": number, "trend": number,
        "first_seen": NOW - timedelta(hours=number), "last_seen": NOW - timedelta(minutes=number),
    }  # fmt: skip


def plan_of(text: str, order: Order, cursor: str | None) -> str:
    """How the database reads the rows of a page."""
    search = Search(text)
    seen = []

    def keep(execute, sql, params, many, context):
        if sql.startswith('SELECT "issues_issue"."id"'):
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        found = found_issues(search, parse(text), search.context())
        keyset_page(found, order, size=1, cursor=cursor)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as asked:
        asked.execute(f"{explain} {seen[0][0]}", seen[0][1])
        return "\n".join(str(row[-1]) for row in asked.fetchall())


def pages_of(text: str, order: Order) -> list[str | None]:
    """Cursors of the first page, the second, and of the first coming from the second."""
    second = explore(text, user=None, sort=order.name, page_size=1).next
    return [None, second, explore(text, user=None, sort=order.name, page_size=1, cursor=second).previous]


@pytest.mark.parametrize("direction", ["", ":asc"])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(("text", "names"), [("is:unresolved", ("list", "all")), ("", ("all",))])
def test_a_page_walks_an_index(text, names, sort, direction):
    order = order_of(sort + direction)
    for cursor in pages_of(text, order):
        plan = plan_of(text, order, cursor)
        # Where few rows are left in that direction, the index without the status is as good.
        assert any(f"{name}_{INDEXES[order.column]}" in plan for name in names)
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("text", "sort", "index"),
    [
        ("is:growing", "trend", "list_growing"),
        ("is:regressed", "last_seen", "list_substatus"),
        ("issue:SHOP-1", "last_seen", "issue_short_id"),
    ],
)
def test_a_rare_state_has_an_index_of_its_own(text, sort, index):
    assert index in plan_of(text, order_of(sort), None)
