"""How text is cut into words, for the documents and for the search alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.search import Text, TextMatch, document, text_query, words
from issues.search.words import MAX_WORD, SEPARATOR, pieces

CUTS = [
    ("reserveStock", "reserve stock reservestock"),
    ("checkout/reservations.py", "checkout reservations py"),
    ("reserve_stock", "reserve stock"),
    ("HTTPServer", "http server httpserver"),
    ("utf8Decode", "utf8 decode utf8decode"),
    ("parseJSON", "parse json parsejson"),
    ("KeyError: 'sku'", "key error keyerror sku"),
    ("4BF92F3577B34DA6", "4bf92f3577b34da6"),
    ("py3 3.11 v2", "py3 3 11 v2"),
    ("TIMEOUT", "timeout"),
    ("Größe Überlauf", "größe überlauf"),
    ("e\u0301t\u00e9", "\u00e9t\u00e9"),  # typed as two characters or one
    ("İstanbul", "istanbul"),
    ("订单 失败", "订单 失败"),
    ("a--b  c\n", "a b c"),
    ("", ""),
    ("->!?", ""),
    (SEPARATOR, ""),
    ("x" * 100, "x" * MAX_WORD),
]


@pytest.mark.parametrize(("text", "expected"), CUTS)
def test_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_pieces_are_words_without_the_compounds() -> None:
    assert pieces("call reserveStock now") == ["call", "reserve", "stock", "now"]


@settings(deadline=None)
@given(st.text(max_size=40))
def test_words_are_stable(text: str) -> None:
    found = words(text)
    assert words(" ".join(found)) == found
    assert all(word and len(word) <= MAX_WORD and word.isalnum() for word in found)


def contains(body: str, match: TextMatch) -> bool:
    """What a full-text index answers."""
    have, want = body.split(), list(match.words)
    if match.kind == "all":
        return set(want) <= set(have)
    runs = (have[at : at + len(want)] for at in range(len(have) - len(want) + 1))
    if match.kind == "prefix":
        return any(run[:-1] == want[:-1] and run[-1].startswith(want[-1]) for run in runs)
    return want in runs


BODY = document(["KeyError in reserveStock", "checkout/cart_items.py", "out of memory"])
ASKED = [
    (Text("memory"), True),
    (Text("reserveStock"), True),
    (Text("reservestock"), True),
    (Text("stock"), True),
    (Text("cart_items"), True),
    (Text("cart.items"), True),
    (Text("out of memory", phrase=True), True),
    (Text("of out", phrase=True), False),
    (Text("error in reserveStock", phrase=True), True),
    (Text("stock checkout", phrase=True), False),  # of two parts
    (Text("reservestock checkout", phrase=True), False),
    (Text("memo", prefix=True), True),
    (Text("emory", prefix=True), False),
    (Text("checkout/ca", prefix=True), True),
    (Text("checkout/it", prefix=True), False),
]


@pytest.mark.parametrize(("text", "found"), ASKED)
def test_what_is_found_in_a_document(text: Text, found: bool) -> None:
    assert contains(BODY, text_query(text)) is found


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (Text("memory"), "all", ("memory",)),
        (Text("Memory", phrase=True), "all", ("memory",)),
        (Text("a.b"), "phrase", ("a", "b")),
        (Text("cartIt", prefix=True), "prefix", ("cart", "it")),
    ],
)
def test_what_is_asked_for(text: Text, kind: str, words: tuple[str, ...]) -> None:
    match = text_query(text)
    assert (match.kind, match.words) == (kind, words)


def test_a_document_names_a_compound_once_and_has_no_separator_at_its_end() -> None:
    assert document(["fooBar fooBar"]) == f"foo bar foo bar {SEPARATOR} foobar"
    assert document(["a", "", "b"]) == f"a {SEPARATOR} {SEPARATOR} b"
    assert document([]) == document(["", "-"]) == ""


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abC ._", max_size=20), max_size=5), st.integers(0, 40))
def test_a_document_is_cut_between_words(parts: list[str], limit: int) -> None:
    whole, cut = document(parts, 10_000), document(parts, limit)
    assert len(cut) <= limit
    assert whole.split()[: len(cut.split())] == cut.split()


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_a_document_contains_its_own_text(one: str, other: str) -> None:
    for part in (one, other):
        match = text_query(Text(part, phrase=True))
        assert not match.words or contains(document([one, other]), match)
