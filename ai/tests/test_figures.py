"""How models and templates do, from every request to a model: explanations, summaries, described searches."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from ai.llm.fakes import Behaviour, FakeOllama
from ai.models import ModelCall
from ai.prompts import SUMMARY
from ai.prompts.describing import DESCRIBE
from ai.queries.figures import figures
from ai.services import describing
from ai.services.asking import ask
from ai.services.measuring import note_call
from ai.tasks import prune, summarise
from ai.tests.factories import make_model
from dexter.web.tokens import make_token
from issues.models import Issue

pytestmark = pytest.mark.django_db(transaction=True)


def saying(**value):
    return Behaviour(json.dumps(value), pause=0.03)


def test_a_model_that_failed_where_another_stood_in(event, user, ollama):
    with FakeOllama(Behaviour(status=500, body={"error": "out of memory"})) as broken:
        make_model(broken, name="fake-large", is_default=True)
        make_model(ollama)
        ask(event=event, user=user)
    rows = {row.model: row for row in figures()}
    assert (rows["fake-large"].errors, rows["fake-large"].answered) == (1, 0)
    assert (rows["fake-small"].errors, rows["fake-small"].answered) == (0, 1)
    assert rows["fake-small"].first_token > 0
    assert rows["fake-large"].first_token is None


def test_described_searches(model, user, ollama):
    ollama.behaviours = [saying(query="is:regressed", meaning="Regressions."), Behaviour("I cannot.")]
    describing.describe("regressions", user=user)
    describing.describe("other regressions", user=user)
    (row,) = figures()
    assert (row.model, row.template) == ("fake-small", DESCRIBE.version)
    assert (row.asked, row.answered, row.failed, row.errors) == (2, 1, 1, 1)
    assert row.grounded_share is None
    assert row.first_token > 0
    assert row.tokens_per_second > 0


def test_summaries_on_the_page_and_for_monitoring(event, model, user, ollama, client):
    Issue.objects.filter(pk=event.issue_id).update(first_seen=timezone.now(), events_cached=1)
    ollama.behaviours = [saying(summary="The connection pool is empty.")]
    assert summarise()
    (row,) = figures()
    assert (row.template, row.asked, row.answered, row.errors) == (SUMMARY.version, 1, 1, 0)
    client.force_login(user)
    page = client.get("/ai/metrics/").content.decode()
    assert SUMMARY.version in page
    assert "Nobody has asked" not in page
    token = make_token(user, name="prometheus")[1]
    text = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).content.decode()
    labels = f'{{model="fake-small",template="{SUMMARY.version}"}}'
    assert f"dexter_ai_answered{labels} 1\n" in text
    assert f"dexter_ai_errors{labels} 0\n" in text
    assert f"dexter_ai_tokens_per_second{labels} " in text


def test_old_requests_are_forgotten(model, settings):
    for days in (1, settings.KEEP_EXPLANATIONS_DAYS + 1):
        note_call("summary", model, "summary/1")
        ModelCall.objects.filter(pk=ModelCall.objects.latest("pk").pk).update(
            created_at=timezone.now() - timedelta(days=days)
        )
    assert [row.asked for row in figures(days=7)] == [1]
    assert [row.asked for row in figures(days=None)] == [2]
    assert prune() == 1
    assert [row.asked for row in figures(days=None)] == [1]
