"""TOKEN_KEYS no longer holds the key of the stored secrets: all say so, nothing fails, it can be mended."""

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse

from dexter.secrets import Undecryptable
from issues.models import Connection, SyncRun
from issues.sync.errors import SentryError
from issues.sync.run import sync
from issues.tests.factories import make_connection, make_issue, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(settings):
    """A connection under a key that is gone, and that key."""
    key = settings.TOKEN_KEYS[0]
    connection = make_connection(token="old-token", webhook_secret="old-secret")
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    return Connection.objects.get(pk=connection.pk), key


def form_of(connection: Connection, **more: str) -> dict[str, object]:
    names = ("name", "slug", "base_url", "web_url", "organization", "flavour", "max_rate", "window_days")
    return {name: getattr(connection, name) for name in names} | {"app_uuid": "", "enabled": "on"} | more


def test_the_secret_alone_cannot_be_had(lost):
    connection, _ = lost
    with pytest.raises(Undecryptable):
        connection.token  # noqa: B018 - looking at it is the test
    assert connection.name
    assert make_issue(project=make_project(connection=connection)).connection.name == connection.name


def test_saving_keeps_what_cannot_be_read(lost, settings):
    connection, key = lost
    connection.name = "Renamed"
    connection.save()
    settings.TOKEN_KEYS = [key]
    again = Connection.objects.get()
    assert (again.name, again.token, again.webhook_secret) == ("Renamed", "old-token", "old-secret")


def test_a_sync_says_what_to_do_and_changes_wait(lost):
    connection, _ = lost
    with pytest.raises(SentryError, match="TOKEN_KEYS"):
        sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    connection.refresh_from_db(fields=["state", "error"])
    assert connection.state == Connection.State.REFUSED
    assert "Put the old key back into TOKEN_KEYS" in connection.error


def test_the_admin_takes_a_new_token(lost, admin_client):
    connection, _ = lost
    page = reverse("admin:issues_connection_change", args=[connection.pk])
    for address in (reverse("admin:issues_connection_changelist"), page, page.replace("change", "delete")):
        assert admin_client.get(address).status_code == 200
    checked = {"action": "check_now", "_selected_action": [connection.pk]}
    answer = admin_client.post(reverse("admin:issues_connection_changelist"), checked, follow=True)
    assert "TOKEN_KEYS no longer holds its key" in answer.content.decode()
    answer = admin_client.post(page, form_of(connection, new_token="new-token", new_webhook_secret="n"))
    assert answer.status_code == 302
    assert (Connection.objects.get().token, Connection.objects.get().webhook_secret) == ("new-token", "n")


def test_a_webhook_is_refused(lost, client):
    connection, _ = lost
    address = reverse("issues:webhook", args=[connection.slug])
    assert client.post(address, b"{}", content_type="application/json").status_code == 401


def test_a_token_does_not_follow_to_another_server(admin_client):
    connection = make_connection(token="old-token", base_url="https://sentry.example.com/api/0/")
    page = reverse("admin:issues_connection_change", args=[connection.pk])
    moved = form_of(connection, base_url="https://elsewhere.example.net/api/0/")
    assert "The server changed: enter its token." in admin_client.post(page, moved).content.decode()
    assert Connection.objects.get().base_url == connection.base_url
    moved["new_token"] = "another-token"
    assert admin_client.post(page, moved).status_code == 302
    assert Connection.objects.get().token == "another-token"
