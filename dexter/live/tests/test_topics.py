import pytest

from dexter.live.topics import MOST_TOPICS, Event, Topics, from_fields, is_topic, order, to_fields


@pytest.mark.parametrize("text", ["freshness", "issue:12", "issue:*", "user:3"])
def test_what_is_a_topic(text: str) -> None:
    assert is_topic(text)


@pytest.mark.parametrize(
    "text", ["", "Issue:1", "issue:", "issue:a", "issue:1:2", "*", "issue:1 job:2", "a\n"]
)
def test_what_is_none(text: str) -> None:
    assert not is_topic(text)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"issue:1"}, ("issue:1",)),
        ({"issue:*"}, ("issue:1", "issue:2")),
        ({"freshness", "issue:2"}, ("issue:2", "freshness")),
        ({"job:*", "issue:3"}, None),
    ],
)
def test_an_event_with_the_topics_that_were_asked_for(asked: set[str], found: tuple[str, ...] | None) -> None:
    event = Event("5-0", ("issue:1", "issue:2", "freshness"), {"new": [1]})
    wanted = event.wanted(Topics(asked))
    assert (wanted.topics if wanted else None) == found


def test_a_reset_is_for_everybody() -> None:
    assert Event("5-0", (), is_reset=True).wanted(Topics({"job:1"}))


def test_the_form_in_the_stream() -> None:
    fields = to_fields(["issue:1", "outbox"], {"new": [1]})
    assert from_fields("7-1", fields) == Event("7-1", ("issue:1", "outbox"), {"new": [1]})
    assert len(from_fields("7-1", to_fields((f"issue:{n}" for n in range(9999)), {})).topics) == MOST_TOPICS


def test_ids_in_their_order() -> None:
    assert order("9-2") < order("10-0") < order("10-11")
    with pytest.raises(ValueError):
        order("tomorrow")
