"""The JSON of explanations and models, the command, and the figures for monitoring."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ai.generate.health import check_provider
from ai.llm.fakes import Behaviour
from ai.models import Explanation
from ai.services import asking
from ai.tests.factories import make_explanation, make_model
from dexter.web.tokens import make_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(client, user):
    token = make_token(user, name="tests", can_write=True)[1]
    headers = {"Authorization": f"Bearer {token}"}

    def call(path, body=None):
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    return call


@pytest.mark.parametrize("by", ["event_id", "pk"])
def test_an_event_is_explained(api, event, model, by):
    answer = api(f"events/{getattr(event, by)}/explanations/", {"question": "Why?"})
    assert answer.status_code == 202
    found = api(f"explanations/{answer.json()['id']}/").json()
    assert (found["state"], found["question"], found["model"]) == ("done", "Why?", "fake-small")
    assert found["text"] == "It waits for a connection.\n\nThe pool is empty."
    assert found["event"] == event.event_id
    assert found["sent"]["messages"][0]["role"] == "system"
    assert found["timings"]["first_token"] >= 0
    assert found["timings"]["answer_tokens"] == 9
    assert found["asked_by"] == "priya"


def test_what_was_asked_is_masked(api, event, model):
    found = api(f"events/{event.pk}/explanations/", {"question": "Is it jane@example.org?"}).json()
    assert found["question"] == "Is it [email]?"
    assert "jane@example.org" not in api(f"explanations/{found['id']}/").content.decode()


def test_a_chosen_model_and_an_unknown_one(api, event, model, ollama):
    make_model(provider=model.provider, name="fake-large")
    assert api(f"events/{event.pk}/explanations/", {"model": "fake-large"}).json()["model"] == "fake-large"
    answer = api(f"events/{event.pk}/explanations/", {"model": "gpt-9"})
    assert answer.status_code == 400
    assert "gpt-9" in answer.json()["error"]["message"]
    assert len(ollama.chats) == 1


def test_why_nothing_was_asked(api, event, settings, ollama):
    answer = api(f"events/{event.pk}/explanations/", {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    settings.AI_DAILY_LIMIT = 1
    make_model(ollama)
    api(f"events/{event.pk}/explanations/", {})
    assert api(f"events/{event.pk}/explanations/", {"question": "More?"}).status_code == 429
    assert api("events/999999/explanations/", {}).status_code == 404


def test_a_token_that_may_only_read_asks_nothing(client, event, model, user):
    headers = {"Authorization": f"Bearer {make_token(user, name='reader')[1]}"}
    path = f"/api/v1/events/{event.pk}/explanations/"
    assert client.post(path, "{}", content_type="application/json", headers=headers).status_code == 403
    assert client.get("/api/v1/ai/models/", headers=headers).status_code == 200
    assert client.get("/api/v1/ai/models/").status_code == 401


def test_cancelling(api, event, model, monkeypatch):
    monkeypatch.setattr("dexter.jobs.runner.send", lambda job, **_: None)
    asked = api(f"events/{event.pk}/explanations/", {}).json()
    assert (asked["state"], asked["place"]) == ("queued", 1)
    assert api(f"explanations/{asked['id']}/cancel/", {}).json()["state"] == "cancelled"


def test_feedback(api, event, model):
    pk = api(f"events/{event.pk}/explanations/", {}).json()["id"]
    found = api(f"explanations/{pk}/feedback/", {"helpful": False, "reason": "vague"}).json()
    assert found["feedback"] == [{"by": "priya", "helpful": False, "reason": "vague"}]
    assert api(f"explanations/{pk}/feedback/", {"helpful": "perhaps"}).status_code == 400


def test_the_models_and_their_health(api, model, ollama):
    make_model(provider=model.provider, name="not-installed")
    (first, second) = api("ai/models/").json()["results"]
    assert (first["health"], first["installed"]) == ("unknown", None)
    check_provider(model.provider)
    (first, second) = api("ai/models/").json()["results"]
    assert (first["name"], first["health"], first["installed"], first["default"]) == (
        "fake-small",
        "ok",
        True,
        True,
    )
    assert (second["name"], second["installed"]) == ("not-installed", False)


def test_what_an_answer_cites(api, event):
    row = make_explanation(
        issue=event.issue, event_ref=event.event_id, invented=["[F9]"], is_grounded=True,
        citations=[{"marker": "[F1]", "label": "cart.py:12", "tab": "stack", "anchor": "frame-1"}],
    )  # fmt: skip
    found = api(f"explanations/{row.pk}/").json()
    (citation,) = found["citations"]
    assert citation["place"].endswith("?tab=stack#frame-1")
    assert (citation["marker"], citation["label"]) == ("[F1]", "cart.py:12")
    assert (found["invented"], found["grounded"]) == (["[F9]"], True)


def command(*arguments):
    out, err = StringIO(), StringIO()
    call_command("explain_event", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_prints_the_answer(event, model, ollama):
    out, err = command(event.event_id)
    assert out.strip() == "It waits for a connection.\n\nThe pool is empty."
    assert "fake-small: 0 citations" in err
    row = Explanation.objects.select_related("job").get()
    assert (row.state, row.job.state, row.asked_by) == ("done", "done", None)
    out, err = command(str(event.pk))
    assert "from the cache" in err
    assert len(ollama.chats) == 1


def test_the_command_says_what_is_wrong(event, model, ollama):
    with pytest.raises(CommandError, match="not in the cache"):
        command("f" * 32)
    with pytest.raises(CommandError, match="There are: fake-small"):
        command(event.event_id, "--model", "gpt-9")
    ollama.behaviours = [Behaviour(status=500, body={"error": "out of memory"})]
    with pytest.raises(CommandError, match="out of memory"):
        command(event.event_id, "--question", "why?")


def test_the_command_without_a_model(event):
    out, err = command(event.event_id)
    assert "No language model is connected" in err
    assert out.strip()


def test_figures_for_monitoring(client, api, event, model, user):
    row = asking.ask(event=event, user=user)
    asking.give_feedback(row, user=user, is_helpful=True)
    assert client.get("/metrics").status_code == 401
    token = make_token(user, name="prometheus")[1]
    text = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).content.decode()
    labels = f'{{model="fake-small",template="{Explanation.objects.get().template_version}"}}'
    assert f"dexter_ai_asked{labels} 1\n" in text
    assert f"dexter_ai_helpful{labels} 1\n" in text
    assert 'dexter_ai_jobs{state="queued"} 0\n' in text
    assert text.count("# TYPE dexter_ai_asked gauge") == 1
