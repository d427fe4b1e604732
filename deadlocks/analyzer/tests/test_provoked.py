"""What a real PostgreSQL 15 logged, in three layouts and thirteen languages, against what was provoked."""

from dataclasses import replace

import pytest

from deadlocks.analyzer import analyze_log
from deadlocks.analyzer.assembly import read_detail

from . import reports

CASES = [(case, layout) for case in reports.provoked() for layout in case["logs"]]
POSITIVE = [c for c in CASES if c[0]["cause"]]
NEGATIVE = [c for c in CASES if not c[0]["cause"]]


def _name(value):
    return f"{value['name']}-{value['language']}-{value['verbosity']}" if isinstance(value, dict) else value


def read(case, layout):
    return list(analyze_log((case["logs"][layout].encode(),)))


@pytest.mark.parametrize(("case", "layout"), POSITIVE, ids=_name)
def test_the_report_is_what_the_victim_was_told(case, layout):
    (report,) = read(case, layout)
    if case["verbosity"] == "terse" and layout == "stderr":
        assert not report.edges
        assert "detail" in report.missing
        return
    assert report.edges == read_detail(case["detail"])[1]
    assert report.cycle == tuple(e.waiter for e in report.edges)
    assert report.victim.pid == (case["victim"] if case["name"] != "parallel" else report.cycle[0])
    assert all(p.statement for p in report.processes)


@pytest.mark.parametrize(("case", "layout"), POSITIVE, ids=_name)
def test_the_cause_is_what_was_provoked(case, layout):
    if case["verbosity"] == "terse" and layout == "stderr":
        return
    assert read(case, layout)[0].diagnosis.root_cause == case["cause"]


@pytest.mark.parametrize(("case", "layout"), NEGATIVE, ids=_name)
def test_what_is_no_deadlock_gives_no_report(case, layout):
    assert read(case, layout) == []


@pytest.mark.parametrize("case", [c for c in reports.provoked() if c["cause"]], ids=_name)
def test_the_three_layouts_say_the_same(case):
    if case["verbosity"] == "terse":
        return
    found = {layout: read(case, layout)[0] for layout in case["logs"]}
    assert len({r.context for r in found.values()}) == 1
    assert len({tuple((p.pid, p.statement) for p in r.processes) for r in found.values()}) == 1
    assert len({tuple(replace(w, time=None) for w in r.timeline) for r in found.values()}) == 1
    assert found["csvlog"].timeline


def test_every_language_names_itself():
    seen = {
        read(case, "stderr")[0].language for case in reports.provoked() if case["cause"] and case["detail"]
    }
    assert len(seen) == 13
