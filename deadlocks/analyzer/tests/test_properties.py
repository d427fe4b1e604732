"""parse(render(report)) == report, for any report in any language and layout."""

import json
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlocks.analyzer import analyze_event, analyze_log, wording
from deadlocks.analyzer.render import from_value, markdown, plain, svg, to_value
from deadlocks.analyzer.wording import contexts, locks

from .reports import LAYOUTS, MODES, PREFIXES, Wait, Written, detail_lines, places, rendered

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "deadlock-report.schema.json").read_text())
#: A process id of three digits and more is never taken for a count of lines (%l).
PIDS = st.integers(100, 2**31 - 1)
NUMBERS = st.integers(0, 2**32 - 1)
KINDS = st.sampled_from([kind for kind in locks.TAGS if kind != "unrecognized"])
#: Anything but what a layout cannot carry: NUL, lone surrogates, carriage returns (lost in copies), colours.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t'\"$"), max_size=200)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
)


@st.composite
def waits(draw):
    pids = draw(st.lists(PIDS, min_size=2, max_size=12, unique=True))
    found = []
    for n, pid in enumerate(pids):
        kind = draw(KINDS)
        numbers = tuple((name, draw(NUMBERS)) for name in places(kind))
        found.append(Wait(pid, pids[(n + 1) % len(pids)], draw(st.sampled_from(MODES)), kind, numbers))
    return tuple(found)


@st.composite
def statements(draw, pids):
    """Statements whose literals are closed, and which may quote a report inside one, with the true pids."""
    said = draw(TEXTS).replace("'", "''").replace("\x00", "")
    if draw(st.booleans()):
        said += "\nERROR:  deadlock detected\nDETAIL:  Process 1 waits for ShareLock on transaction 1; "
        said += "blocked by process 2.\nProcess 1: DELETE\nProcess 2: x\nHINT:  y"
        said += "".join(f"\nProcess {pid}: x" for pid in draw(st.permutations(pids)))
    return f"UPDATE t SET a = E'{said}' WHERE id = {draw(st.integers(0, 99))}".replace("\\", "/")


@st.composite
def written(draw):
    all_waits = draw(waits())
    return Written(
        draw(st.sampled_from(wording.LANGUAGES)),
        all_waits,
        tuple(draw(statements([w.waiter for w in all_waits])) for _ in all_waits),
        draw(st.sampled_from((None, *contexts.TUPLE))),
        draw(st.text(st.sampled_from("abcé東 .-_"), min_size=1, max_size=20)),
        draw(st.sampled_from(PREFIXES)),
    )


def check(report, written_report, layout):
    assert [(e.waiter, e.blocker, e.lock_mode, e.lock_type) for e in report.edges] == [
        (w.waiter, w.blocker, w.mode, w.kind) for w in written_report.waits
    ]
    assert [dict(e.object) for e in report.edges] == [dict(w.numbers) for w in written_report.waits]
    assert report.cycle == tuple(w.waiter for w in written_report.waits)
    assert report.victim.pid == report.cycle[0]
    if layout != "libpq":
        assert [p.statement.strip() for p in report.processes] == [
            s.strip() for s in written_report.statements
        ]
        assert report.language == written_report.language


@settings(max_examples=150, deadline=None)
@given(written(), st.sampled_from(LAYOUTS))
def test_what_was_written_is_read(report, layout):
    (found,) = analyze_log((rendered(report, layout).encode(),))
    check(found, report, layout)


@settings(max_examples=40, deadline=None)
@given(written())
def test_an_event_with_the_clients_message_has_the_edges(report):
    value = "deadlock detected\nDETAIL:  " + "\n".join(detail_lines(report)) + "\nHINT:  x"
    for event in (
        {"exception": {"values": [{"type": "DeadlockDetected", "value": value}]}},
        {"entries": [{"type": "exception", "data": {"values": [{"type": "X", "value": repr(value)}]}}]},
        {"contexts": {"error": {"code": "40P01", "detail": "\n".join(detail_lines(report))}}},
    ):
        (found,) = analyze_event(event)
        check(found, report, "libpq")


@settings(max_examples=60, deadline=None)
@given(written(), st.integers(0, 1024))
def test_a_cut_message_never_has_an_edge_that_was_not_there(report, size):
    value = ("deadlock detected\nDETAIL:  " + "\n".join(detail_lines(report)))[:size] + "..."
    told = {(w.waiter, w.blocker, w.mode) for w in report.waits}
    for found in analyze_event({"exception": {"values": [{"type": "DeadlockDetected", "value": value}]}}):
        assert {(e.waiter, e.blocker, e.lock_mode) for e in found.edges} <= told
        assert found.cycle or "detail" in found.missing or "edges" in found.missing


@settings(max_examples=40, deadline=None)
@given(written())
def test_values_fit_the_schema_and_come_back(report):
    (found,) = analyze_log((rendered(report, "stderr").encode(),))
    jsonschema.validate({"analyzer": "1", "reports": [to_value(found)]}, SCHEMA)
    assert from_value(json.loads(json.dumps(to_value(found, timeline=True)))) == found
    assert plain(found)
    assert markdown(found).startswith("## ")
    assert svg(found, standalone=True).count('class="proc') == len(report.waits)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(written(), min_size=2, max_size=4), st.sampled_from(("stderr", "csvlog", "jsonlog", "syslog"))
)
def test_several_reports_of_one_log(all_reports, layout):
    shape, language = all_reports[0].prefix or PREFIXES[0], all_reports[0].language
    same = [Written(language, r.waits, r.statements, r.doing, r.relation, shape) for r in all_reports]
    found = list(analyze_log(("".join(rendered(r, layout) for r in same).encode(),)))
    assert len(found) == len(same)
    for one, report in zip(found, same, strict=True):
        check(one, report, layout)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_have_an_answer(data):
    list(analyze_log((data,)))


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.text(), c),
    )
)
def test_any_json_has_an_answer(value):
    analyze_event(value)
