"""What free text finds of an issue before any event of it was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.search.ast import Text
from issues.search.words import document, text_query
from issues.sync.mapping import issue, issue_parts

TEXTS = st.text(alphabet="abC .:'", max_size=20)


def _finds(body: str, wanted: str) -> bool:
    match = text_query(Text(wanted, phrase=True))
    return not match.words or f" {' '.join(match.words)} " in f" {body} "


@given(TEXTS, TEXTS)
def test_the_value_is_found_though_its_words_stand_once(kind: str, value: str) -> None:
    body = document(issue_parts(f"{kind}: {value}", "shop.cart", value, "WEB-1"))
    assert _finds(body, value)


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("KeyError: 'amount'", "'amount'"),
        ("KeyError", "'amount'"),
        ("KeyError: a message that is cut...", "a message that is cut where the amount begins"),
        ("Theamount", "amount"),
        ("", "amount"),
    ],
)
def test_the_words_of_a_row(title: str, value: str) -> None:
    row = {"id": "1", "project": {"id": "2"}, "lastSeen": "2026-11-21T10:00:00Z"}
    found = issue({**row, "title": title, "metadata": {"value": value}, "shortId": "WEB-1"})
    assert _finds(found.words, "amount")
    assert found.words.split().count("amount") == 1
    assert _finds(found.words, "web 1")
