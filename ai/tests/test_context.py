"""What the cache adds to a prompt: parts that can be left out and cited, without anybody's name."""

import pytest
from django.utils import timezone

from ai.llm.fakes import Behaviour
from ai.models import Explanation
from ai.queries.context import context_of
from ai.services.asking import ask
from ai.services.prompting import prepare
from ai.services.rendering import render_answer
from ai.tests.factories import make_explanation
from issues.models import Commit, Issue, IssueTag, Member, Release, ResolutionNote
from issues.payload.tests.events import api_event, entry, exception, frame
from issues.sync.events import renew_derived
from issues.tests.factories import make_event, make_issue
from issues.tests.issue_page import make_shown_issue

pytestmark = pytest.mark.django_db

CRUMBS = [
    {"timestamp": f"2026-11-20T10:00:0{n}Z", "category": "query", "message": f"SELECT a FROM b WHERE c={n}"}
    for n in range(8)
]  # fmt: skip


@pytest.fixture
def whole():
    """An event of whom every part knows something."""
    payload = api_event(
        entries=[
            entry("exception", {"values": [exception("Full", frame("reserve"), value="of Ada Lovelace")]}),
            entry("breadcrumbs", {"values": CRUMBS}),
        ],
        user={"name": "Ada Lovelace", "username": "countess", "email": "ada@example.com"},
        message="Ada Lovelace (countess) waits for Grace Hopper",
    )  # fmt: skip
    issue, event = make_shown_issue(payload, title="Full: no room", error_value="no room", culprit="reserve")
    renew_derived(issue)
    connection = issue.connection
    release = Release.objects.create(connection=connection, version="shop@1.2.3", created_at=timezone.now())
    Commit.objects.create(release=release, sha="abcdef1234567890", message="Reserve later, says Grace Hopper")
    ResolutionNote.objects.create(issue=issue, text="Grace Hopper made the room larger")
    before = make_issue(
        project=issue.project, title="Full: no room", error_type="Full", error_value="no room",
        culprit="reserve", status="resolved", short_id="SHOP-OLD",
    )  # fmt: skip
    renew_derived(before)
    ResolutionNote.objects.create(issue=before, text="Larger pool, by Grace Hopper")
    Issue.objects.filter(pk=issue.pk).update(events_cached=4)
    IssueTag.objects.filter(issue=issue).delete()
    for key, value, count in (
        ("environment", "production", 4),
        ("browser", "Firefox", 3),
        ("browser", "Chrome", 1),
    ):
        IssueTag.objects.create(issue=issue, key=key, value=value, count=count)
    Member.objects.create(
        connection=issue.connection, sentry_id="7", name="Grace Hopper", email="grace@navy.example"
    )
    event.issue.refresh_from_db()
    return event


def test_every_part_says_what_it_knows(whole):
    text = "\n".join(message.content for message in prepare(whole, budget=20_000).messages)
    assert "[N1] repeated (N+1), 8 times" in text
    assert "[C1] commit abcdef12: Reserve later" in text
    assert "made the room larger" in text
    assert "[S1] SHOP-OLD: Full: no room" in text
    assert "What fixed it: Larger pool" in text
    assert "in all of them environment is production" in text
    assert "they differ in browser: Firefox (75 %), Chrome (25 %)" in text


def test_nobody_is_named(whole):
    prepared = prepare(whole, question="Did Grace Hopper or countess do it?", budget=20_000)
    sent = str(prepared.as_json())
    assert [name for name in ("Lovelace", "Hopper", "countess", "ada@", "grace@") if name in sent] == []
    assert sent.count("<name-1>") > 1


@pytest.mark.parametrize("part", ["findings", "commits", "notes", "similar", "others"])
def test_a_part_can_be_left_out_with_its_markers(whole, part):
    all_of_it, less = prepare(whole, budget=20_000), prepare(whole, left_out=[part], budget=20_000)
    (letter,) = {"findings": "N", "commits": "C", "notes": "H", "similar": "S", "others": "O"}[part]
    assert f"[{letter}1]" in all_of_it.markers
    assert f"[{letter}1]" not in less.markers
    assert f"[{letter}1]" not in less.messages[1].content


@pytest.mark.django_db(transaction=True)
def test_citations_lead_to_their_places(whole, model, user, ollama):
    ollama.behaviours = [Behaviour("Repeated [N1], committed [C1], as before [S1], [O1], [H1], [D1].")]
    row = Explanation.objects.get(pk=ask(event=whole, user=user).pk)
    html = render_answer(row)
    old = Issue.objects.get(short_id="SHOP-OLD")
    assert f'href="/issues/{old.pk}/"' in html
    assert "#panel-queries" in html
    assert "?tab=tags#release" in html
    assert "?tab=tags#tags" in html
    assert row.invented == ["[D1]"]
    assert len(row.citations) == 5


def test_the_number_of_queries_does_not_grow(whole, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        context_of(whole)
    for number in range(5):
        other = make_issue(
            project=whole.issue.project, title="Full: no room", error_type="Full", culprit="reserve",
            status="resolved",
        )  # fmt: skip
        make_event(other, {"title": "Full"})
        renew_derived(other)
        ResolutionNote.objects.create(issue=other, text=f"way {number}")
    with django_assert_max_num_queries(20):
        context_of(whole)


def test_an_old_row_without_addresses_is_still_shown(whole):
    row = make_explanation(
        issue=whole.issue, event_ref=whole.event_id, text="See [F1].",
        sent={"markers": {"[F1]": {"kind": "frame", "label": "x", "tab": "stack", "anchor": "frame-1"}}},
    )  # fmt: skip
    assert "?tab=stack#frame-1" in render_answer(row)
