"""People, and an event whose request asked the same again and again."""

import pytest
from django.core.cache import cache

from issues.tests.factories import make_user


@pytest.fixture
def person(client, db):
    cache.clear()
    someone = make_user("priya")
    client.force_login(someone)
    return someone
