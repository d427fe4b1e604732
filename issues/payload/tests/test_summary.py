from typing import Any

import pytest

from issues.payload.summary import MAX_TAG_VALUE, MAX_TAGS, facts, search_parts
from issues.payload.tests.events import api_event, entry, exception, frame, library, listed_event, raw_event


@pytest.mark.parametrize("payload", [api_event(), listed_event(), raw_event()], ids=["api", "listed", "raw"])
def test_the_columns_are_the_same_in_every_shape(payload: dict[str, Any]) -> None:
    found = facts(payload)
    assert (found.event_id, found.title) == ("a" * 32, "Full: Full happened")
    assert (found.function, found.filename, found.line) == ("reserve", "shop/cart.py", 12)
    assert (found.release, found.environment, found.user_key) == ("shop@1.2.3", "production", "id:42")
    assert found.exception_types[-1] == "Full"
    assert ("release", "shop@1.2.3") in found.tags
    assert ("environment", "production") in found.tags


def test_tags_hold_what_people_search_for_once() -> None:
    found = facts(
        api_event(dist="7", tags=[{"key": "level", "value": "fatal"}, {"key": "user.id", "value": "42"}])
    )
    assert found.tags == (
        ("level", "fatal"),
        ("user.id", "42"),
        ("dist", "7"),
        ("release", "shop@1.2.3"),
        ("user.email", "ada@example.com"),
        ("user.ip", "203.0.113.9"),
    )


def test_tags_are_bounded() -> None:
    found = facts({"tags": [{"key": f"k{place}", "value": "v" * 999} for place in range(MAX_TAGS + 9)]})
    assert len(found.tags) == MAX_TAGS
    assert found.tags[0] == ("k0", "v" * MAX_TAG_VALUE)


def of_frames(*frames: Any) -> dict[str, Any]:
    return api_event(entries=[entry("exception", {"values": [exception("A", *frames)]})])


def test_without_an_in_app_frame_the_newest_counts() -> None:
    found = facts(of_frames(library("a.py"), library("b.py", lineNo=3)))
    assert (found.filename, found.line) == ("b.py", 3)


@pytest.mark.parametrize(
    ("entries", "filename"),
    [
        (
            [
                entry(
                    "threads",
                    {"values": [{"stacktrace": {}}, {"crashed": True, "stacktrace": {"frames": [frame()]}}]},
                )
            ],
            "shop/cart.py",
        ),
        ([entry("threads", {"values": [{"current": True}]})], None),
        ([entry("threads", {"values": 5})], None),
        ([], None),
    ],
)
def test_a_message_with_a_stack(entries: Any, filename: str | None) -> None:
    assert facts(api_event(entries=entries)).filename == filename


def test_a_broken_section_leaves_the_columns_that_are_left() -> None:
    broken = api_event(entries=[entry("exception", {"values": 5}), entry("breadcrumbs", 5)])
    assert facts(broken).title == "Full: Full happened"
    assert search_parts(broken) == ["Full: Full happened", "shop.cart in reserve"]


def test_search_finds_every_part_once() -> None:
    crumbs = entry(
        "breadcrumbs", {"values": [{"message": "first"}, {"message": "second"}, {"message": None}]}
    )
    payload = api_event(message="said", entries=[*api_event()["entries"], crumbs])
    assert search_parts(payload) == [
        *("Full: Full happened", "said", "shop.cart in reserve"),
        *("Full", "shop.errors", "Full happened", "Timeout", "Timeout happened"),
        *("reserve", "shop/cart.py", "shop.cart", "execute", "django/db/utils.py", "django.db.utils"),
        *("second", "first"),
    ]
