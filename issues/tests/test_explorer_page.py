"""The list page over HTTP: rows, filters, paging, selection, states, fragments."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dexter.jobs.models import Job
from dexter.web.models import Preference
from issues.models import SyncRun
from issues.tests.factories import make_connection, make_issue, make_project, make_release, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person():
    return make_user("priya")


@pytest.fixture
def signed_in(client: Client, person) -> Client:
    cache.clear()
    client.force_login(person)
    return client


def text(answer) -> str:
    """What a reader sees, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def ids(answer) -> list[str]:
    return re.findall(r'<tr role="row" id="issue-(\d+)"', answer.content.decode())


def test_a_row_shows_what_is_known(signed_in):
    project = make_project(slug="checkout", users_total=1000)
    make_issue(
        project=project, short_id="CHECKOUT-4F2", error_type="PoolTimeout", error_value="no connection",
        score=85, culprit="reserve in shop.py", count=4218, user_count=120, events_24h=200,
        events_before=50, substatus="regressed", is_unhandled=True,
    )  # fmt: skip
    page = text(signed_in.get("/"))
    for words in (
        "PoolTimeout no connection",
        "CHECKOUT-4F2",
        "checkout",
        "reserve in shop.py",
        "85",
        "4.2k",
    ):
        assert words in page
    for words in ("up 300 % on the day before", "120", "12 %", "Regressed", "Unhandled", "Nobody"):
        assert words in page


def test_without_a_user_total_there_is_a_reason_instead_of_a_share(signed_in):
    make_issue(project=make_project(users_total=None), user_count=7)
    page = signed_in.get("/").content.decode()
    assert "Sentry gives no user total for this project" in page
    assert "no total" in page


def test_personal_data_in_a_title_is_masked(signed_in):
    make_issue(error_type="LookupError", error_value="no account for jane.doe@example.org")
    page = signed_in.get("/").content.decode()
    assert "jane.doe" not in page
    assert "email" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_nine_queries_when_nothing_is_at_hand(
    signed_in, person, django_assert_num_queries, rows
):
    for _ in range(rows):
        make_issue(project=make_project(), stats={"hours": {}, "days": {}})
    signed_in.get("/settings/")  # the session is in the cache from here on
    cache.delete_many(["portal:freshness", "explorer:choices", f"portal:pins:{person.pk}"])
    # person with preferences, views, issues with their stats, choices, actions, labels, permissions;
    # connections with their outbox
    with django_assert_num_queries(9):
        signed_in.get("/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_next_page_view_takes_six(signed_in, django_assert_num_queries, rows):
    for _ in range(rows):
        make_issue(stats={"hours": {}, "days": {}})
    signed_in.get("/")
    with django_assert_num_queries(6):
        signed_in.get("/")


def test_paging_leads_through_all_and_back(signed_in):
    Preference.objects.create(user=make_user("other"))
    for number in range(60):
        make_issue(last_seen=timezone.now() - timedelta(minutes=number))
    first = signed_in.get("/?size=25")
    second = signed_in.get(_link(first, "]"))
    third = signed_in.get(_link(second, "]"))
    assert [len(ids(page)) for page in (first, second, third)] == [25, 25, 10]
    assert len({*ids(first), *ids(second), *ids(third)}) == 60
    assert ids(signed_in.get(_link(second, "["))) == ids(first)
    assert _link(first, "[") is None
    assert _link(third, "]") is None


def _link(answer, key: str) -> str | None:
    found = re.search(
        rf'<a class="btn sm" href="([^"]+)"[^>]*aria-keyshortcuts="{re.escape(key)}"', answer.content.decode()
    )
    return unescape(found[1]) if found else None


def test_a_broken_cursor_leads_to_the_first_page_and_says_so(signed_in):
    make_issue()
    answer = signed_in.get("/?cursor=made-up")
    assert ids(answer)
    assert "not one that Dexter made" in text(answer)


def test_the_search_form_joins_its_tokens_and_its_text(signed_in):
    wanted = make_issue(level="fatal", title="KeyError: price")
    make_issue(level="error", title="KeyError: price")
    answer = signed_in.get("/?term=level:fatal&q=price", headers=HTMX)
    assert ids(answer) == [str(wanted.pk)]
    assert "query=level%3Afatal+price" in answer["HX-Push-Url"]


def test_the_fragment_is_the_region_of_the_page(signed_in):
    make_issue()
    signed_in.get("/views/")
    page, part = signed_in.get("/?sort=events"), signed_in.get("/?sort=events", headers=HTMX)
    region = re.search(r'<section class="explorer".*?</section>', page.content.decode(), re.DOTALL)[0]
    again = re.search(r'<section class="explorer".*?</section>', part.content.decode(), re.DOTALL)[0]
    # Each answer masks the CSRF token anew.
    token = r'name="csrfmiddlewaretoken" value="[^"]+"'
    assert re.sub(token, "", again) == re.sub(token, "", region)
    assert 'id="scope" role="group"' in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_scope_limits_the_list(signed_in):
    shop, stock = make_project(slug="shop"), make_project(slug="stock")
    here, there = make_issue(project=shop, tags={"environment": "production"}), make_issue(project=stock)
    assert ids(signed_in.get("/?project=shop")) == [str(here.pk)]
    assert ids(signed_in.get("/?environment=production")) == [str(here.pk)]
    assert ids(signed_in.get(f"/?connection={stock.connection.slug}")) == [str(there.pk)]
    assert "Searched the newest" in text(signed_in.get("/?environment=production")) or "Searched all" in text(
        signed_in.get("/?environment=production")
    )


def test_period_limits_the_list(signed_in):
    new = make_issue(last_seen=timezone.now() - timedelta(hours=2))
    make_issue(last_seen=timezone.now() - timedelta(days=2))
    assert ids(signed_in.get("/?period=24h")) == [str(new.pk)]
    assert len(ids(signed_in.get("/?period=7d"))) == 2


@pytest.mark.parametrize(
    ("sort", "order"), [("events", "ab"), ("users", "ba"), ("priority", "ab"), ("trend", "ba")]
)
def test_sorts(signed_in, sort, order):
    a = make_issue(count=9, user_count=1, score=80, trend=10)
    b = make_issue(count=5, user_count=3, score=20, trend=90)
    assert ids(signed_in.get(f"/?sort={sort}")) == [str({"a": a, "b": b}[letter].pk) for letter in order]


def test_an_unreadable_search_is_shown_with_the_place(signed_in):
    make_issue()
    answer = signed_in.get("/", {"query": "is:unresolved users:>many"})
    assert answer.status_code == 422
    assert (
        "<mark>users:&gt;many</mark>" in answer.content.decode()
        or "<mark>many</mark>" in answer.content.decode()
    )
    assert not ids(answer)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("users:>many", "The search cannot be read"),
        ("(a", "The search cannot be read"),
        ("first-release:shop@1.0", "The search cannot be answered"),
        ("is:linked", "The search cannot be answered"),
    ],
)
def test_a_search_that_was_read_is_not_said_to_be_unreadable(signed_in, query, said):
    make_issue()
    assert said in text(signed_in.get("/", {"query": query}))


