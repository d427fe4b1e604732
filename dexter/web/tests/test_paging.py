"""Keyset paging over a real table, with ties, both directions, rows that come and go."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from dexter.web.paging import BadCursor, Cursor, Order, decode, encode, keyset_page, page_size

pytestmark = pytest.mark.django_db
NEWEST = Order("joined", "date_joined")
OLDEST = Order("oldest", "date_joined", descending=False)
START = datetime(2026, 11, 1, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def seven() -> list[User]:
    """Two people a day share a moment, so that the order needs the id."""
    return [
        User.objects.create(username=f"user{n}", date_joined=START + timedelta(days=n // 2)) for n in range(7)
    ]


def names(page) -> list[str]:
    return [user.username[-1] for user in page.rows]


def walk(order: Order, size: int) -> list[str]:
    cursor, seen = None, []
    while True:
        page = keyset_page(User.objects.all(), order, size=size, cursor=cursor)
        seen += names(page)
        if page.next is None:
            return seen
        cursor = page.next


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize(("order", "expected"), [(NEWEST, "6543210"), (OLDEST, "0123456")])
def test_pages_add_up_to_the_whole_list(seven, size: int, order: Order, expected: str) -> None:
    assert "".join(walk(order, size)) == expected


@pytest.mark.parametrize("order", [NEWEST, OLDEST])
def test_previous_leads_back_over_the_same_pages(seven, order: Order) -> None:
    first = keyset_page(User.objects.all(), order, size=3)
    second = keyset_page(User.objects.all(), order, size=3, cursor=first.next)
    third = keyset_page(User.objects.all(), order, size=3, cursor=second.next)
    assert third.next is None
    back = keyset_page(User.objects.all(), order, size=3, cursor=third.previous)
    assert names(back) == names(second)
    assert back.next
    start = keyset_page(User.objects.all(), order, size=3, cursor=back.previous)
    assert names(start) == names(first)
    assert start.previous is None


def test_a_new_row_before_does_not_shift_the_next_page(seven) -> None:
    first = keyset_page(User.objects.all(), NEWEST, size=3)
    User.objects.create(username="late9", date_joined=START + timedelta(days=9))
    assert names(keyset_page(User.objects.all(), NEWEST, size=3, cursor=first.next)) == list("321")


def test_a_deleted_row_does_not_break_its_cursor(seven) -> None:
    first = keyset_page(User.objects.all(), NEWEST, size=3)
    User.objects.filter(username="user4").delete()
    assert names(keyset_page(User.objects.all(), NEWEST, size=3, cursor=first.next)) == list("321")


def test_one_query_a_page(seven, django_assert_num_queries) -> None:
    first = keyset_page(User.objects.all(), NEWEST, size=3)
    with django_assert_num_queries(1):
        keyset_page(User.objects.all(), NEWEST, size=3, cursor=first.next)


def test_an_empty_list_has_no_neighbours() -> None:
    page = keyset_page(User.objects.all(), NEWEST, size=3)
    assert (page.next, page.previous) == (None, None)


def test_cursor_round_trip() -> None:
    cursor = Cursor("joined", "2026-11-01T12:00:00.250000+00:00", 7, True)
    assert decode(encode(cursor), "joined") == cursor


@pytest.mark.parametrize(
    "text",
    # The signature differs from run to run, and xdist wants the same ids everywhere.
    [pytest.param(encode(Cursor("joined", 1, 1))[:-2] + "zz", id="tampered"), "", "x", "abc:def:ghi"],
)
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor, match="first page"):
        decode(text, "joined")


def test_a_cursor_of_another_order_is_refused() -> None:
    with pytest.raises(BadCursor, match="another order"):
        decode(encode(Cursor("joined", 1, 1)), "users")


@pytest.mark.parametrize(("text", "size"), [("50", 50), ("100", 100), ("7", 25), (None, 25), ("x", 25)])
def test_page_size(text: str | None, size: int) -> None:
    assert page_size(text) == size
