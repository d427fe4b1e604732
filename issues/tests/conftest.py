"""A connection to a sandbox Sentry over real HTTP, for the tests of the cache."""

from collections.abc import Iterator

import pytest

from dexter.sentry.sandbox.fixtures import (  # noqa: F401
    SandboxServer,
    sandbox,
    sandbox_factory,
    shared_sandbox,
)
from issues.models import Connection
from issues.signals import actions_waiting
from issues.sync.client import fresh_clients
from issues.sync.connect import connect


def connect_to(server: SandboxServer, **given: str) -> Connection:
    """A stored connection to a sandbox."""
    return connect(
        url=server.base_url, organization=server.org, token=given.pop("token", server.token), **given
    ).connection


@pytest.fixture(autouse=True)
def _fresh_clients() -> Iterator[None]:
    with fresh_clients():
        yield


@pytest.fixture
def connection(sandbox: SandboxServer, db: None) -> Connection:  # noqa: F811
    return connect_to(sandbox)


@pytest.fixture
def push_by_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing goes to Sentry by itself: changes stay in the outbox until a test says so."""
    monkeypatch.setattr(actions_waiting, "receivers", [])
    actions_waiting.sender_receivers_cache.clear()
    yield
    actions_waiting.sender_receivers_cache.clear()


@pytest.fixture
def exports_folder(settings, tmp_path) -> None:
    """Files of exports in a folder of the test's own."""
    settings.EXPORTS_DIR = tmp_path / "exports"
