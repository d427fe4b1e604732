import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dexter.sentry.decoding import loads


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'"cut \ud83d"', "cut \ufffd"),
        (rb'"\ude00 first"', "\ufffd first"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\uD83D\uDE00 \u0000"', "\U0001f600 \ufffd"),
        (rb'"C:\\ud83d\\u0000"', r"C:\ud83d\u0000"),
        (rb'{"\ud83d": ["\u0000"]}', {"\ufffd": ["\ufffd"]}),
        (b'"\xed\xa0\xbd"', "\ufffd" * 3),
        (b'\xef\xbb\xbf"\\u0000"', "\ufffd"),
        ('"한국 \U0001f600"'.encode(), "한국 \U0001f600"),
    ],
)
def test_what_no_database_takes_is_replaced(body, value):
    assert loads(body) == value


@pytest.mark.parametrize(
    "body", [b"", b"<html>", rb'"\ud83', b"[" * 100_000, b"\xff", '"\\u0000"'.encode("utf-16")]
)
def test_what_is_not_json(body):
    with pytest.raises(ValueError):
        loads(body)


@given(st.text())
def test_any_text_can_be_kept(text):
    found = loads(json.dumps(text).encode())
    assert "\x00" not in found
    found.encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), st.booleans())
def test_sound_text_stays(text, escaped):
    assert loads(json.dumps(text, ensure_ascii=escaped).encode()) == text
