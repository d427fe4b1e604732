"""Servers and models: from the environment, in the admin, and whether they answer."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection

from ai.generate.health import check_provider, try_model
from ai.llm.fakes import Behaviour, FakeOllama, FakeOpenAI
from ai.models import LanguageModel, Provider
from ai.queries.models import chain_from
from ai.services.providers import OutboundRefused, client_of, take_over_environment
from ai.tests.factories import make_model, make_provider
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    cache.clear()
    user = make_user("boss", is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


@pytest.fixture
def environment(settings):
    settings.OLLAMA_BASE_URL, settings.OLLAMA_MODEL = "http://10.9.8.7:11434/", "qwen3:8b"


def test_the_environment_makes_the_first_model(environment):
    model = take_over_environment()
    assert (model.name, model.is_default) == ("qwen3:8b", True)
    assert (model.provider.base_url, model.provider.kind) == ("http://10.9.8.7:11434", "ollama")


def test_what_an_administrator_changed_stays(environment):
    model = take_over_environment()
    LanguageModel.objects.update(context_size=32000, is_default=False)
    Provider.objects.update(name="Ours")
    assert take_over_environment() == model
    model.refresh_from_db()
    assert (model.context_size, model.is_default, model.provider.name) == (32000, False, "Ours")


def test_without_the_variables_the_server_is_switched_off(environment, settings):
    take_over_environment()
    settings.OLLAMA_BASE_URL = ""
    take_over_environment()
    assert Provider.objects.get().enabled is False
    assert chain_from(None) == []


def test_the_host_of_the_environment_may_be_local_and_others_may_not(environment, settings):
    settings.OUTBOUND_ALLOW = []
    assert client_of(take_over_environment().provider)
    for url in ("http://10.9.8.7:22", "http://127.0.0.1:11434", "http://169.254.169.254/latest/"):
        with pytest.raises(OutboundRefused):
            client_of(make_provider(base_url=url))


def test_the_key_is_encrypted_in_the_database():
    provider = make_provider(api_key="sk-very-secret")
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM ai_provider")
        stored = bytes(cursor.fetchone()[0])
    assert b"very-secret" not in stored
    provider.refresh_from_db()
    assert provider.api_key == "sk-very-secret"


def test_there_is_one_default():
    make_model(is_default=True)
    with pytest.raises(IntegrityError):
        make_model(is_default=True)


def test_the_order_in_which_models_are_asked():
    provider = make_provider()
    last = make_model(provider=provider, name="last", position=9)
    second = make_model(provider=provider, name="second", position=2)
    make_model(provider=provider, name="never", is_fallback=False)
    make_model(provider=provider, name="off", enabled=False)
    make_model(provider=make_provider(enabled=False), name="unplugged")
    default = make_model(provider=provider, name="default", is_default=True, position=50)
    assert chain_from(None) == [default, second, last]
    assert chain_from(last.pk) == [last, default, second]
    assert chain_from(LanguageModel.objects.get(name="never").pk)[0].name == "never"


@pytest.mark.parametrize("kind", [FakeOllama, FakeOpenAI])
def test_what_is_installed(kind):
    with kind(models=["a", "b"]) as server:
        provider = check_provider(make_provider(server, error="old"))
    assert [model["name"] for model in provider.installed] == ["a", "b"]
    assert provider.is_well is True
    assert check_provider(provider).is_well is False  # the server is gone
    assert "Nothing answers" in provider.error
    assert [model["name"] for model in provider.installed] == ["a", "b"]  # what was last seen


def test_a_server_at_a_forbidden_address_says_so():
    provider = check_provider(make_provider(base_url="http://169.254.169.254"))
    assert "not on the public internet" in provider.error
    assert "OUTBOUND_ALLOW" in provider.advice


def test_a_try():
    with FakeOllama(Behaviour("ready")) as server:
        found = try_model(make_model(server))
    assert found["ok"]
    assert found["text"] == "ready"
    assert found["first_token"] <= found["seconds"]
    assert LanguageModel.objects.get().tested == found


@pytest.mark.parametrize(
    ("behaviour", "words"), [(Behaviour(""), "nothing"), (Behaviour("x", cut_after=0), "broke off")]
)
def test_a_try_that_fails_says_why(behaviour, words):
    with FakeOllama(behaviour) as server:
        found = try_model(make_model(server))
    assert not found["ok"]
    assert words in found["what"]
    assert found["todo"]


@pytest.mark.django_db(transaction=True)
def test_the_page_of_the_models(staff, django_assert_max_num_queries):
    with FakeOllama(Behaviour("ready")) as server:
        model = make_model(server, is_default=True)
        check_provider(model.provider)
        assert staff.post(f"/ai/models/{model.pk}/try/").status_code == 302
        make_model(provider=make_provider(enabled=False))
        with django_assert_max_num_queries(12):
            page = staff.get("/ai/models/").content.decode()
    assert "Answers" in page
    assert "2 models installed" in page
    assert "Switched off" in page
    assert "tokens/s" in page
    fragment = staff.get("/ai/models/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith('<section class="card" id="models"')
    assert 'hx-get="/ai/models/"' in staff.get("/settings/").content.decode()


def test_asking_the_servers_from_the_page(staff):
    with FakeOllama() as server:
        provider = make_provider(server)
        assert staff.post("/ai/models/check/", headers={"HX-Request": "true"}).status_code == 200
    provider.refresh_from_db()
    assert provider.is_well


def test_without_models_the_page_says_what_to_do(staff):
    page = staff.get("/ai/models/").content.decode()
    assert "No language model is connected" in page
    assert "OLLAMA_BASE_URL" in page


FORM = {
    "name": "vLLM",
    "kind": "openai",
    "base_url": "http://127.0.0.1:8000/v1",
    "enabled": "on",
    "position": "5",
    "language_models-TOTAL_FORMS": "0",
    "language_models-INITIAL_FORMS": "0",
}


def test_the_admin_never_shows_a_key_and_keeps_it_when_the_field_is_empty(staff):
    staff.post("/admin/ai/provider/add/", {**FORM, "new_api_key": "sk-123456"})
    provider = Provider.objects.get()
    assert provider.api_key == "sk-123456"
    page = staff.get(f"/admin/ai/provider/{provider.pk}/change/").content.decode()
    assert "sk-123456" not in page
    staff.post(f"/admin/ai/provider/{provider.pk}/change/", {**FORM, "position": "6"})
    provider.refresh_from_db()
    assert (provider.api_key, provider.position) == ("sk-123456", 6)


def test_a_key_does_not_follow_a_changed_address(staff):
    staff.post("/admin/ai/provider/add/", {**FORM, "new_api_key": "sk-123456"})
    provider = Provider.objects.get()
    url = f"/admin/ai/provider/{provider.pk}/change/"
    moved = {**FORM, "base_url": "http://127.0.0.1:9999/v1"}
    assert "The address changed" in staff.post(url, moved).content.decode()
    assert staff.post(url, {**moved, "forget_api_key": "on"}).status_code == 302
    provider.refresh_from_db()
    assert (provider.base_url, provider.api_key) == ("http://127.0.0.1:9999/v1", "")


@pytest.mark.parametrize("url", ["http://169.254.169.254/v1", "http://10.0.0.7:11434", "ftp://example.org"])
def test_the_admin_refuses_an_address_that_must_not_be_asked(staff, url):
    page = staff.post("/admin/ai/provider/add/", {**FORM, "base_url": url}).content.decode()
    assert "errorlist" in page
    assert not Provider.objects.exists()


def test_a_new_default_takes_the_place_of_the_old_one(staff):
    old, new = make_model(is_default=True), make_model()
    staff.post(
        "/admin/ai/languagemodel/", {"action": "make_default", "_selected_action": [new.pk]}, follow=True
    )
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_default, new.is_default) == (False, True)
