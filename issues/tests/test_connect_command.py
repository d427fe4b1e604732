"""manage.py connect_sentry: whose token it takes, and what it says of it."""

import os
import sys

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from issues.models import Connection
from issues.tests.factories import make_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def typed(monkeypatch):
    """Puts text on standard input, as a pipe does; None: a pipe that nobody writes to or closes."""
    opened, streams = [], []

    def put(text):
        reading, writing = os.pipe()
        opened.append(writing)
        if text is not None:
            os.write(writing, text.encode())
            os.close(opened.pop())
        stream = os.fdopen(reading)
        streams.append(stream)
        monkeypatch.setattr(sys, "stdin", stream)

    yield put
    for stream in streams:
        stream.close()
    for handle in opened:
        os.close(handle)


def connect(sandbox, **options):
    call_command("connect_sentry", url=sandbox.base_url, org="acme", name="main", **options)
    return Connection.objects.get(name="main").token


def test_what_is_piped_wins_over_the_token_of_another_organisation(sandbox, typed, settings):
    settings.SENTRY_API_TOKEN, settings.SENTRY_ORG = "for-somebody-else", "other"
    typed("sandbox-token\n")
    assert connect(sandbox) == "sandbox-token"


@pytest.mark.parametrize("nothing", ["", None])
def test_the_environment_s_token_where_nothing_is_piped(sandbox, typed, settings, nothing):
    settings.SENTRY_API_TOKEN = "sandbox-token"
    typed(nothing)
    assert connect(sandbox) == "sandbox-token"


def test_the_environment_s_own_organisation_takes_its_token(sandbox, typed, settings):
    settings.SENTRY_API_TOKEN, settings.SENTRY_ORG = "sandbox-token", "acme"
    settings.SENTRY_BASE_URL = sandbox.base_url
    typed("typed-for-nothing\n")
    assert connect(sandbox) == "sandbox-token"


def test_without_any_token(sandbox, typed):
    typed("")
    with pytest.raises(CommandError, match="No token"):
        connect(sandbox)
    assert not Connection.objects.exists()


def test_it_says_what_will_not_work(sandbox, typed, capsys):
    typed("sandbox-readonly\n")
    connect(sandbox)
    said = capsys.readouterr().out
    assert "without event:write: Resolving" in said
    assert "sandbox-readonly" not in said


@pytest.mark.parametrize(
    ("name", "said"),
    [("taken", "Name already exists. Choose another --name"), ("n" * 101, "at most 100 characters")],
)
def test_a_name_that_cannot_be_is_said_and_nothing_stored(sandbox, typed, name, said):
    make_connection(name="taken")
    typed("sandbox-token\n")
    with pytest.raises(CommandError, match=rf"Nothing was stored\. .*{said}"):
        call_command("connect_sentry", url=sandbox.base_url, org="acme", name=name)
    assert Connection.objects.get().name == "taken"


def test_a_long_name_has_a_slug_that_fits(sandbox, typed):
    typed("sandbox-token\n")
    call_command("connect_sentry", url=sandbox.base_url, org="acme", name="n" * 100)
    assert Connection.objects.get().slug == "n" * 50


def test_a_token_that_is_none_is_not_blamed_on_sentry(sandbox, typed):
    typed("two words\n")
    with pytest.raises(CommandError, match=r"stored\. The token is empty or has characters that no"):
        connect(sandbox)


def test_connections_that_are_not_there_or_switched_off():
    make_connection(name="main"), make_connection(name="old", enabled=False)
    with pytest.raises(CommandError, match=r"No connection called nope\. There are: main, old\."):
        call_command("sync_sentry", connection=["nope"])
    with pytest.raises(CommandError, match=r"Switched off: old\."):
        call_command("sync_sentry", connection=["old"])
    Connection.objects.update(enabled=False)
    with pytest.raises(CommandError, match=r"Switched off: main, old\."):
        call_command("sync_sentry")


def test_a_project_that_is_none_is_refused(sandbox, typed):
    typed("sandbox-token\n")
    connect(sandbox)
    call_command("sync_sentry", json=True)
    with pytest.raises(CommandError, match=r"No project called nope. There are: .*storefront-api"):
        call_command("sync_sentry", project=["nope", "storefront-api"])


def test_a_token_that_cannot_be_read_is_said(sandbox, typed, settings, capsys):
    typed("sandbox-token\n")
    connect(sandbox)
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="Not synced: main"):
        call_command("sync_sentry")
    assert "main: The stored token cannot be decrypted" in capsys.readouterr().err
