"""The lock waits of a report as lanes: where bars begin and end, and what is said where times are missing."""

import pytest
from django.urls import reverse

from deadlocks.analyzer import Report, analyze_log
from deadlocks.analyzer.tests import reports as provoked
from deadlocks.analyzer.values import LockWait, Process, Source, Victim
from deadlocks.charts import lanes_of, seconds_of
from deadlocks.services import logs
from deadlocks.tests.test_joined import LOST, WHEN
from deadlocks.tests.test_reports import make_deadlock


def wait(pid: int, kind: str, ms: float, clock: str | None, lock: int = 0) -> LockWait:
    time = clock and f"2026-11-20 10:00:{clock} UTC"
    return LockWait(pid, kind, "ShareLock", "transactionid", f"transaction {lock or pid}", ms, time)


def report(*waits: LockWait, pids=(70, 71), time: str | None = None) -> Report:
    processes = tuple(Process(pid, application=f"app{pid}") for pid in pids)
    return Report(Source(time=time), victim=Victim(70), processes=processes, cycle=pids, timeline=waits)


TWO = (
    wait(70, "waiting", 1000, "01.000"),
    wait(71, "detected", 1000, "02.000"),
    wait(70, "acquired", 2500, "02.500"),
)


def test_a_bar_begins_where_its_wait_began_and_ends_with_the_line_that_says_so():
    drawn = lanes_of(report(*TWO))
    assert drawn is not None
    one, two = drawn.lanes
    assert (one.pid, one.name, one.is_victim, two.is_victim) == (70, "app70", True, False)
    assert [(bar.x, bar.width, bar.end) for bar in one.bars] == [(0, 100, "acquired")]
    assert [(bar.x, bar.width, bar.end) for bar in two.bars] == [(40, 40, "victim")]
    assert drawn.cancelled == 80
    assert [tick.text for tick in drawn.ticks] == [
        "0",
        "500 ms",
        "1,000 ms",
        "1,500 ms",
        "2,000 ms",
        "2,500 ms",
    ]
    assert drawn.said.startswith(
        "70 waits for ShareLock on transaction 70 from 0 ms and gets the lock at 2,500 ms."
    )
    assert not drawn.is_rough


def test_a_wait_without_an_end_is_drawn_to_the_end_of_what_is_known():
    drawn = lanes_of(report(*TWO[:2]))
    assert drawn.lanes[0].bars[0].end == "unknown"
    assert drawn.lanes[0].bars[0].end_x == 100


def test_a_process_of_which_no_line_tells_has_an_empty_lane():
    drawn = lanes_of(report(*TWO, pids=(70, 71, 72)))
    assert [len(lane.bars) for lane in drawn.lanes] == [1, 1, 0]
    assert drawn.height > lanes_of(report(*TWO)).height


def test_the_report_s_own_time_is_when_the_victim_was_cancelled():
    drawn = lanes_of(report(wait(70, "waiting", 1000, "01.000"), time="2026-11-20 10:00:02.000 UTC"))
    assert drawn.cancelled == 100
    assert drawn.lanes[0].bars[0].width == 100


def test_without_times_there_is_no_picture():
    assert lanes_of(report()) is None
    assert lanes_of(report(wait(70, "waiting", 1000, None))) is None


def test_whole_seconds_are_said_to_be_rough():
    assert lanes_of(report(wait(70, "waiting", 1000, "01"), wait(71, "detected", 1000, "02"))).is_rough


@pytest.mark.parametrize("case", provoked.provoked(), ids=lambda case: case["name"])
def test_everything_is_inside_the_picture(case):
    for log in case["logs"].values():
        for found in analyze_log((log.encode(),)):
            drawn = lanes_of(found)
            for lane in drawn.lanes if drawn else ():
                assert lane.y < drawn.floor
                assert all(0 <= bar.x <= bar.end_x <= 100 for bar in lane.bars)
                assert all(0 <= tick.x <= 100 for tick in drawn.ticks)


@pytest.mark.parametrize(
    ("one", "later"),
    [
        ("2026-11-20 10:00:00.250 UTC", "2026-11-20 10:00:01.750 CST"),
        ("2026-11-20T10:00:00,250Z", "2026-11-20T10:00:01,750+02:00"),
        ("1795222540.904", "1795222542.404"),
        ("Nov 20 23:59:59", "Nov  21 00:00:00"),
    ],
)
def test_times_of_one_log_are_compared(one, later):
    assert seconds_of(later) - seconds_of(one) == pytest.approx(1 if one.startswith("Nov") else 1.5)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-13-40 10:00:00", "Foo 20 10:00:00"])
def test_what_is_no_time(text):
    assert seconds_of(text) is None


def with_waits(time: str = "2026-11-20 10:00:{}.000 UTC ") -> str:
    """A log of two processes with the lines of log_lock_waits."""
    line = f"{time}[{{}}] LOG:  process {{}} {{}} ShareLock on transaction {{}} after {{}} ms\n"
    head = f"{time.format('02')}[70] "
    return (
        line.format("01", 71, 71, "still waiting for", 800, "1000.100")
        + line.format("02", 70, 70, "detected deadlock while waiting for", 801, "1000.200")
        + f"{head}ERROR:  deadlock detected\n"
        + f"{head}DETAIL:  Process 70 waits for ShareLock on transaction 801; blocked by process 71.\n"
        + "\tProcess 71 waits for ShareLock on transaction 800; blocked by process 70.\n"
        + "\tProcess 70: UPDATE account SET n = 1 WHERE id = 4\n"
        + "\tProcess 71: UPDATE account SET n = 2 WHERE id = 5\n"
        + line.format("02", 71, 71, "acquired", 800, "2000.300")
    )


@pytest.mark.django_db
def test_the_page_draws_what_a_log_adds_and_says_what_is_missing(client, person):
    row = make_deadlock(text=LOST, date=WHEN)
    html = client.get(row.get_absolute_url()).content.decode()
    assert "No times are known" in html
    log = logs.keep_text(with_waits(), name="db1", owner=person)
    html = client.get(row.get_absolute_url()).content.decode()
    assert "victim cancelled" in html
    assert 'rect class="wait victim"' in html
    assert "Table of lock waits" in html
    assert 'rect class="wait victim"' in client.get(reverse("deadlocks:log", args=[log.pk])).content.decode()


@pytest.mark.django_db
def test_lines_without_a_time_are_listed_and_the_page_says_why_nothing_is_drawn(client, person):
    log = logs.keep_text(with_waits("db{} "), name="db1", owner=person)
    html = client.get(reverse("deadlocks:log", args=[log.pk])).content.decode()
    assert "carry no time" in html
    assert "Table of lock waits" in html
