"""What the cache cannot answer is an error with its place, never dropped."""

import pytest

from issues.queries.explorer import count, explore
from issues.tests.factories import make_issue

pytestmark = pytest.mark.django_db

REFUSED = [
    ("is:linked", "is:linked", "is:linked"),
    ("!is:unlinked", "!is:unlinked", "is:unlinked"),
    ("bookmarks:me", "bookmarks:me", "bookmarks:"),
    ("a OR subscribed:me", "subscribed:me", "subscribed:"),
    ("assigned_or_suggested:me", "assigned_or_suggested:me", "use assigned:"),
    ("flags[new-cart]:true", "flags[new-cart]:true", "feature flags"),
    ("has:stack.filename", "has:stack.filename", "stack.function:"),
    ("stack.lineno:4", "stack.lineno:4", "stack.function:"),
    ("stack.filename:*ments.py", "stack.filename:*ments.py", "stack.filename:*/ments.py"),
    ("http.method:POST", "http.method:POST", "http.method"),
    ("first-release:shop@1.0", "first-release:shop@1.0", "when an issue's page is opened"),
    ("level:nosuch", "nosuch", "level:"),
    ("(a", "(", "never closed"),
]


@pytest.mark.parametrize(("text", "place", "said"), REFUSED)
def test_refusals(text, place, said):
    make_issue()
    listing = explore(text, user=None)
    assert (listing.rows, str(listing.total)) == ((), "0")
    assert text[listing.error.start : listing.error.end] == place
    assert said in str(listing.error)
    assert count(text, user=None) == ""


def test_a_field_is_found_once_events_are_tagged_with_it():
    issue = make_issue(tags={"http.method": "POST"})
    assert explore("http.method:POST", user=None).rows == (issue,)
    assert explore("http.method:GET", user=None).rows == ()


def test_a_period_that_is_none():
    assert "90x is not a period" in str(explore("", user=None, period="90x").error)
