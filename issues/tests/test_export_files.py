"""Files of exports: whose they are, when they go, and that memory stays flat while they are written."""

import tracemalloc
from datetime import timedelta

import pytest
from django.utils import timezone

from issues.exports import Wanted, direct, enqueue, prepare, remove_expired, write_export
from issues.exports.files import folder
from issues.models import Export, Issue
from issues.queries.found import Search
from issues.tests.exporting import table
from issues.tests.factories import NOW, make_issue, make_project, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exports_folder")]


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