def test_an_unreadable_search_keeps_the_last_results_under_htmx(signed_in):
    make_issue()
    answer = signed_in.get("/", {"q": "is:unresolved users:>many"}, headers=HTMX)
    assert answer.status_code == 422
    assert (answer["HX-Retarget"], answer["HX-Reswap"], answer["HX-Push-Url"]) == (
        "#query",
        "outerHTML",
        "false",
    )
    assert "still shows your last search" in text(answer)
    assert "is:unresolved users:&gt;many" in answer.content.decode()
    assert not ids(answer)


def test_nothing_matches(signed_in):
    make_issue()
    page = signed_in.get("/", {"query": "is:unresolved level:fatal"})
    assert "No issue matches this search" in text(page)
    assert "Remove level:fatal" in text(page)


def test_a_search_by_first_release_says_of_how_many_issues_it_is_known(signed_in):
    connection = make_connection()
    project = make_project(connection=connection)
    make_issue(project=project, first_release=make_release(connection, "shop@1.0"))
    make_issue(project=project)
    said = "Dexter knows the first release of 1 of 2 issues, and finds the others as if they had none"
    assert said in text(signed_in.get("/", {"query": "first-release:shop@1.0"}))
    assert said in text(signed_in.get("/", {"query": "first-release:shop@2.0"}))
    assert said in text(signed_in.get("/", {"query": "!has:first-release"}))


def test_one_event_of_one_user_is_no_plural(signed_in):
    make_issue(count=1, user_count=1)
    page = text(signed_in.get("/"))
    assert "1 event 1 user" in " ".join(page.split())


def test_nothing_is_connected(signed_in):
    assert "No Sentry is connected yet" in text(signed_in.get("/"))


def test_the_first_sync_has_not_begun(signed_in):
    make_connection()
    assert "Waiting for the first sync" in text(signed_in.get("/"))


def test_the_first_sync_shows_its_progress(signed_in):
    job = Job.objects.create(
        kind="sync", key="1", state="running", message="Reading issues", done=40, total=80
    )
    SyncRun.objects.create(connection=make_connection(name="acme"), kind="full", job=job, issues_seen=1234)
    page = text(signed_in.get("/"))
    assert "Reading acme for the first time" in page
    assert "1,234 issues so far" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("unreachable", "No usable answer from Sentry since"),
        ("refused", "an administrator of Dexter can enter a new one"),
        ("limited", "Dexter waits as long as Sentry asks"),
        ("failed", "manage.py doctor"),
    ],
)
def test_a_connection_in_trouble_says_so_above_the_list(signed_in, state, words):
    now = timezone.now()
    make_connection(state=state, synced_at=now - timedelta(minutes=6), failed_since=now, retry_at=now)
    assert words in text(signed_in.get("/"))


def test_selection_as_lines(signed_in):
    a, b, c = (
        make_issue(short_id=f"SHOP-{n}", last_seen=timezone.now() - timedelta(hours=n)) for n in range(3)
    )
    url = f"/selection/?query=is:unresolved&issue={a.pk}&issue={c.pk}"
    assert signed_in.get(f"{url}&as=ids").content.decode() == "SHOP-0\nSHOP-2\n"
    links = signed_in.get(f"{url}&as=links").content.decode().split()
    assert links == [f"http://testserver/issues/{issue.pk}/" for issue in (a, c)]
    everything = signed_in.get("/selection/?query=is:unresolved&all=1&as=ids").content.decode()
    assert everything == "SHOP-0\nSHOP-1\nSHOP-2\n"


def test_split_view_is_a_choice(signed_in, person):
    assert 'id="peek"' in signed_in.get("/").content.decode()
    Preference.objects.create(user=person, split=False)
    assert 'id="peek"' not in signed_in.get("/").content.decode()


def test_default_order_is_the_person_s_choice(signed_in, person):
    Preference.objects.create(user=person, default_sort="users")
    assert "Sort: Users" in text(signed_in.get("/"))
