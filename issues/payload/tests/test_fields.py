from datetime import UTC, datetime
from typing import Any

import pytest

from issues.payload import fields
from issues.payload.errors import Unreadable

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a", "a"),
        ("", None),
        (None, None),
        (5, "5"),
        (1.5, "1.5"),
        (True, None),
        ({}, None),
        ([], None),
        pytest.param(10**5000, None, id="huge"),
        ("a\x00b", "a\ufffdb"),
        ("\ud800", "?"),
        ("é", "é"),
    ],
)
def test_text(value: Any, found: str | None) -> None:
    assert fields.text(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20T12:00:00.000000Z", NOON),
        ("2026-11-20T13:00:00+01:00", NOON),
        ("2026-11-20T12:00:00", NOON),
        (NOON.timestamp(), NOON),
        (int(NOON.timestamp()) * 1000, NOON),
        (str(NOON.timestamp()), NOON),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
        (1e300, None),
        (float("nan"), None),
        ("0001-01-01T00:00:00+23:59", None),
        ([], None),
    ],
)
def test_moment(value: Any, found: datetime | None) -> None:
    assert fields.moment(value) == found


@pytest.mark.parametrize(
    ("value", "found"), [(5, 5), ("5", 5), (5.9, 5), ("x", None), (True, None), (10**400, None), (None, None)]
)
def test_integer(value: Any, found: int | None) -> None:
    assert fields.integer(value) == found


@pytest.mark.parametrize(
    ("value", "found"), [(True, True), ("yes", True), ("no", False), ("false", False), ("?", None), (1, None)]
)
def test_truth(value: Any, found: bool | None) -> None:
    assert fields.truth(value) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": 1}, (("a", 1),)),
        ([["a", 1], ("b", None), ["x"], 5, ["", 1]], (("a", 1), ("b", None))),
        ([{"key": "a", "value": 1}, {"name": "b"}, {"value": 2}], (("a", 1), ("b", None))),
        ("a=1", ()),
        (None, ()),
    ],
)
def test_pairs(value: Any, found: Any) -> None:
    assert fields.pairs(value) == found


def test_mapping_and_array_take_what_fits() -> None:
    assert fields.mapping({1: "a"}) == {"1": "a"}
    assert fields.mapping([1]) == {}
    assert fields.array("text") == ()
    assert fields.mappings([{"a": 1}, None, 5]) == ({"a": 1},)


def test_plain_cuts_what_lies_too_deep() -> None:
    assert fields.plain({"a": {"b": ["c\x00", 1]}}, 2) == {"a": {"b": "…"}}
    assert fields.plain({"a": {"b": {}}}, 2) == {"a": {"b": "…"}}
    assert fields.plain(["\ud800"]) == ["?"]


def test_what_is_required_says_what_was_found_instead() -> None:
    assert fields.required_mapping("request", None) == {}
    assert fields.required_array("request", (1,)) == (1,)
    with pytest.raises(Unreadable, match="^request: expected an object, found a list$"):
        fields.required_mapping("request", [])
    with pytest.raises(Unreadable, match="expected a list, found a text") as caught:
        fields.required_array("request", "x")
    assert (caught.value.section, caught.value.reason) == ("request", "expected a list, found a text")
