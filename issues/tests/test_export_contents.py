"""What is in the files, that nothing in them runs, and that none tells too much."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.exports.cells import harmless, spreadsheet
from issues.exports.columns import ISSUE_COLUMNS
from issues.models import Export, Issue
from issues.queries.found import Search
from issues.tests.exporting import made, sheet, table
from issues.tests.factories import NOW, make_event, make_issue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exports_folder")]


def test_csv_has_a_line_of_labels_and_one_an_issue():
    issue = make_issue(title="KeyError: 'price'", count=7)
    rows = table(made(columns=["short_id", "title", "count", "first_seen"]))
    assert rows == [
        ["Issue", "Title", "Events", "First seen"],
        [issue.short_id, "KeyError: 'price'", "7", "2026-05-09T14:30:00Z"],
    ]


def test_usual_columns_without_a_choice():
    make_issue()
    assert table(made())[0] == [column.label for column in ISSUE_COLUMNS if column.usual]


def test_rows_come_in_the_order_of_the_list():
    for days in (3, 1, 2):
        make_issue(last_seen=NOW - timedelta(days=days), short_id=f"A-{days}")
    assert [row[0] for row in table(made(columns=["short_id"]))[1:]] == ["A-1", "A-2", "A-3"]
    assert [row[0] for row in table(made(columns=["short_id"], sort="first_seen"))[1:]] == [
        "A-2",
        "A-1",
        "A-3",
    ]


def test_the_search_decides():
    make_issue(level="error", short_id="E-1")
    make_issue(level="fatal", short_id="F-1")
    assert table(made(search=Search("level:fatal"), columns=["short_id"])) == [["Issue"], ["F-1"]]


def test_a_selection_keeps_its_order_and_leaves_out_what_is_gone():
    one, two, gone = make_issue(), make_issue(), make_issue(gone="deleted")
    rows = table(made(search=None, ids=[two.pk, gone.pk, one.pk, two.pk, 987654], columns=["short_id"]))
    assert [row[0] for row in rows[1:]] == [two.short_id, one.short_id]


def test_json_lines():
    make_issue(title='Ä "quoted"\nsecond line', count=3)
    [line] = made(format="jsonl", columns=["title", "count", "is_unhandled"]).decode().splitlines()
    assert json.loads(line) == {"title": 'Ä "quoted"\nsecond line', "count": 3, "is_unhandled": None}


def test_markdown_is_a_table_whose_cells_stay_cells():
    make_issue(title="a | b *c*\n[d](http://e.example)")
    lines = made(format="md", columns=["title", "count"]).decode().splitlines()
    assert lines == ["| Title | Events |", "|---|---|", r"| a \| b \*c\* \[d\](http://e.example) | 10 |"]


def test_xlsx_holds_texts_and_numbers():
    make_issue(title="=1+1", count=12)
    xml = sheet(made(format="xlsx", columns=["title", "count"]))
    assert "<f>" not in xml
    assert ">'=1+1<" in xml
    assert "<v>12</v>" in xml


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "\uff1d1",
        "\ufeff=cmd|' /C calc'!A0",
    ],
)
def test_no_cell_is_a_formula(text):
    make_issue(title=text)
    assert table(made(columns=["title"]))[1][0].startswith("'")
    assert harmless(text) == f"'{text}"


@given(st.text(max_size=40))
def test_no_text_at_all_becomes_a_formula(text):
    cell = spreadsheet(text)
    assert isinstance(cell, str)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_numbers_stay_numbers():
    make_issue(trend=-40)
    assert table(made(columns=["trend"]))[1] == ["-40"]
    make_issue(trend=Issue.NO_TREND)
    assert [""] in table(made(columns=["trend", "short_id"])) or spreadsheet(None) is None


def test_the_byte_order_mark_is_there_when_asked_for():
    make_issue()
    assert made(bom=True).startswith(b"\xef\xbb\xbf")
    assert not made().startswith(b"\xef")


def test_personal_data_are_masked_in_every_format():
    issue = make_issue(
        title="no account ada@example.com", culprit="mail to bob@example.com", error_value="a@b.example"
    )
    for kind in Export.Format.values:
        columns = [column.name for column in ISSUE_COLUMNS]
        data = made(format=kind, columns=columns)
        text = sheet(data) if kind == "xlsx" else data.decode()
        assert "@example.com" not in text, kind
        assert "a@b.example" not in text, kind
        assert issue.short_id.replace("|", "") in text.replace("\\", "")


def test_events_of_an_issue_with_the_whole_event():
    issue = make_issue()
    make_event(
        issue, {"message": "hi", "user": {"email": "ada@example.com"}}, user_key="email:ada@example.com"
    )
    make_event(issue, date=NOW - timedelta(days=1), user_key="")
    data = made(search=None, issue=issue, format="jsonl", columns=["event_id", "date", "user", "payload"])
    first, second = (json.loads(line) for line in data.decode().splitlines())
    assert (first["user"], first["payload"]["user"]["email"]) == ("[email]", "[email]")
    assert (second["user"], second["payload"]) == ("", None)
