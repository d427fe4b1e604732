"""Exports: what is in the files, that nothing in them runs or tells too much, and that memory stays flat."""

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dexter.jobs.models import Job
from issues.exports import Refused, Wanted, direct, enqueue, prepare, remove_expired, write_export
from issues.exports.cells import harmless, spreadsheet
from issues.exports.columns import ISSUE_COLUMNS, UnknownColumn
from issues.exports.files import folder
from issues.models import Export, Issue
from issues.queries.found import Search
from issues.search import SearchError
from issues.tests.factories import NOW, make_event, make_issue, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.EXPORTS_DIR = tmp_path / "exports"


def made(user=None, **how):
    """An export of all issues, unless told otherwise, as bytes."""
    how = {"search": Search("", user)} | how
    export, keys = prepare(Wanted(**how), user=user)
    return b"".join(direct(export, keys))


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


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


def sheet(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


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


def test_unmasked_needs_the_permission_and_leaves_a_record(client):
    make_issue(title="no account ada@example.com")
    user = make_user("ada")
    client.force_login(user)
    given_ = {"query": "", "format": "csv", "column": "title", "unmasked": "1"}
    refused = client.post("/exports/", given_)
    assert refused.status_code == 422
    assert "may not export without masking" in refused.content.decode()
    user.user_permissions.add(Permission.objects.get(codename="export_unmasked"))
    answer = client.post("/exports/", given_)
    assert "ada@example.com" in b"".join(answer).decode()
    row = Export.objects.get()
    assert (row.owner, row.masked, row.rows, row.source["text"], row.columns) == (
        user,
        False,
        1,
        "",
        ["title"],
    )
    client.force_login(User.objects.create_superuser("root"))
    listed = client.get("/admin/issues/export/").content.decode()
    assert f"/admin/issues/export/{row.pk}/change/" in listed
    assert client.get("/admin/issues/export/add/").status_code == 403


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"format": "pdf"}, Refused),
        ({"columns": ["nonsense"]}, UnknownColumn),
        ({"search": Search("level:(")}, SearchError),
        ({"masked": False}, Refused),
    ],
)
def test_what_cannot_be_exported_says_why(how, error):
    with pytest.raises(error):
        made(make_user("ada"), **how)


