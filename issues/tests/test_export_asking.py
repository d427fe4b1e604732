"""Asking for an export: by the pages and by the command, with what is refused."""

import json

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command

from dexter.jobs.models import Job
from issues.exports import Refused
from issues.exports.columns import UnknownColumn
from issues.models import Export
from issues.queries.found import Search
from issues.search import SearchError
from issues.tests.exporting import made, table
from issues.tests.factories import make_issue, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exports_folder")]


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
