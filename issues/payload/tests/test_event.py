from datetime import UTC, datetime
from typing import Any

import pytest

from issues.payload.errors import Unreadable
from issues.payload.event import User, read_header, read_title
from issues.payload.shape import normalise
from issues.payload.tests.events import api_event, entry, exception, listed_event, raw_event

AT = datetime(2026, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("payload", [api_event(), listed_event(), raw_event()], ids=["api", "listed", "raw"])
def test_the_head_is_the_same_in_every_shape(payload: dict[str, Any]) -> None:
    header = read_header(payload)
    assert header.id == "a" * 32
    assert header.title == "Full: Full happened"
    assert header.date_created == AT
    assert (header.release, header.environment, header.platform) == ("shop@1.2.3", "production", "python")
    assert header.user.id == "42"
    assert header.trace_id == "t" * 32
    assert str(header.sdk) == "sentry.python 2.75.0"


def test_the_whole_head() -> None:
    header = read_header(api_event())
    assert (header.type, header.message, header.level, header.handled) == ("error", None, "error", False)
    assert (header.culprit, header.location) == ("shop.cart in reserve", "shop/cart.py")
    assert (header.size, header.dist, header.next_id, header.previous_id) == (4096, None, "b" * 32, None)
    assert header.date_received == datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    assert header.tags == (("level", "error"), ("environment", "production"), ("release", "shop@1.2.3"))


def test_a_raw_event_has_its_fields_as_tags() -> None:
    header = read_header(raw_event())
    assert header.level == "error"
    assert header.transaction == header.culprit == "/checkout/"
    assert header.tags == (
        ("region", "eu"),
        ("level", "error"),
        ("environment", "production"),
        ("transaction", "/checkout/"),
        ("server_name", "web-1"),
        ("release", "shop@1.2.3"),
    )


def test_the_payload_itself_is_left_alone_and_shaped_once() -> None:
    payload = raw_event()
    event = normalise(payload)
    assert normalise(event) is event
    assert payload == raw_event()
    assert normalise(dict(event)) == event


def test_a_field_that_comes_under_both_names_is_taken_once() -> None:
    assert normalise({"eventID": "a", "event_id": "b", "group_id": None, "groupID": "7"})["eventID"] == "a"


@pytest.mark.parametrize("payload", [None, [], "x", 5])
def test_what_is_no_object_is_unreadable(payload: Any) -> None:
    with pytest.raises(Unreadable, match="event: expected an object"):
        read_header(payload)


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"title": "Boom\nmore"}, "Boom"),
        ({"metadata": {"title": "Said"}}, "Said"),
        ({"metadata": {"type": "E", "value": "v\nw"}}, "E: v"),
        ({"metadata": {"value": "v"}}, "v"),
        ({"exception": {"values": [exception("A"), exception("B")]}}, "B: B happened"),
        ({"exception": [exception("A")]}, "A: A happened"),
        ({"entries": [entry("exception", {"value": exception("A")})]}, "A: A happened"),
        ({"entries": [entry("exception", {"type": "A", "value": "v"})]}, "A: v"),
        ({"logentry": {"formatted": "said 5", "message": "said %s"}}, "said 5"),
        ({"message": "said"}, "said"),
        ({"message": {"formatted": "said so"}}, "said so"),
        ({"title": "\n"}, "(No title)"),
        ({"entries": "broken"}, "(No title)"),
        ({}, "(No title)"),
    ],
)
def test_title(payload: dict[str, Any], title: str) -> None:
    assert read_title(payload) == title


@pytest.mark.parametrize(
    ("mechanisms", "tags", "handled"),
    [
        ([{"handled": True}, {"handled": False}], [], False),
        ([{"handled": True}, None], [], True),
        ([{}], [["handled", "no"]], False),
        ([None], [], None),
    ],
)
def test_handled(mechanisms: list[Any], tags: list[Any], handled: bool | None) -> None:
    values = [exception(mechanism=mechanism) for mechanism in mechanisms]
    payload = api_event(entries=[entry("exception", {"values": values})], tags=tags)
    assert read_header(payload).handled is handled


def test_a_user() -> None:
    user = read_header(api_event()).user
    assert user
    assert user.label == "ada@example.com"
    assert user.identity == "id:42"
    assert user.facts == (("id", "42"), ("email", "ada@example.com"), ("ip_address", "203.0.113.9"))
    assert user.others == (("data", {"plan": "pro"}),)


@pytest.mark.parametrize(
    ("user", "identity"),
    [
        (User(email="a@b.co"), "email:a@b.co"),
        (User(username="ada"), "username:ada"),
        (User(ip_address="203.0.113.9"), "ip:203.0.113.9"),
        (User(name="Ada"), None),
    ],
)
def test_identity(user: User, identity: str | None) -> None:
    assert user.identity == identity


def test_an_event_without_a_user_has_an_empty_one() -> None:
    user = read_header({}).user
    assert not user
    assert user.label is None
    assert User(others=(("plan", "pro"),))


@pytest.mark.parametrize(
    ("tags", "read"),
    [
        (
            [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
            (("a", "1"), ("a", "2")),
        ),
        (
            [["a", 1], ["b", True], ["c", None], ["d", ""], 5, ["x"], {"value": 1}],
            (("a", "1"), ("b", "true")),
        ),
        ({"a": 1}, (("a", "1"),)),
        ("broken", ()),
        (None, ()),
    ],
)
def test_tags(tags: Any, read: Any) -> None:
    assert read_header({"tags": tags}).tags == read


def test_the_sdk_with_its_parts() -> None:
    sdk = read_header(
        {
            "sdk": {
                "name": "s",
                "integrations": ["django", 5, None],
                "packages": [{"name": "pypi:x", "version": "1"}, {}],
            }
        }
    ).sdk
    assert sdk.integrations == ("django", "5")
    assert sdk.packages == (("pypi:x", "1"),)
    assert str(sdk) == "s"


def test_processing_errors() -> None:
    errors = [{"type": "js_no_source", "message": "Source code was not found"}, {"type": "x"}, {}, None]
    assert read_header({"errors": errors}).errors == ("js_no_source: Source code was not found", "x")