def test_a_small_export_is_the_answer_itself(client):
    make_issue(short_id="A-1")
    client.force_login(make_user("ada"))
    answer = client.post("/exports/", {"query": "", "format": "csv", "column": "short_id"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="dexter-issues-')
    assert table(b"".join(answer)) == [["Issue"], ["A-1"]]
    assert Job.objects.count() == 0


def test_a_large_one_is_a_job_with_a_file_for_its_owner(
    client, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("issues.views.exports.DIRECT", 1)
    make_issue(short_id="A-1")
    make_issue(short_id="A-2")
    client.force_login(make_user("ada"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/exports/", {"query": "", "format": "csv", "column": "short_id"})
    assert answer.status_code == 302
    export = Export.objects.get()
    assert (export.job.state, export.job.done, export.rows, export.is_ready) == ("done", 2, 2, True)
    page = client.get("/exports/").content.decode()
    assert f"/exports/{export.pk}/file/" in page
    got = client.get(f"/exports/{export.pk}/file/")
    data = b"".join(got)
    assert len(table(data)) == 3
    assert int(got["Content-Length"]) == len(data) == export.size
    client.force_login(make_user("eve", is_superuser=True))
    assert client.get(f"/exports/{export.pk}/file/").status_code == 404


def test_the_file_is_readable_by_one_account():
    make_issue()
    export, _ = prepare(Wanted(search=Search("")), user=None)
    export.save()
    write_export(export)
    [path] = folder().iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder().stat().st_mode & 0o777 == 0o700


def test_files_go_after_their_time_and_so_do_those_of_nobody():
    make_issue()
    export, _ = prepare(Wanted(search=Search("")), user=None)
    export.save()
    write_export(export)
    (folder() / "1-left.csv").write_text("of a killed worker")
    assert remove_expired() == 1
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert remove_expired() == 1
    assert list(folder().iterdir()) == []
    export.refresh_from_db()
    assert (export.file, export.is_ready, export.rows) == ("", False, 1)


def test_a_job_that_is_stopped_leaves_no_part_of_a_file():
    for _ in range(3):
        make_issue()
    export, _ = prepare(Wanted(search=Search("")), user=None)
    export.save()

    def report(done, total=None, message=None):
        if done == 3:
            raise RuntimeError("stopped")

    import issues.exports.files as files

    before, files.REPORT_EVERY = files.REPORT_EVERY, 1
    try:
        with pytest.raises(RuntimeError):
            write_export(export, report=report)
    finally:
        files.REPORT_EVERY = before
    assert list(folder().iterdir()) == []


def test_a_second_attempt_writes_the_same_rows(django_capture_on_commit_callbacks):
    make_issue(short_id="A-1")
    user = make_user("ada")
    with django_capture_on_commit_callbacks(execute=True):
        export, _ = prepare(
            Wanted(search=Search("A-1 is:unresolved", user, period="90d"), columns=["short_id"]), user=user
        )
        enqueue(export)
    export.refresh_from_db()
    first = (folder() / export.file).read_bytes()
    write_export(export)
    export.refresh_from_db()
    assert (folder() / export.file).read_bytes() == first


def test_issues_that_change_meanwhile_are_neither_lost_nor_doubled():
    """The keys are frozen: a sync that moves rows in the list moves none in the file."""
    for number in range(6):
        make_issue(last_seen=NOW - timedelta(hours=number))
    export, keys = prepare(Wanted(search=Search(""), columns=["short_id"]), user=None)
    Issue.objects.filter(pk=keys[5]).update(last_seen=NOW)
    assert len({row[0] for row in table(b"".join(direct(export, keys)))[1:]}) == 6


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx", "md"])
def test_memory_does_not_grow_with_the_rows(kind):
    """Four times the rows take less than half again as much: chunks are let go."""
    project = make_project()
    peaks = []
    for count in (1500, 4500):
        fill(project, count)
        export, keys = prepare(Wanted(search=Search(""), format=kind), user=None)
        tracemalloc.start()
        size = sum(len(piece) for piece in direct(export, keys))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert len(keys) == 6000
    assert size > 100_000
    assert peaks[1] < 1.5 * peaks[0], peaks


def fill(project, count):
    start = Issue.objects.count()
    Issue.objects.bulk_create(
        Issue(
            connection=project.connection, project=project, sentry_id=f"m{start + n}",
            short_id=f"M-{start + n}", title=f"Timeout after {n} s for user{n}@example.com",
            culprit="shop.cart in total", first_seen=NOW, last_seen=NOW - timedelta(seconds=n), synced_at=NOW,
        )
        for n in range(count)
    )  # fmt: skip


def test_the_command_writes_what_a_search_finds(tmp_path, capsysbinary):
    make_issue(short_id="A-1", title="mail ada@example.com")
    make_issue(short_id="B-1", level="fatal")
    out = tmp_path / "out.jsonl"
    call_command("export_issues", query="A-1", format="jsonl", columns="short_id,title", output=str(out))
    assert json.loads(out.read_text()) == {"short_id": "A-1", "title": "mail [email]"}
    call_command("export_issues", query="level:fatal", columns="short_id", output="-")
    assert capsysbinary.readouterr().out == b"Issue\r\nB-1\r\n"
    call_command(
        "export_issues", query="A-1", format="jsonl", columns="title", output=str(out), unmasked=True
    )
    assert "ada@example.com" in out.read_text()
    assert Export.objects.filter(owner=None, masked=False).count() == 1


@pytest.mark.parametrize(
    "options", [{"query": "level:("}, {"columns": "no"}, {"format": "pdf"}, {"output": "/no/dir/x"}]
)
def test_the_command_says_what_is_wrong(options):
    with pytest.raises(CommandError):
        call_command("export_issues", **{"output": "-"} | options)


def test_the_form_keeps_what_the_list_asked(client):
    client.force_login(make_user("ada"))
    make_issue()
    html = client.get("/exports/new/?query=level:error&sort=events&project=x").content.decode()
    assert 'name="query" value="level:error"' in html
    assert 'name="sort" value="events"' in html
    assert "unmasked" not in html


def test_ticked_rows_are_what_is_exported(client):
    client.force_login(make_user("ada"))
    one, _ = make_issue(), make_issue()
    html = client.post("/exports/new/", {"query": "", "issue": [one.pk]}).content.decode()
    assert "Export 1 issue" in html
    assert f'name="issue" value="{one.pk}"' in html
