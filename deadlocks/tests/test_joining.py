"""What an event and a log know together: where each part comes from, and that nothing is lost or invented."""

from dataclasses import replace

import pytest

from deadlocks.analyzer import Report, analyze_log
from deadlocks.analyzer.tests import reports as provoked
from deadlocks.joining import BOTH, EVENT, LOG, joined


def logged(name: str) -> Report:
    case = next(case for case in provoked.provoked() if case["name"] == name)
    return next(analyze_log((case["logs"]["stderr"].encode(),)))


def as_client(report: Report) -> Report:
    """What a client is told: no statements, nobody's name, no lock waits."""
    bare = tuple(
        replace(one, statement=None, user=None, database=None, application=None) for one in report.processes
    )
    missing = (*report.missing, "statements")
    return replace(
        report, processes=bare, timeline=(), missing=missing, source=replace(report.source, format="event")
    )


NAMES = [
    case["name"] for case in provoked.provoked() if case["name"] in ("update", "ring-3", "ring-7", "ring-12")
]


@pytest.mark.parametrize("name", NAMES)
def test_a_client_s_report_and_the_log_give_the_log_s_diagnosis(name):
    log = logged(name)
    both = joined(as_client(log), log)
    assert both.report.diagnosis == log.diagnosis
    assert both.report.processes == log.processes
    assert both.report.missing == log.missing
    assert both.report.source.format == "event"
    assert both.origins["waits"] == BOTH
    assert set(both.statements.values()) == {LOG}
    assert both.gained


def test_a_report_joined_with_itself_gains_nothing():
    log = logged("ring-3")
    both = joined(log, log)
    assert replace(both.report, victim=log.victim) == log
    assert not both.gained
    assert {origin for _, origin in both.parts} == {BOTH}


def test_the_event_s_own_is_kept_where_the_log_is_cut():
    log = logged("ring-3")
    cut = replace(log, edges=log.edges[:1], cycle=(), context=(), processes=log.processes[:1])
    both = joined(log, cut)
    assert both.report.edges == log.edges
    assert both.report.processes == log.processes
    assert both.origins["waits"] == EVENT
    assert both.origins["context"] == EVENT


def test_a_whole_statement_is_worth_more_than_a_cut_one_or_a_place_holder():
    log = logged("update")
    cut = [replace(one, statement="UPDA", truncated=True) for one in log.processes]
    withheld = [replace(one, statement="<command string not enabled>") for one in log.processes]
    for poor in (cut, withheld):
        both = joined(log, replace(log, processes=tuple(poor)))
        assert [one.statement for one in both.report.processes] == [one.statement for one in log.processes]
        assert set(both.statements.values()) == {EVENT}
