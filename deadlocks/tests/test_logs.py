"""A pasted report, a dropped log: answered, read by a job, kept, discarded, forgotten."""

import gzip
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from deadlocks.analyzer import VERSION, analyze_text
from deadlocks.analyzer.otherwise import looks_like, named
from deadlocks.models import LogFile, LogReport
from deadlocks.services import logs
from dexter.jobs.models import Job
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

LINE = "2026-11-20 10:00:00.000 UTC [{pid}] {said}\n"
HTMX = {"HX-Request": "true"}


def report(first: int = 70, mail: str = "ada@example.com") -> str:
    """A deadlock of two processes as the server writes it."""
    second = first + 1
    return (
        LINE.format(pid=first, said="ERROR:  deadlock detected")
        + LINE.format(
            pid=first,
            said=f"DETAIL:  Process {first} waits for ShareLock on transaction 801;"
            f" blocked by process {second}.\n"
            f"\tProcess {second} waits for ShareLock on transaction 800; blocked by process {first}.\n"
            f"\tProcess {first}: UPDATE account SET n = 1 WHERE mail = '{mail}'\n"
            f"\tProcess {second}: UPDATE account SET n = 2 WHERE id = 5",
        )
        + LINE.format(pid=first, said="HINT:  See server log for query details.")
    )


def server_log(reports: int) -> bytes:
    quiet = LINE.format(pid=1, said="LOG:  checkpoint starting: time") * 3
    return "".join(quiet + report(70 + 2 * number) for number in range(reports)).encode()


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.LOGS_DIR = tmp_path / "logs"


@pytest.fixture
def send(client, person):
    def send_(**given):
        return client.post(reverse("deadlocks:analyze"), given)

    return send_


def drop(send, data: bytes, name: str = "postgresql.log"):
    """The page to which the browser is sent."""
    answer = send(file=SimpleUploadedFile(name, data))
    assert answer.status_code == 302
    return answer["Location"]


def text_of(answer) -> str:
    return answer.content.decode()


def files() -> list[str]:
    return sorted(path.name for path in logs.folder().iterdir())


def test_a_pasted_report_is_answered_at_once(send):
    html = text_of(send(text=report()))
    assert "1 deadlock found" in html
    assert "Process 70" in html
    assert 'class="graph"' in html
    assert "What to do, best first" in html
    assert not LogFile.objects.exists()


def test_what_was_pasted_stays_in_the_form_and_its_reports_are_masked(send):
    html = text_of(send(text=report(mail="ada@example.com")))
    form, _, found = html.partition("</textarea>")
    assert "ada@example.com" in form
    assert "ada@example.com" not in found


def test_markup_in_a_report_is_text(send):
    html = text_of(send(text=report(mail="<script>alert(1)</script>")))
    assert "<script>alert" not in html


def test_reports_of_a_text_are_kept_by_name(send, client):
    answer = send(text=report(), do="keep", name="Checkout of Tuesday")
    kept = LogFile.objects.get()
    assert answer["Location"] == reverse("deadlocks:log", args=[kept.pk])
    assert (kept.name, kept.kept, kept.found, kept.file) == ("Checkout of Tuesday", True, 1, "")
    assert "Checkout of Tuesday" in text_of(client.get(answer["Location"]))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_dropped_log_is_read_by_a_job(send, client, pack):
    page = drop(send, pack(server_log(3)))
    log = LogFile.objects.get()
    assert (log.found, log.file, log.job.state, log.job.done) == (3, "", Job.State.DONE, log.size)
    assert files() == []
    assert [row.version for row in LogReport.objects.all()] == [VERSION] * 3
    html = text_of(client.get(page))
    assert "3 deadlocks found" in html
    assert "postgresql.log:4" in html
    assert "every 2s" not in html


def test_a_report_of_a_log_is_a_file_too(send, client):
    page = drop(send, server_log(2))
    html = text_of(client.get(page))
    for kind in ("svg", "json", "md"):
        address = f"{page}1/report.{kind}"
        assert address in html
        answer = client.get(address)
        assert answer["Content-Disposition"].endswith(f'-2.{kind}"')
        assert "72" in text_of(answer)
        assert "ada@example.com" not in text_of(answer)
    assert client.get(f"{page}2/report.md").status_code == 404
    assert client.get(f"{page}1/report.exe").status_code == 404
    client.force_login(make_user("bob"))
    assert client.get(f"{page}1/report.md").status_code == 404


def test_the_context_of_the_victim_is_shown(send):
    said = LINE.format(pid=70, said='CONTEXT:  while updating tuple (0,5) in relation "account"')
    html = text_of(send(text=report() + said))
    assert "Context of the victim" in html
    assert '<mark class="rw">tuple (0,5)</mark>' in html
    assert "{{" not in html


def make_waiting_log(owner, reports: int = 1, **fields) -> LogFile:
    """A log that came and that no worker has taken."""
    (logs.folder() / (name := fields.get("name", "waiting.log"))).write_bytes(server_log(reports))
    job = Job.objects.create(kind=logs.READ, key=f"test:{name}")
    return LogFile.objects.create(
        **{"owner": owner, "name": name, "file": name, "job": job, "size": 9} | fields
    )


