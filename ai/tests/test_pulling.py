"""Downloading a model onto an Ollama server: with progress, stopped, failed, by administrators alone."""

import threading

import pytest
from django.core.cache import cache
from django.db import connections

from ai.generate.health import check_provider
from ai.llm.fakes import FakeOllama
from ai.models import LanguageModel
from ai.services import pulling
from ai.services.pulling import NotPulled, pull
from ai.tests.factories import make_model, make_provider
from ai.tests.test_asking import wait_for
from dexter.jobs.models import Job
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(client):
    cache.clear()
    client.force_login(make_user("boss", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def provider(ollama):
    return make_provider(ollama)


@pytest.fixture
def no_worker(monkeypatch):
    monkeypatch.setattr("dexter.jobs.runner.send", lambda job, **_: None)


def test_a_download_is_offered_when_it_is_there(provider, ollama):
    job = Job.objects.get(pk=pull(provider, " new-model ").pk)
    provider.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert "new-model" in [item["name"] for item in provider.installed]
    model = LanguageModel.objects.get()
    assert (model.name, model.is_default, model.is_fallback) == ("new-model", True, False)


def test_another_default_stays(provider, ollama):
    make_model(provider=provider, is_default=True)
    pull(provider, "new-model")
    assert LanguageModel.objects.get(name="new-model").is_default is False


def test_it_goes_on_with_progress_and_can_be_stopped(provider, ollama, monkeypatch):
    monkeypatch.setattr(FakeOllama, "pull_pause", 0.6)
    worker = threading.Thread(target=lambda: (pull(provider, "new-model"), connections.close_all()))
    worker.start()
    wait_for(lambda: Job.objects.filter(state="running", done__gt=0).exists())
    job = Job.objects.get()
    assert (job.total, job.message) == (4661, "pulling fake")
    assert 0 < job.percent < 100
    pulling.stop(job.pk)
    worker.join(5)
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "new-model" not in ollama.models
    assert not LanguageModel.objects.exists()


def test_a_model_that_does_not_exist(provider):
    with pytest.raises(Exception, match="file does not exist"):
        pull(provider, "missing-model")
    job = Job.objects.get()
    assert job.state == "failed"
    assert "file does not exist" in job.error


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 300, "-rf", "a\nb"])
def test_names_that_are_none(provider, name):
    with pytest.raises(NotPulled):
        pull(provider, name)
    assert not Job.objects.exists()


def test_other_servers_download_nothing():
    with pytest.raises(NotPulled, match="Only Ollama"):
        pull(make_provider(kind="openai"), "new-model")


def test_the_same_one_is_under_way_once(provider, no_worker):
    assert pull(provider, "new-model") == pull(provider, "new-model")


def test_the_page_shows_and_stops_it(staff, provider, no_worker):
    check_provider(provider)
    page = staff.post(f"/ai/servers/{provider.pk}/pull/", {"name": "new-model"}, follow=True).content.decode()
    assert "Waiting to download" in page
    assert f'hx-get="/ai/servers/{provider.pk}/pulls/"' in page
    assert f'id="pulls-{provider.pk}"' in staff.get(f"/ai/servers/{provider.pk}/pulls/").content.decode()
    Job.objects.update(state="running", done=10, total=40, message="pulling fake")
    page = staff.get("/ai/models/").content.decode()
    assert "10 of 40 MB, 25 %" in page
    Job.objects.update(state="queued")
    job = Job.objects.get()
    page = staff.post(f"/ai/pulls/{job.pk}/stop/", follow=True).content.decode()
    assert "Stopped" in page
    answer = staff.get(f"/ai/servers/{provider.pk}/pulls/")
    assert answer["HX-Retarget"] == "#models"
    page = staff.post(f"/ai/servers/{provider.pk}/pull/", {"name": "a b"}, follow=True).content.decode()
    assert "This is no name of a model." in page


def test_what_is_in_memory_is_shown(staff, provider):
    check_provider(provider)
    page = staff.get("/ai/models/").content.decode()
    assert "In memory now: <code>fake-small</code> 4.7 GB of the graphics card, until" in page
    page = staff.post(
        f"/ai/servers/{provider.pk}/offer/", {"name": "fake-large"}, follow=True
    ).content.decode()
    assert LanguageModel.objects.get().name == "fake-large"
    assert 'value="fake-large"' not in page
    staff.post(f"/ai/servers/{provider.pk}/offer/", {"name": "not-there"})
    assert LanguageModel.objects.count() == 1


def test_only_administrators(browser_of, provider, no_worker):
    check_provider(provider)
    page = browser_of.get("/ai/models/").content.decode()
    assert "Download" not in page
    assert "Let people choose" not in page
    for address in ("servers/{}/pull/", "servers/{}/offer/"):
        answer = browser_of.post(f"/ai/{address.format(provider.pk)}", {"name": "fake-large"})
        assert answer.status_code == 404
    job = pull(provider, "new-model")
    assert browser_of.post(f"/ai/pulls/{job.pk}/stop/").status_code == 404
    assert Job.objects.get().state == "queued"
