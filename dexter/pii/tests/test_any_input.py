"""What holds for every input: no exception, no overlap, nothing found is shown, linear time."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dexter.pii import Kind, Segment, find, mask_text, mask_value, segments, segments_of


def listed(text: str, gap: str) -> list[str]:
    return text.split(gap)


PIECES = st.sampled_from(
    listed(
        "ada@example.com|203.0.113.9|2001:db8::1|+49 151 23456789|4111 1111 1111 1111|DE89370400440532013000|"
        '213-43-1113|00:1B:44:11:3A:B7|password=|token: \'|"secret": "|Cookie: a=b|Bearer abc123def456|://u:p@h|'
        "eyJhbGciOi.eyJzdWIi.sig|sk_live_51H8abcdEXAMPLE|[Filtered]|********|[email]|"
        "-----BEGIN PRIVATE KEY-----|"
        "\"|'|\\|\n|\r|;|,|&|?key=|=|:|@|.|-|+|(|)|[|]|<|>|{|}| |  |\x00|\ud800|é|·|\u00a0|1|12|a|A_",
        "|",
    )
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(["password", "user", "name", "key", "value", "email", "cookies", ""])
            | TEXTS
            | st.integers(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
EXAMPLES = settings(max_examples=120, deadline=None)


@EXAMPLES
@given(TEXTS)
def test_findings_are_in_order_and_apart(text: str) -> None:
    place = 0
    for finding in find(text):
        assert place <= finding.start < finding.end <= len(text)
        place = finding.end


@EXAMPLES
@given(TEXTS)
def test_segments_cover_the_text_and_show_nothing_found(text: str) -> None:
    found = find(text)
    shown = "".join(segment.text or "" for segment in segments(text))
    hidden = sum(finding.length for finding in found if finding.kind is not Kind.FILTERED)
    assert len(shown) == len(text) - hidden


@EXAMPLES
@given(st.lists(st.sampled_from(["word", "line", "cart", "the"]), max_size=4))
def test_a_value_is_masked_whatever_words_are_around_it(words: list[str]) -> None:
    sentence = " ".join(words)
    masked = mask_text(f"{sentence} ada@example.com {sentence} 4111 1111 1111 1111 {sentence}")
    assert "ada@" not in masked
    assert "4111" not in masked
    assert masked.count(sentence) >= 3


@EXAMPLES
@given(JSON, st.none() | TEXTS | st.integers())
def test_no_value_raises(value: Any, key: Any) -> None:
    mask_value(value, key)
    for segment in segments_of(value, key):
        assert isinstance(segment, Segment)
        assert segment.text != ""


@EXAMPLES
@given(JSON)
def test_a_masked_value_keeps_its_shape(value: Any) -> None:
    masked = mask_value(value)
    if isinstance(value, dict):
        assert isinstance(masked, dict)
        assert len(masked) == len(value)
    elif isinstance(value, list | tuple):
        assert isinstance(masked, list)
        assert len(masked) == len(value)


HOSTILE = listed(
    "a|1|0|.|:|@|-|=|[|*|\"|'|\\|é|+|(|•|&|_|\x00|1 |4111 |a@|a@b.|a:|1.|eyJ|eyJaaaaa.|-----BEGIN |"
    "-----BEGIN PRIVATE KEY-----|://|://a:|://a@|password=|password=\"|Cookie: a=b; |a=b;|&a=|?key=|token: '|"
    'AD12|DE89 |bearer |[email]|sk-|ghp_a|01 23 |+1-|a_b.c-d=|token=\\"a|00:|::1',
    "|",
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length_only(unit: str) -> None:
    """200 kB take a fraction of a second; what reads the rest again at every place takes minutes."""
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    find(text)
    assert time.process_time() - began < 2