def test_a_log_that_waits_asks_for_itself_until_it_is_stopped(client, person):
    log = make_waiting_log(person)
    page = reverse("deadlocks:log", args=[log.pk])
    assert f'hx-get="{page}"' in text_of(client.get(page, headers=HTMX))
    assert "being read" in text_of(client.get(reverse("deadlocks:analyze")))
    client.post(reverse("deadlocks:change-log", args=[log.pk]), {"do": "stop"})
    html = text_of(client.get(page))
    assert "The reading was stopped" in html
    assert "every 2s" not in html


def test_reading_again_begins_anew(client, person):
    log = make_waiting_log(person, reports=2)
    Job.objects.update(state=Job.State.FAILED, error="OSError: disk")
    LogReport.objects.bulk_create(logs._rows(log.pk, 0, analyze_text(report())))
    assert "OSError: disk" in text_of(client.get(reverse("deadlocks:log", args=[log.pk])))
    client.post(reverse("deadlocks:change-log", args=[log.pk]), {"do": "again"})
    assert LogFile.objects.get().found == LogReport.objects.count() == 2


def test_reports_come_some_at_a_time(send, client):
    page = drop(send, server_log(25))
    assert "10. Deadlock" in text_of(client.get(page))
    assert "11. Deadlock" not in text_of(client.get(page))
    html = text_of(client.get(page, {"from": "20"}))
    assert "25. Deadlock" in html
    assert 'href="?from=10"' in html
    assert ">1. Deadlock" in text_of(client.get(page, {"from": "x"}))


def test_the_pages_cost_the_same_for_many(send, client, django_assert_num_queries):
    pages = [drop(send, server_log(1)), drop(send, server_log(9))]
    client.get(pages[0])  # what is in the cache from then on
    for page in pages:
        with django_assert_num_queries(3):  # person with preferences; log with job and owner; reports
            client.get(page)
    with django_assert_num_queries(2):
        client.get(reverse("deadlocks:analyze"))


def test_a_log_is_kept_or_discarded_by_its_owner(send, client):
    drop(send, server_log(1))
    log = LogFile.objects.get()
    change = reverse("deadlocks:change-log", args=[log.pk])
    client.post(change, {"do": "keep", "name": "November"})
    assert LogFile.objects.values_list("name", "kept").get() == ("November", True)
    client.force_login(make_user("bob"))
    assert client.get(reverse("deadlocks:log", args=[log.pk])).status_code == 200  # kept: for everybody
    assert client.post(change, {"do": "discard"}).status_code == 404
    client.force_login(log.owner)
    client.post(change, {"do": "discard"})
    assert not LogReport.objects.exists()


def test_a_log_of_somebody_else_is_not_there(send, client):
    page = drop(send, server_log(1))
    client.force_login(make_user("bob"))
    assert client.get(page).status_code == 404
    assert "postgresql.log" not in text_of(client.get(reverse("deadlocks:analyze")))


def test_what_nobody_kept_is_forgotten_in_time(person, settings):
    logs.keep_text(report(), name="stays", owner=person)
    make_waiting_log(person, name="goes.log")
    make_waiting_log(person, name="young.log")
    old = timezone.now() - timedelta(hours=settings.KEEP_LOGS_HOURS + 1)
    LogFile.objects.exclude(name="young.log").update(created_at=old)
    assert logs.prune_logs() == 1
    assert set(LogFile.objects.values_list("name", flat=True)) == {"stays", "young.log"}
    assert files() == ["young.log"]


def test_a_log_that_is_too_large_is_refused_and_the_text_stays(send, settings):
    settings.LOG_MAX_MB = 0
    answer = send(file=SimpleUploadedFile("big.log", b"x"), text="mine")
    assert answer.status_code == 422
    assert "LOG_MAX_MB" in text_of(answer)
    assert ">mine</textarea>" in text_of(answer)
    assert files() == []
    assert not LogFile.objects.exists()


def test_nothing_given(send):
    answer = send(text="  ")
    assert answer.status_code == 422
    assert "Paste a text or choose a file first" in text_of(answer)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("", "empty"),
        ("ValueError: no", "other"),
        ("ERROR: canceling statement due to lock timeout", "lock_timeout"),
        ("ERROR: canceling statement due to statement timeout", "statement_timeout"),
        ("ERROR: could not serialize access due to concurrent update", "serialization"),
        ("Deadlock found when trying to get lock; try restarting transaction", "mysql"),
        ("ORA-00060: deadlock detected while waiting for resource", "oracle"),
        ("Transaction (Process ID 52) was deadlocked on lock resources with another process", "sqlserver"),
        ("LOG: process 7 still waiting for ShareLock on transaction 8 after 1000.1 ms", "lock_wait"),
        ("we had a deadlock yesterday", "mention"),
    ],
)
def test_what_it_is_instead(said, name):
    like = looks_like(said)
    assert like.name == name
    assert named(name) == like


def test_no_deadlock_says_what_it_is_and_what_to_do(send, client):
    said = "ERROR:  canceling statement due to lock timeout"
    html = text_of(send(text=said))
    assert "lock timeout (SQLSTATE 55P03)" in html
    assert "log_lock_waits" in html
    page = drop(send, said.encode())
    assert "lock timeout (SQLSTATE 55P03)" in text_of(client.get(page))
    assert named("no such word") is None


def test_bytes_that_a_database_refuses_are_stored_without_them(send):
    drop(send, report(mail="a\0b").encode() + b"\xff\xfe")
    row = LogReport.objects.get()
    assert "'ab'" in row.value["processes"][0]["statement"]


def test_the_form_needs_a_login(client):
    assert client.get(reverse("deadlocks:analyze")).status_code == 302
