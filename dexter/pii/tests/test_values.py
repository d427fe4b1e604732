from typing import Any

import pytest

from dexter.pii import Kind, Pseudonyms, Segment, mask_value, path_below, segments_of

CASES: list[tuple[Any, Any]] = [
    ({"password": "x", "n": 1}, {"password": "[secret]", "n": 1}),
    ({"PASSWORD": None, "token": "", "secret": True}, {"PASSWORD": None, "token": "", "secret": True}),
    ({"password": "'None'", "token": "None"}, {"password": "'None'", "token": "None"}),
    ({"password": "[Filtered]"}, {"password": "[Filtered]"}),
    ({"password": "'********'"}, {"password": "'********'"}),
    ({"pin": 1234, "amount": 1234}, {"pin": "[secret]", "amount": 1234}),
    ({"cookies": {"a": "b", "c": ["d"]}}, {"cookies": {"a": "[cookie]", "c": ["[cookie]"]}}),
    ({"credentials": {"user": {"id": "u1"}}}, {"credentials": {"user": {"id": "[secret]"}}}),
    ({"address": {"line": "x", "n": 3}}, {"address": {"line": "[address]", "n": "[address]"}}),
    ({"card": {"brand": "Visa"}}, {"card": {"brand": "Visa"}}),
    (
        {"emails": ["ada@example.com"], "email": ["x", 1]},
        {"emails": ["[email]"], "email": ["[email]", "[email]"]},
    ),
    ([["Authorization", "x"], ["Accept", "y"]], [["Authorization", "[secret]"], ["Accept", "y"]]),
    ([("Cookie", "a=b")], [["Cookie", "[cookie]"]]),
    ([{"key": "user.username", "value": "ada"}], [{"key": "user.username", "value": "[username]"}]),
    ([{"name": "api_key", "value": "x"}], [{"name": "api_key", "value": "[secret]"}]),
    ({"value": "x", "n": 1}, {"value": "x", "n": 1}),
    ({"key": 1, "value": "x"}, {"key": 1, "value": "x"}),
    ({"user": {"name": "Ada", "id": 7}}, {"user": {"name": "[name]", "id": 7}}),
    ({"c": {"name": "Ada", "email": "x"}}, {"c": {"name": "[name]", "email": "[email]"}}),
    ({"os": {"name": "Linux"}}, {"os": {"name": "Linux"}}),
    (
        {"browser_version": "142.0.0.1", "host": "203.0.113.9"},
        {"browser_version": "142.0.0.1", "host": "[ip]"},
    ),
    ({"release": "ada@example.com"}, {"release": "[email]"}),
    ({"card_id": 4111111111111111}, {"card_id": "[card]"}),
    ({"t": 1795214521.208, "n": 5}, {"t": 1795214521.208, "n": 5}),
    ({"ada@example.com": 1, "bob@example.com": 2}, {"[email]": 1, "[email] 2": 2}),
    ({1: "a", None: "b"}, {1: "a", None: "b"}),
    ("ada@example.com", "[email]"),
    (("a", "b"), ["a", "b"]),
]


@pytest.mark.parametrize(("value", "masked"), CASES)
def test_mask_value(value: Any, masked: Any) -> None:
    assert mask_value(value) == masked


def test_the_key_of_the_value_itself_counts() -> None:
    assert mask_value("hunter2", "password") == "[secret]"
    assert mask_value("Ada", "name", path=("user",)) == "[name]"


def test_pseudonyms_reach_into_containers() -> None:
    names = Pseudonyms()
    masked = mask_value({"email": "ada@example.com", "log": "mail ADA@example.com"}, pseudonyms=names)
    assert masked == {"email": "<email-1>", "log": "mail <email-1>"}


def test_what_lies_too_deep_is_cut_off() -> None:
    value: list[Any] = ["ada@example.com"]
    for _ in range(5000):
        value = [value]
    assert "ada" not in str(mask_value(value))
    assert "ada" not in "".join(segment.text or "" for segment in segments_of(value))


def test_numbers_that_python_will_not_print() -> None:
    huge = 10**5000
    assert mask_value({"n": huge}) == {"n": huge}
    assert segments_of(huge) == (Segment("?"),)


def test_what_is_no_json_is_text() -> None:
    class Odd:
        def __str__(self) -> str:
            return "mail ada@example.com"

    assert mask_value(Odd()) == "mail [email]"


def test_path_below() -> None:
    assert path_below(["id"], "c", ("order",)) == ("order", "c")
    assert path_below(["id", "email"], "c") == ("c", "person")
    assert path_below(["id"], None, ["a"]) == ("a",)


def shown(value: Any, key: Any = None) -> str:
    return "".join(segment.text if segment.text is not None else "•" for segment in segments_of(value, key))


def test_segments_of_a_text_and_of_a_named_value() -> None:
    assert segments_of("hi ada@example.com") == (Segment("hi "), Segment(None, Kind.EMAIL))
    assert segments_of("'hunter2'", "password") == (Segment(None, Kind.SECRET),)
    assert segments_of("[Filtered]", "password") == (Segment("[Filtered]", Kind.FILTERED),)
    assert segments_of("") == ()


def test_segments_of_json_are_indented_json() -> None:
    value = {"password": "x", "items": ["a", 1, None, True], "empty": {}, "none": [], "note": 'say "hi"\n'}
    assert shown(value) == (
        '{\n  "password": •,\n  "items": [\n    "a",\n    1,\n    null,\n    true\n  ],\n'
        '  "empty": {},\n  "none": [],\n  "note": "say \\"hi\\"\\n"\n}'
    )


def test_segments_keep_the_quotes_around_a_text_that_is_partly_masked() -> None:
    assert shown({"to": "mail ada@example.com", "password": "[Filtered]"}) == (
        '{\n  "to": "mail •",\n  "password": "[Filtered]"\n}'
    )


def test_segments_join_plain_neighbours() -> None:
    assert len(segments_of({"a": 1, "b": [2, 3]})) == 1


def test_segments_of_pairs_and_keys() -> None:
    assert shown([["Authorization", "x"]]) == '[\n  [\n    "Authorization",\n    •\n  ]\n]'
    assert shown({"ada@example.com": 1}) == "{\n  •: 1\n}"


def test_labels_for_readers() -> None:
    assert Kind.CARD.label == "card number"
    assert Kind.PRIVATE_KEY.label == "private key"
    assert Segment(None, Kind.IP).is_masked
    assert not Segment("x").is_masked
