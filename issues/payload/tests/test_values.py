"""Addresses of values: what a page shows can be looked up again, and what lies behind a mask is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dexter.pii import CUT, segments_of
from issues.payload.request import read_request
from issues.payload.shape import normalise
from issues.payload.tests.events import api_event, entry, exception, frame, listed_event, raw_event
from issues.payload.values import _SECTIONS, LONGEST, Value, as_text, request_body, value_at

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["ada@example.com", "call 203.0.113.9 now", "hunter2"])
)
NAMES = st.sampled_from(["email", "password", "name", "cart", "value", "key", "headers", "id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON, NAMES | st.none())
def test_each_mask_hides_one_text_and_no_more(value, key):
    shown = Value("somewhere", value, key)
    assert len(shown.hidden) == shown.masked
    assert all(shown.hidden)


def test_hidden_texts_stand_in_the_order_of_their_masks():
    shown = Value("message", "ada@example.com wrote to bob@example.com from 203.0.113.9")
    assert [segment.kind.value for segment in shown.segments if segment.is_masked] == ["email", "email", "ip"]
    assert shown.hidden == ("ada@example.com", "bob@example.com", "203.0.113.9")


@given(JSON, NAMES | st.none(), st.integers(0, 30))
def test_the_beginning_of_a_value_is_how_all_of_it_begins(value, key, longest):
    """Up to where it is cut: nothing is masked there that is not masked in the whole, or the reverse."""
    whole, start = segments_of(value, key), segments_of(value, key, (), longest)
    if start[-1:] != (CUT,):
        assert start == whole
        return
    assert as_text(whole).startswith(as_text(start[:-1]))
    assert sum(len(segment.text or "") for segment in start) <= longest


@pytest.mark.parametrize("gap", range(25))
def test_no_part_of_a_secret_is_shown_where_a_value_is_cut(gap):
    shown = Value("message", "x " * (LONGEST // 2 - gap) + "of ada@example.com and more" * 2000)
    assert shown.opening[-1] is CUT
    assert "ada" not in as_text(shown.opening)
    assert "example" not in as_text(shown.opening)


def test_what_was_filtered_before_hides_nothing():
    shown = Value("cookie", "[Filtered]", "cookie")
    assert shown.masked == 0
    assert shown.hidden == ()


@pytest.mark.parametrize("make", [api_event, listed_event, raw_event])
def test_every_value_is_found_by_its_address(make):
    event = make(
        breadcrumbs=None,
        request={"url": "https://shop.example/?a=1&a=2", "headers": [["Cookie", "a=1"], ["Cookie", "b=2"]]},
    )
    for read in _SECTIONS.values():
        for value in read(normalise(event)):
            assert value_at(event, value.address) == value


def test_addresses_say_where_a_value_stands():
    event = api_event()
    assert value_at(event, "user.email").hidden == ("ada@example.com",)
    assert value_at(event, "exceptions.2.frames.0.vars.password").hidden == ("'hunter2'",)
    assert value_at(event, "exceptions.2.frames.0.vars.cart.total").value == "'84.99'"
    assert value_at(event, "tags.environment").value == "production"
    assert value_at(event, "contexts.runtime.version").value == "3.12"
    assert value_at(event, "extra.order").value == 88213


def test_the_second_of_two_headers_with_one_name_has_an_address_of_its_own():
    headers = [["X-Forwarded-For", "203.0.113.9"], ["X-Forwarded-For", "198.51.100.7"]]
    event = api_event(entries=[entry("request", {"url": "https://shop.example/", "headers": headers})])
    assert value_at(event, "request.headers.X-Forwarded-For").hidden == ("203.0.113.9",)
    assert value_at(event, "request.headers.X-Forwarded-For~2").hidden == ("198.51.100.7",)


@pytest.mark.parametrize(
    "address",
    ["", "user", "user.nothing", "__class__.x", "exceptions.9.value", "entries.0.data", "user.email.0"],
)
def test_an_address_that_the_event_does_not_show_is_refused(address):
    with pytest.raises(LookupError):
        value_at(api_event(), address)


def test_names_count_in_a_body_that_came_as_text():
    request = read_request(
        api_event(
            entries=[entry("request", {"url": "https://shop.example/", "data": '{"password": "tulip"}'})]
        )
    )
    assert request
    assert request_body(request).hidden == ("tulip",)


def test_a_body_that_only_looks_like_json_stays_text():
    request = read_request(
        api_event(entries=[entry("request", {"url": "https://shop.example/", "data": "[not json"})])
    )
    assert request
    assert request_body(request).value == "[not json"


def test_a_key_over_several_lines_of_source_is_one_mask():
    lines = [[n, text] for n, text in enumerate(f"KEY = '''{PEM}'''".split("\n"), start=1)]
    event = api_event(entries=[entry("exception", {"values": [exception("Full", frame(context=lines))]})])
    assert value_at(event, "exceptions.1.frames.0.source").hidden == (PEM,)


def test_cookies_are_secret_whatever_their_name():
    event = api_event(
        entries=[entry("request", {"url": "https://shop.example/", "cookies": [["theme", "dark"]]})]
    )
    assert value_at(event, "request.cookies.theme").hidden == ("dark",)
