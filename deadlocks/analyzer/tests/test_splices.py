"""Two processes without a collector: what one writes stands in the middle of a line of the other."""

import re

import pytest

from deadlocks.analyzer import analyze_log

from . import reports

PREFIX = "%m [%p] %q%u@%d "
CHOSEN = ("two-tables", "uuid", "bulk-join", "lock-multi", "sales-trigger", "adv-hash")
LOGS = [case["logs"]["stderr"] for case in reports.provoked() if case["name"] in CHOSEN]


def entry(text):
    """The report of a log, without the lines around it."""
    lines = text.splitlines(True)
    start = next(n for n, line in enumerate(lines) if line.endswith("ERROR:  deadlock detected\n"))
    end = next(n for n in range(start, len(lines)) if "STATEMENT: " in lines[n])
    while end + 1 < len(lines) and lines[end + 1].startswith("\t"):
        end += 1
    return "".join(lines[start : end + 1])


def read(text):
    return {
        (r.edges, r.victim.pid, tuple(p.statement for p in r.processes))
        for r in analyze_log((text.encode(),))
    }


@pytest.mark.parametrize("outer", range(len(LOGS)))
@pytest.mark.parametrize("part", ["DETAIL: ", "\tProcess ", "CONTEXT: ", "STATEMENT: "])
def test_both_are_read(outer, part):
    inner = LOGS[(outer + 1) % len(LOGS)]
    first, second = entry(LOGS[outer]), entry(inner)
    if part not in first:
        return
    at = first.index(part) + len(part) + 7
    found = read("2026-11-21 07:00:00.000 UTC [1] LOG:  ready\n" + first[:at] + second + first[at:])
    assert found == read(first) | read(second)


def test_a_statement_that_quotes_a_report_is_not_cut():
    text = next(
        c["logs"]["stderr"] for c in reports.provoked() if c["name"] == "log-like" and c["language"] == "en"
    )
    stamp = text[:23]
    assert len(read(text.replace("2024-01-01 00:00:00.000", stamp))) == 1


ONE_LINE = "LOG:  checkpoint starting: time\n"


@pytest.mark.parametrize("outer", range(len(LOGS)))
@pytest.mark.parametrize(
    "part", ["DETAIL:  Process 1", "blocked by", "\tProcess ", "STATEMENT:  UPD", "; blocked"]
)
@pytest.mark.parametrize("prefix", ["{} UTC [7] ", "{} UTC [7] shop@shop "])
def test_a_line_of_another_process_inside_a_line(outer, part, prefix):
    text = entry(LOGS[outer])
    other = prefix.format(text[:13] + ":00:00.000") + ONE_LINE
    for at in (found.end() for found in re.finditer(re.escape(part), text)):
        assert read(text[:at] + other + text[at:]) == read(text)
