"""The text of an answer: what a model only thought, what was cut, what an older database left behind."""

import asyncio

import pytest
from asgiref.sync import async_to_sync

from ai.llm.fakes import Behaviour
from ai.models import Explanation
from ai.services.asking import ask
from ai.services.following import Follower
from ai.services.rendering import as_markdown
from ai.services.streaming import key_of
from ai.tests.factories import make_explanation
from dexter.live.publishing import client as redis_client

pytestmark = pytest.mark.django_db(transaction=True)


def asked(event, user):
    return Explanation.objects.get(pk=ask(event=event, user=user).pk)


def told_last(row):
    """What a page that opens the stream is told after its last beginning."""
    entries = [fields for _, fields in redis_client().xrange(key_of(row))]
    last = max((number for number, entry in enumerate(entries) if entry["kind"] == "restart"), default=-1)
    return "".join(entry.get("text", "") for entry in entries[last + 1 :])


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour("<think>Is it [F1]?</think>\n\nThe pool is empty."),
        Behaviour("Is it [F1]?\n</think>\n\nThe pool is empty."),
        Behaviour("The pool is empty.", thinks="Is it [F1]?"),
    ],
    ids=["in the text", "opened by the template", "in a field"],
)
def test_what_a_model_thinks_is_no_part_of_the_answer(event, user, model, ollama, behaviour):
    ollama.behaviours = [behaviour]
    row = asked(event, user)
    assert (row.state, row.text, row.citations) == ("done", "The pool is empty.", [])
    assert row.text.startswith(told_last(row))


def test_an_answer_cut_for_lack_of_room_is_marked_also_from_the_cache(event, user, model, ollama, browser_of):
    ollama.behaviours = [Behaviour("It waits for", finish="length")]
    row = asked(event, user)
    assert (row.state, row.is_cut, row.text) == ("done", True, "It waits for")
    again = asked(event, user)
    assert (again.answered_from, again.is_cut) == (row, True)
    assert "It is cut off" in as_markdown(again)
    assert "Cut off" in browser_of.get(f"/ai/explanations/{again.pk}/").content.decode()
    assert browser_of.get(f"/api/v1/explanations/{again.pk}/").json()["cut"] is True


def test_a_model_that_thinks_until_its_room_is_used_up(event, user, model, ollama):
    ollama.behaviours = [Behaviour("<think>so many words", finish="length")]
    row = asked(event, user)
    assert (row.state, row.error_code, row.text) == ("failed", "ran_out", "")
    assert "answer size" in row.advice


def test_a_stream_that_an_older_database_left_is_not_told(event, user, model, ollama):
    """Ids are given again in a database made anew, while the streams of the old one are still in Redis."""
    old = asked(event, user)
    assert told_last(old)
    Explanation.objects.filter(pk=old.pk).delete()
    new = make_explanation(pk=old.pk, state="running", text="", event=event, issue=event.issue)
    told = async_to_sync(told_at_first)(new.pk)
    assert told == [("restart", None), ("state", "running")]


async def told_at_first(pk):
    """What a page is told until nothing comes for a while."""
    told, heard = [], Follower(pk).follow()
    try:
        while True:
            item = await asyncio.wait_for(anext(heard), 1.5)
            told.append((item.kind, item.data.get("state")))
    except TimeoutError:
        return told
