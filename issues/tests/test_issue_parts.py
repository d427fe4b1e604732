"""What the page of an issue is made of: its place in a list, distributions of tags, activity in words."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from issues.models import Activity, Issue, IssueTag
from issues.payload.frames import read_frames
from issues.payload.values import Value
from issues.queries.activity import entry_of
from issues.queries.counts import Total
from issues.queries.found import Search
from issues.queries.issue import Walk, issue_for_page, walk
from issues.queries.stream import stream_of
from issues.queries.tags import distribution, has_totals, opened
from issues.templatetags.event import chip, duration, seconds, size, source, user_kind
from issues.tests.factories import NOW, make_issue, make_project, make_user
from issues.tests.issue_page import make_shown_issue

pytestmark = pytest.mark.django_db


def three(project=None) -> list[Issue]:
    """Three unresolved issues, the first seen last."""
    project = project or make_project()
    return [make_issue(project=project, last_seen=NOW - timedelta(hours=n)) for n in range(3)]


def test_the_place_in_a_list_with_its_neighbours():
    first, second, third = three()
    search = Search("is:unresolved", None)
    assert walk(first, search, "last_seen") == Walk(1, Total(3), None, second.pk)
    assert walk(second, search, "last_seen") == Walk(2, Total(3), first.pk, third.pk)
    assert walk(third, search, "last_seen:asc") == Walk(1, Total(3), None, second.pk)


def test_an_issue_that_left_the_list_still_leads_to_its_neighbours():
    first, second, third = three()
    Issue.objects.filter(pk=second.pk).update(status="resolved")
    found = walk(second, Search("is:unresolved", None), "last_seen")
    assert found == Walk(None, Total(2), first.pk, third.pk, matches=False)


def test_beyond_what_is_counted_the_place_is_not_told(django_assert_num_queries):
    issues = three()
    with django_assert_num_queries(2):
        found = walk(issues[2], Search("is:unresolved", None), "last_seen", counted=1)
    assert (found.position, found.previous, found.next, found.matches) == (None, issues[1].pk, None, True)


def test_the_page_leads_through_the_list_it_was_opened_from(client):
    cache.clear()
    client.force_login(make_user("ada"))
    first, second, third = three()
    html = client.get(
        f"/issues/{second.pk}/?query=is:unresolved&sort=last_seen&project={first.project.slug}"
    ).content.decode()
    assert "2 of 3" in html
    for issue in (first, third):
        assert f'href="/issues/{issue.pk}/?query=is%3Aunresolved&amp;sort=last_seen' in html
    assert 'href="/?query=is%3Aunresolved&amp;sort=last_seen' in html
    assert "2 of 3" not in client.get(f"/issues/{second.pk}/").content.decode()


@pytest.mark.parametrize("query", ["users:>many", "(("])
def test_a_list_that_cannot_be_read_any_more_has_no_place(client, query):
    client.force_login(make_user("ada"))
    issue, _ = make_shown_issue()
    response = client.get(f"/issues/{issue.pk}/", {"query": query})
    assert response.status_code == 200
    assert " of " not in response.content.decode().split('id="walk"')[1].split("</nav>")[0]


def test_rows_of_the_list_carry_it_along(client):
    cache.clear()
    client.force_login(make_user("ada"))
    issue = three()[0]
    html = client.get("/?query=is:unresolved&sort=score&size=50").content.decode()
    assert f'href="/issues/{issue.pk}/?query=is%3Aunresolved&amp;sort=score"' in html


def test_the_row_of_a_page_brings_its_counts():
    issue = make_issue()
    Activity.objects.create(issue=issue, sentry_id="1", type="assigned", date=NOW)
    Activity.objects.create(issue=issue, sentry_id="2", type="set_regression", date=NOW)
    found = issue_for_page(issue.pk)
    assert found
    assert (found.activity_count, found.regressed_at) == (2, NOW)
    assert issue_for_page(999_999) is None


def test_cached_and_total_counts_stand_side_by_side(django_assert_num_queries):
    issue = make_issue(count=200)
    for value, count, total in (("a", 3, 150), ("b", 1, 30), ("c", 0, 20)):
        IssueTag.objects.create(issue=issue, key="release", value=value, count=count, total=total)
    IssueTag.objects.create(issue=issue, key="region", value="eu", count=4)
    with django_assert_num_queries(1):
        release, region = distribution(issue)
    assert [(v.value, v.cached_share, v.total_share, v.share) for v in release.values] == [
        ("a", 75, 75, 75), ("b", 25, 15, 15), ("c", 0, 10, 10),
    ]  # fmt: skip
    assert [(v.value, v.cached_share, v.total_share, v.share) for v in region.values] == [
        ("eu", 100, None, 100)
    ]
    assert has_totals([release])
    assert not has_totals([region])


def test_only_the_most_frequent_values_are_listed():
    issue = make_issue()
    for number in range(9):
        IssueTag.objects.create(issue=issue, key="url", value=f"/{number}", count=number + 1)
    (found,) = distribution(issue)
    assert [value.value for value in found.values] == ["/8", "/7", "/6", "/5", "/4"]
    assert found.others == 4
    assert [value.value for value in opened(issue, found).values] == [f"/{n}" for n in range(8, -1, -1)]
    assert (opened(issue, found).opened, opened(issue, found).others) == (True, 0)


def test_more_values_lead_to_all_that_are_known(client):
    client.force_login(make_user("ada"))
    issue, event = make_shown_issue()
    for number in range(9):
        IssueTag.objects.create(issue=issue, key="ada@example.com", value=f"v{number}", count=number + 1)
    html = client.get(f"/issues/{issue.pk}/?tab=tags").content.decode()
    address, words = re.search(r'href="([^"]*)#values-1"[^>]*>(.*?)<', html).groups()
    assert (words, "ada%40" in html) == ("4 more values", False)
    assert "v0" not in html
    html = client.get(address.replace("&amp;", "&")).content.decode()
    assert "v0" in html
    assert "All 9 values known here" in html


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("set_resolved_in_release", {"version": "1.2"}, "resolved it in 1.2"),
        ("set_resolved_in_release", {}, "resolved it in the next release"),
        ("set_resolved_in_commit", {"commit": {"id": "0123456789abcdef"}}, "resolved it in commit 01234567"),
        (
            "set_resolved_in_pull_request",
            {"pullRequest": {"title": "Fix"}},
            "resolved it in the pull request “Fix”",
        ),
        (
            "set_regression",
            {"version": "2", "resolved_in_version": "1"},
            "came back in 2, resolved in 1 before",
        ),
        ("set_regression", {}, "came back after it was resolved"),
        ("set_ignored", {"ignoreUntilEscalating": True}, "archived it until it escalates"),
        ("set_ignored", {"ignoreCount": 5}, "archived it until it happens 5 more times"),
        ("assigned", {"assigneeType": "team"}, "assigned it to a team"),
        ("set_priority", {"priority": "high"}, "set the priority to high"),
        ("merge", {"issues": [1, 2]}, "merged 2 issues into it"),
        ("brand_new_kind", {}, "brand new kind"),
        ("set_resolved", [1], "resolved it"),
    ],
)
def test_activity_in_words(kind, data, said):
    issue = make_issue()
    Activity.objects.create(issue=issue, sentry_id="1", type=kind, data=data, date=NOW)
    assert entry_of(Activity.objects.get()).act == said


def test_activity_comes_oldest_first():
    issue = make_issue()
    for number in (2, 1, 3):
        Activity.objects.create(
            issue=issue,
            sentry_id=str(number),
            type="note",
            data={"text": str(number)},
            date=NOW + timedelta(hours=number),
        )
    found = stream_of(issue, make_user("ada"))
    assert [item.act for item in found.items] == ["wrote: 1", "wrote: 2", "wrote: 3"]


@pytest.mark.parametrize(
    ("filter_", "given", "shown"),
    [
        (seconds, -33.21, "-33.2 s"), (seconds, -0.04, "0 s"), (seconds, None, ""),
        (seconds, -4000.0, "-4,000 s"),
        (duration, 3.2, "3 ms"), (duration, 2410.0, "2.41 s"), (duration, None, ""),
        (size, 512, "512 bytes"), (size, 3700, "3.7 kB"), (size, 5_200_000, "5.2 MB"), (size, None, ""),
        (user_kind, "id:42", "user id"), (user_kind, "ip:1.2.3.4", "IP address"),
        (user_kind, "email:a@b.c", "email"),
    ],
)  # fmt: skip
def test_how_figures_are_written(filter_, given, shown):
    assert filter_(given) == shown


def test_a_chip_escapes_its_place():
    html = chip('x"><script>#0', "email", "/reveal/")
    assert "<script>" not in html
    assert 'name="place"' in html
    assert "<button" not in chip("x#0", "email", "")


def test_source_keeps_its_lines_when_a_key_reaches_over_some():
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
    lines = [*f"key = '''{key}'''".split("\n"), "use(key)"]
    given = {"filename": "a.py", "lineNo": 4, "context": [[n, t] for n, t in enumerate(lines, 1)]}
    (frame,) = read_frames({"frames": [given]})
    html = source({"reveal_url": "/reveal/"}, frame, Value("s", "\n".join(lines)), "python")
    assert html.count("<tr") == 4
    assert "MIIE" not in html
    assert '<tr class="hit"><td>4</td><td>use(key)</td></tr>' in html


def test_a_mark_in_the_source_itself_is_no_chip():
    (frame,) = read_frames({"frames": [{"filename": "a.py", "lineNo": 1, "context": [[1, "x = '\ue000'"]]}]})
    html = source({"reveal_url": ""}, frame, Value("s", "x = '\ue000'"), "python")
    assert "\ufffd" in html
    assert "mask" not in html
