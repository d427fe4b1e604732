import json
import time

import pytest

from deadlocks.performance import Frame, findings, queries

SELECT = "SELECT * FROM author WHERE id = {}"


def crumbs(*statements, category="query", **data):
    return {
        "breadcrumbs": {"values": [{"category": category, "message": s, "data": data} for s in statements]}
    }


def spans(*statements, ms=2.0, op="db", data=None):
    return {
        "spans": [
            {
                "op": op,
                "description": s,
                "start_timestamp": 100.0 + n,
                "timestamp": 100.0 + n + ms / 1000,
                "data": data or {},
            }
            for n, s in enumerate(statements)
        ]
    }


def test_five_equal_statements_are_a_finding():
    (found,) = findings(crumbs(*(SELECT.format(n) for n in range(5))))
    assert (found.kind, found.count, found.statement) == (
        "n_plus_one",
        5,
        "SELECT * FROM author WHERE id = ?",
    )
    assert (found.milliseconds, found.tables) == (None, ("author",))


def test_four_are_not():
    assert findings(crumbs(*(SELECT.format(n) for n in range(4)))) == ()


def test_placeholders_and_values_have_one_form():
    said = [SELECT.format(v) for v in ("%s", "$1", "5", "'x'", "%(id)s")]
    assert findings(crumbs(*said))[0].count == 5


def test_transaction_control_and_other_categories_are_no_statements():
    assert queries(crumbs(*["connect", "BEGIN", "COMMIT"] * 9)) == ()
    assert queries(crumbs(*[SELECT] * 9, category="http")) == ()


def test_spans_tell_time_and_place():
    place = {"code.filepath": "app/views.py", "code.lineno": 7, "code.function": "list"}
    (found,) = findings(spans(*(SELECT.format(n) for n in range(6)), ms=3, data=place))
    assert found.milliseconds == pytest.approx(18)
    assert found.frames == (Frame("app/views.py", 7, "list"),)


def test_slow_statement_is_found_by_its_threshold():
    event = spans("SELECT pg_sleep(1)", ms=900)
    assert [f.kind for f in findings(event)] == ["slow_query"]
    assert findings(event, slow_ms=1000) == ()


def test_redis_spans_are_left_alone():
    assert queries(spans(*["GET key"] * 9, op="db.redis")) == ()


def test_spans_win_over_breadcrumbs_of_the_same_request():
    event = spans(*[SELECT] * 5) | crumbs(*[SELECT] * 5)
    assert findings(event)[0].count == 5


@pytest.mark.parametrize("kind", ["breadcrumbs", "spans"])
def test_the_api_shape_is_read_too(kind):
    sent = crumbs(*[SELECT] * 5) if kind == "breadcrumbs" else spans(*[SELECT] * 5)
    event = {"entries": [{"type": kind, "data": sent[kind]}]}
    assert findings(event)[0].count == 5


def test_laravel_and_rails_breadcrumbs():
    laravel = crumbs(*[SELECT] * 5, category="db.sql.query", executionTimeMs=600)
    assert {f.kind for f in findings(laravel)} == {"n_plus_one", "slow_query"}
    rails = crumbs(*["Author Load"] * 5, category="sql.active_record", sql=SELECT.format(1))
    assert findings(rails)[0].count == 5


def test_worst_comes_first():
    event = {"spans": spans(*[SELECT] * 5, ms=1)["spans"] + spans(*["SELECT 1 FROM a"] * 5, ms=50)["spans"]}
    assert findings(event)[0].tables == ("a",)


@pytest.mark.parametrize(
    "event", [None, [], "x", {}, {"spans": 5}, {"breadcrumbs": [1, None, {"message": 3}]}, {"entries": {}}]
)
def test_anything_has_an_answer(event):
    assert findings(json.loads(json.dumps(event))) == ()


def test_a_statement_of_blanks_takes_no_longer_than_its_length():
    start = time.process_time()
    crumb = {"category": "query", "message": " " * 200_000}
    assert findings({"breadcrumbs": [crumb] * 6}) == ()
    assert time.process_time() - start < 1
