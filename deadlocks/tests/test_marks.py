"""Statements with the tables and rows marked that processes fight over."""

import pytest

from deadlocks.templatetags.deadlocks import with_rows, with_tables

TABLES = ["stock", "movement"]


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("UPDATE stock SET sku = 7 WHERE sku = 7 AND shop='a'", ["sku = 7", "shop=&#x27;a&#x27;"]),
        ("SELECT * FROM stock s WHERE s.id = $1 FOR UPDATE", ["s.id = $1"]),
        ('update stock set x=1 where "Id"=%s', ["&quot;Id&quot;=%s"]),
        ("DELETE FROM stock", []),
        ("not sql at all where <b>", []),
    ],
)
def test_what_chooses_rows_is_marked(statement, rows):
    html = with_rows(statement, TABLES)
    assert [part.split("</mark>")[0] for part in html.split('<mark class="rw">')[1:]] == rows
    assert "<b>" not in html


def test_tables_and_addresses_of_rows_are_marked():
    html = with_tables('while updating tuple (0,8) in relation "public.stock"', TABLES)
    assert html == (
        'while updating <mark class="rw">tuple (0,8)</mark> in relation'
        ' &quot;public.<mark class="tb a">stock</mark>&quot;'
    )
    assert with_tables("livestock & stocks", TABLES) == "livestock &amp; stocks"
