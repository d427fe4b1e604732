import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.db import connection
from pytest_django import Settings

from dexter.ops.checks import production

REAL = {"SENTRY_API_TOKEN": "t", "SENTRY_ORG": "o"}
DEFAULT_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def ids(*, deploy: bool = False) -> set[str]:
    """The ids of Dexter's own messages for the settings as they are."""
    return {
        message.id
        for message in run_checks(include_deployment_checks=deploy)
        if message.id and message.id.startswith("dexter.")
    }


def test_the_settings_of_the_suite_contradict_nothing() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"TOKEN_KEYS": ["not a key"]}, {"dexter.E001"}),
        ({"TOKEN_KEYS": [Fernet.generate_key().decode(), ""]}, {"dexter.E001"}),
        ({"SECRET_KEY": "short"}, {"dexter.W001"}),
        (REAL | {"DEMO": True, "ALLOWED_HOSTS": DEFAULT_HOSTS}, {"dexter.E002"}),
        ({"DEMO": True, "ALLOWED_HOSTS": ["dexter.example.org"]}, {"dexter.E003"}),
        ({"DEMO": True, "ALLOWED_HOSTS": DEFAULT_HOSTS}, set()),
        ({"SENTRY_API_TOKEN": "t"}, {"dexter.E004"}),
        ({"SENTRY_ORG": "o"}, {"dexter.E004"}),
        ({"SENTRY_BASE_URL": "https://sentry.example.org"}, {"dexter.E005"}),
        ({"SENTRY_BASE_URL": "sentry.example.org/api/0/"}, {"dexter.E005"}),
        ({"SENTRY_BASE_URL": "http://sentry.internal:9000/prefix/api/0"}, set()),
        ({"SYNC_EVERY": 1}, {"dexter.E006"}),
        ({"KEEP_EVENTS_PER_ISSUE": 2}, {"dexter.E006"}),
        ({"SYNC_MAX_RATE": -1}, {"dexter.E006"}),
        ({"KEEP_ISSUES_DAYS": 30, "SYNC_WINDOW_DAYS": 90}, {"dexter.W002"}),
        ({"OUTBOUND_ALLOW": ["10.0.0.1/8"]}, {"dexter.E007"}),
        ({"SCORE_WEIGHTS": {"events": 30}}, {"dexter.E008"}),
        ({"SCORE_WEIGHTS": {"users": 40}}, {"dexter.E008"}),
        ({"SCORE_WEIGHTS": {"users": 40, "volume": 15}}, set()),
        ({"OUTBOUND_ALLOW": ["10.0.0.0/8", "sentry.internal", "::1", "192.168.7.9"]}, set()),
    ],
)
def test_a_contradiction_has_an_id(
    changes: dict[str, object], expected: set[str], settings: Settings
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == expected


SERVER = {
    "EMBEDDED": False,
    "HTTPS": True,
    "ALLOWED_HOSTS": ["dexter.example.org"],
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"HTTPS": False}, {"dexter.W004"}),
        ({"ALLOWED_HOSTS": ["*"]}, {"dexter.W005"}),
        ({"EMBEDDED": True, "HTTPS": False, "ALLOWED_HOSTS": ["*"]}, set()),
    ],
)
def test_what_is_fine_on_a_laptop_is_not_on_a_server(
    changes: dict[str, object], expected: set[str], settings: Settings
) -> None:
    for name, value in (SERVER | changes).items():
        setattr(settings, name, value)
    if connection.vendor == "sqlite" and not changes.get("EMBEDDED"):
        expected = expected | {"dexter.W003"}
    assert {message.id for message in production()} == expected


def test_every_message_says_what_to_do(settings: Settings) -> None:
    settings.SENTRY_ORG = "o"
    settings.TOKEN_KEYS = ["x"]
    mine = [message for message in run_checks() if message.id and message.id.startswith("dexter.")]
    assert len(mine) == 2
    assert all(message.hint for message in mine)
