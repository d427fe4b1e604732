"""The captured events are real ones: what the SDK sends for programs that fail."""

import json

import pytest

from dexter.sentry.sandbox.clock import Clock
from dexter.sentry.sandbox.events.catalog import CATALOG
from dexter.sentry.sandbox.events.naming import STAND_INS, german_iban, luhn_card
from dexter.sentry.sandbox.events.render import event_id, full_event, read_event_id
from dexter.sentry.sandbox.world.store import World


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, 150, 12, Clock(1_790_000_000.0))


def event_of(world: World, name: str) -> dict[str, object]:
    kind = next(place for place, program in enumerate(CATALOG) if program.name == name)
    stream = world.drawer.stream(1_789_000_000, 1_789_900_000, 40, kind)
    return full_event(world, stream, 20, "1")


@pytest.mark.parametrize("program", CATALOG, ids=lambda program: program.name)
def test_nothing_of_the_stage_is_left(world: World, program: object) -> None:
    text = json.dumps(event_of(world, program.name))  # type: ignore[attr-defined]
    assert not STAND_INS.search(text.replace("2406", ""))
    assert "sandbox" not in text.replace("sandbox.invalid", "")


def test_a_dozen_kinds_and_more() -> None:
    assert len(CATALOG) >= 20


def test_chained_exceptions_keep_the_cause_first(world: World) -> None:
    entry = next(
        each for each in event_of(world, "deadlock_django")["entries"] if each["type"] == "exception"
    )  # type: ignore[attr-defined]
    values = entry["data"]["values"]
    assert [value["type"] for value in values] == ["DeadlockDetected", "OperationalError"]
    assert values[0]["module"] == "psycopg.errors"
    assert "Process" in values[0]["value"]
    assert "HINT:  See server log for query details." in values[0]["value"]


def test_asyncpg_loses_the_detail_as_it_really_does(world: World) -> None:
    entry = next(
        each for each in event_of(world, "deadlock_asyncpg")["entries"] if each["type"] == "exception"
    )  # type: ignore[attr-defined]
    assert entry["data"]["values"][-1]["value"] == "deadlock detected"


def test_frames_have_source_locals_and_in_app(world: World) -> None:
    entry = next(each for each in event_of(world, "checkout")["entries"] if each["type"] == "exception")  # type: ignore[attr-defined]
    frame = entry["data"]["values"][-1]["stacktrace"]["frames"][-1]
    assert frame["inApp"]
    assert frame["vars"]
    assert [line for line, _ in frame["context"]] == sorted(line for line, _ in frame["context"])
    assert frame["absPath"].startswith("/srv/")


def test_repeated_queries_stand_in_the_breadcrumbs(world: World) -> None:
    entry = next(each for each in event_of(world, "slow_list")["entries"] if each["type"] == "breadcrumbs")  # type: ignore[attr-defined]
    queries = [crumb["message"] for crumb in entry["data"]["values"] if crumb["category"] == "query"]
    assert max(queries.count(query) for query in set(queries)) == 40


def test_an_issue_id_of_an_event_can_be_read_back(world: World) -> None:
    stream = next(iter(world.visible())).streams[0]
    assert read_event_id(7, event_id(7, stream, 0)) == (stream.key, 0)
    assert read_event_id(7, "0" * 32) is None


def test_cards_pass_luhn_and_ibans_their_check() -> None:
    for chance in range(200):
        digits = [int(digit) for digit in reversed(luhn_card(chance * 7919))]
        total = sum(
            digit if place % 2 == 0 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(digits)
        )
        assert total % 10 == 0
        iban = german_iban(chance * 104_729)
        assert int(iban[4:] + "1314" + iban[2:4]) % 97 == 1


def test_titles_differ(world: World) -> None:
    heads = [world.templates[issue.streams[0].kind].head_of(issue.streams[0]) for issue in world.visible()]
    assert len({(head["title"], head["culprit"]) for head in heads}) > 0.95 * len(heads)


def test_notes_of_the_scrubber_stand_where_the_filtered_values_are(world: World) -> None:
    event = event_of(world, "missing_template")
    notes = event["_meta"]["entries"]["0"]["data"]["values"]["0"]["stacktrace"]["frames"]  # type: ignore[index]
    (place,) = notes
    frame = event["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][int(place)]  # type: ignore[index]
    assert frame["function"].endswith("_letter")
    assert frame["vars"]["password"] == "[Filtered]"
    assert notes[place]["vars"]["password"][""]["rem"] == [["!config", "s"]]


def test_notes_about_headers_count_rows(world: World) -> None:
    event = event_of(world, "webhook_payload")
    index, request = next((at, each) for at, each in enumerate(event["entries"]) if each["type"] == "request")  # type: ignore[arg-type, var-annotated, call-overload]
    notes = event["_meta"]["entries"][str(index)]["data"]  # type: ignore[index]
    for row in notes["headers"]:
        assert request["data"]["headers"][int(row)][1] in ("[Filtered]", "")
    assert "secret" in notes["data"]
