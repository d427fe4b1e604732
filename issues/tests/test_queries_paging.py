"""Pages of the list: every row once, in both directions, under every sort, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from dexter.web.paging import BadCursor
from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.explorer import Search, explore, matching_ids
from issues.queries.sorts import SORTS, BadSort, order_of
from issues.tests.factories import NOW, make_issue, make_project, make_user

pytestmark = pytest.mark.django_db

EVERY_SORT = [*SORTS, *(f"{name}:asc" for name in SORTS)]


@pytest.fixture
def thirteen():
    """Issues of which many share each value that lists are sorted by."""
    project = make_project()
    return [
        make_issue(
            project=project, count=number % 3, user_count=number % 4, trend=number % 2, score=7,
            first_seen=NOW - timedelta(hours=number % 5), last_seen=NOW - timedelta(minutes=number % 2),
            events_24h=None, status="resolved" if number == 6 else "unresolved",
        ).pk
        for number in range(13)
    ]  # fmt: skip


def walk(text, sort, *, forwards=True, cursor=None, size=3):
    """Primary keys page by page, from a cursor on, and the cursor of the last page's far side."""
    pages, listing = [], explore(text, user=None, sort=sort, page_size=size, cursor=cursor)
    while True:
        pages.append([issue.pk for issue in listing.rows])
        onward = listing.next if forwards else listing.previous
        if onward is None:
            return pages, listing
        listing = explore(text, user=None, sort=sort, page_size=size, cursor=onward)


def in_order(sort):
    order = order_of(sort)
    sign = "-" if order.descending else ""
    return list(Issue.objects.order_by(f"{sign}{order.column}", f"{sign}pk").values_list("pk", flat=True))


@pytest.mark.parametrize("sort", EVERY_SORT)
def test_forwards_and_back_is_every_row_once(thirteen, sort):
    pages, last = walk("", sort)
    assert sum(pages, []) == in_order(sort)
    assert [len(page) for page in pages] == [3, 3, 3, 3, 1]
    back, first = walk("", sort, forwards=False, cursor=last.previous)
    assert back[::-1] == pages[:-1]
    assert first.previous is None


@pytest.mark.parametrize("sort", ["last_seen", "score", "events:asc"])
def test_rows_that_stay_are_seen_once_while_others_change(thirteen, sort):
    order = in_order(sort)
    first = explore("is:unresolved", user=None, sort=sort, page_size=4)
    seen = [issue.pk for issue in first.rows]
    Issue.objects.filter(pk=seen[-1]).update(status="resolved")  # the row that the cursor points at
    Issue.objects.filter(pk=seen[0]).delete()
    make_issue(last_seen=NOW + timedelta(days=1), count=99, score=99)
    pages, _ = walk("is:unresolved", sort, cursor=first.next, size=4)
    rest = [pk for page in pages for pk in page]
    kept = set(Issue.objects.filter(status="unresolved", pk__in=thirteen).values_list("pk", flat=True))
    assert [pk for pk in seen + rest if pk in kept] == [pk for pk in order if pk in kept]


def test_a_page_of_text_and_tags_goes_on_too(thirteen):
    pages, _ = walk("is:unresolved KeyError", "events")
    assert sum(pages, []) == [pk for pk in in_order("events") if pk != thirteen[6]]


def test_whoever_bends_a_cursor_is_refused(thirteen):
    cursor = explore("", user=None, page_size=3).next
    for sort, wrong in [("score", cursor), ("last_seen:asc", cursor), ("last_seen", "x" + cursor)]:
        with pytest.raises(BadCursor):
            explore("", user=None, sort=sort, cursor=wrong)


def test_a_sort_that_does_not_exist_is_refused():
    with pytest.raises(BadSort, match="last_seen, first_seen, events"):
        explore("", user=None, sort="title")


def test_other_names_of_sorts():
    assert order_of("user_count").name == "users"
    assert order_of("priority:asc").name == "score:asc"


def test_the_total_stops_at_a_thousand(thirteen):
    assert explore("", user=None, page_size=25).total_label == "13"
    assert explore("", user=None, page_size=5).total_label == "13"
    first = Issue.objects.get(pk=thirteen[0])
    columns = {f.attname: getattr(first, f.attname) for f in Issue._meta.fields if f.attname != "id"}
    Issue.objects.bulk_create(Issue(**columns | {"sentry_id": f"b{n}"}) for n in range(1000))
    cache.clear()
    assert explore("", user=None, page_size=5).total_label == "1,000+"
    assert len(list(matching_ids(Search("")))) == 1013
    assert len(list(matching_ids(Search(""), limit=7))) == 7


def test_later_pages_keep_the_total_that_was_counted(thirteen, django_assert_num_queries):
    cursor = explore("is:unresolved", user=None, page_size=5).next
    with django_assert_num_queries(1):  # rows with their counts over time
        assert explore("is:unresolved", user=None, page_size=5, cursor=cursor).total_label == "12"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("", 1),  # rows with their counts over time
        ("is:unresolved !environment:staging", 1),  # the reach is known by the menus
        ("assigned:me OR assigned:none", 2),  # who the person is
        ("project:shop", 2),  # projects
    ],
)
def test_literal_query_counts(rows, text, queries, django_assert_num_queries):
    project = make_project(slug="shop")
    user = make_user()
    for _ in range(rows):
        make_issue(project=project)
    choices()
    with django_assert_num_queries(queries):
        listing = explore(text, user=user)
        assert [(i.project.slug, i.connection.name, i.assignee, i.assignee_team) for i in listing.rows]
        assert not any(hasattr(issue, "stats") for issue in listing.rows)
    assert len(listing.rows) == rows


def test_a_full_page_takes_one_more_query_for_the_total(thirteen, django_assert_num_queries):
    cache.clear()
    with django_assert_num_queries(2):
        assert explore("", user=None, page_size=5).total_label == "13"
