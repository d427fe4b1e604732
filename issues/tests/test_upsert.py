"""Bulk upserts, on whichever database the suite runs."""

from datetime import UTC, datetime

import pytest

from issues.models import Activity, Environment, IssueStats, IssueTag, Release
from issues.sync.upsert import update_each, upsert
from issues.tests.factories import make_connection, make_issue

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 11, 20, 10, 30, 0, 123456, tzinfo=UTC)


def release(connection, version, **columns):
    return Release(connection=connection, version=version, created_at=WHEN, **columns)


def test_new_rows_are_inserted_with_keys_and_every_type():
    connection = make_connection()
    row = release(connection, "1.0", commit_count=3, released_at=None, url="Ä \x00 'quoted' \\u0041")
    row.url = row.url.replace("\x00", "")
    upsert(Release, [row], ["connection", "version"], ["commit_count"])
    stored = Release.objects.get()
    assert (stored.pk, stored.created_at, stored.commit_count) == (row.pk, WHEN, 3)
    assert (stored.released_at, stored.url) == (None, row.url)


def test_known_rows_change_only_in_the_named_columns():
    connection = make_connection()
    upsert(Release, [release(connection, "1.0", commit_count=1, url="a")], ["connection", "version"], [])
    again = release(connection, "1.0", commit_count=2, url="b")
    upsert(Release, [again, release(connection, "2.0")], ["connection", "version"], ["commit_count"])
    assert list(Release.objects.order_by("version").values_list("version", "commit_count", "url")) == [
        ("1.0", 2, "a"),
        ("2.0", 0, ""),
    ]
    assert again.pk == Release.objects.get(version="1.0").pk


def test_without_columns_a_known_row_stays():
    connection = make_connection()
    rows = [Environment(connection=connection, name="production") for _ in range(2)]
    upsert(Environment, rows[:1], ["connection", "name"], [])
    upsert(Environment, rows[1:], ["connection", "name"], [])
    assert rows[0].pk == rows[1].pk == Environment.objects.get().pk


def test_json_and_one_to_one():
    issue = make_issue()
    IssueStats.objects.filter(issue=issue).delete()
    for hours in ({"s": 3600, "d": 3600, "v": [1, None, -4]}, {}):
        upsert(IssueStats, [IssueStats(issue=issue, hours=hours)], ["issue"], ["hours"])
        assert IssueStats.objects.get().hours == hours


def test_nul_in_json_does_not_stop_the_rest():
    issue = make_issue()
    rows = [
        Activity(issue=issue, sentry_id=str(n), type="note", data={"text": "a\x00b"}, date=WHEN)
        for n in (1, 2)
    ]
    upsert(Activity, rows, ["issue", "sentry_id"], ["data"])
    assert Activity.objects.count() == 2


def test_many_batches():
    issue = make_issue()
    rows = [IssueTag(issue=issue, key="k", value=str(n), count=n) for n in range(2500)]
    upsert(IssueTag, rows, ["issue", "key", "value"], ["count"])
    assert {row.pk for row in rows} == set(IssueTag.objects.filter(key="k").values_list("pk", flat=True))


def test_nothing_to_do(django_assert_num_queries):
    with django_assert_num_queries(0):
        upsert(Release, [], ["connection", "version"], [])


def test_each_row_gets_its_own_values_of_every_type():
    connection = make_connection()
    rows = [release(connection, f"{number}.0", commit_count=number, url="x") for number in range(3)]
    upsert(Release, rows, ["connection", "version"], [])
    rows[0].commit_count, rows[0].url, rows[0].released_at = 10, "Ä 'quoted' %s", WHEN
    rows[1].commit_count, rows[1].url, rows[1].released_at = 11, "", None
    update_each(Release, rows[:2], ["commit_count", "url", "released_at"])
    assert list(Release.objects.order_by("version").values_list("commit_count", "url", "released_at")) == [
        (10, "Ä 'quoted' %s", WHEN),
        (11, "", None),
        (2, "x", None),
    ]


def test_json_and_booleans_are_kept_as_such():
    one, other = make_issue(), make_issue()
    one.status_details, one.is_unhandled = {"inNextRelease": True}, None
    other.status_details, other.is_unhandled = {}, True
    update_each(type(one), [one, other], ["status_details", "is_unhandled"])
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status_details, one.is_unhandled) == ({"inNextRelease": True}, None)
    assert (other.status_details, other.is_unhandled) == ({}, True)


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        update_each(Release, [], ["url"])
