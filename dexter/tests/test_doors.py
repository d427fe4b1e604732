"""Every address of the URLconf: what answers a stranger, and a form without its CSRF token."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db
# What answers everybody, and what asks by itself who it is.
OPEN = {"/login/", "/healthz", "/api/v1/openapi.json", "/api/v1/docs"}
ASKING = ("/api/", "/webhooks/", "/metrics")
GIVEN = {"int": "1", "slug": "abc", "str": "json", "path": "1", "": "1"}


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """An example of each, but for the admin's own patterns, which Django tests."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield before + re.sub(r"<(?:(\w+):)?\w+>", lambda found: GIVEN[found[1] or ""], route)
        elif route != "admin/":
            yield from addresses(pattern.url_patterns, before + route)


ALL = sorted(set(addresses()))


def test_there_is_something_to_try() -> None:
    assert len(ALL) > 100
    assert set(ALL) >= OPEN


def test_nobody_gets_in_without_signing_in(client) -> None:
    for address in set(ALL) - OPEN:
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            if address.startswith(ASKING):
                assert answer.status_code in (401, 404, 405), f"{method} {address}"
            else:
                assert answer.headers.get("Location", "").startswith("/login/"), f"{method} {address}"


def test_no_form_is_taken_without_its_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("ada"))
    for address in ALL:
        assert client.post(address).status_code in (403, 404, 405), address
