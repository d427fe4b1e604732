"""A fake model server, an event to explain, and people."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from ai.llm.fakes import Behaviour, FakeOllama
from ai.tests.factories import make_model
from issues.tests.factories import make_user
from issues.tests.issue_page import make_shown_issue


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(Behaviour("It waits for a connection.\n\nThe pool is empty.")) as server:
        yield server


@pytest.fixture
def model(ollama, db):
    return make_model(ollama, is_default=True)


@pytest.fixture
def event(db):
    cache.clear()
    return make_shown_issue()[1]


@pytest.fixture
def user(db):
    return make_user("priya", first_name="Priya")


@pytest.fixture
def browser_of(client, user):
    client.force_login(user)
    return client
