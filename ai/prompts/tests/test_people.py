"""Names of known people in texts."""

import time

import pytest

from ai.prompts.people import People, Person, those_in
from dexter.pii import Pseudonyms

ADA = Person("Ada Lovelace", "countess", "a.lovelace@example.com")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ada Lovelace cannot pay", "<name-1> cannot pay"),
        ("for LOVELACE, Ada: no", "for <name-1>: no"),
        ("ada.lovelace and ada_lovelace", "<name-1> and <name-1>"),
        ("/home/countess/app.py", "/home/<username-1>/app.py"),
        ("a.lovelace is known", "<username-1> is known"),
        ("Ada is a language, adamant", "Ada is a language, adamant"),
        ("countesses", "countesses"),
        ("", ""),
    ],
)
def test_a_known_person(text, hidden):
    assert People([ADA]).hide(text, Pseudonyms()) == hidden


@pytest.mark.parametrize("word", ["admin", "shop", "ab", "4711", "Test"])
def test_words_of_everyday_stay(word):
    person = Person(word, word, f"{word}@example.com")
    assert People([person]).hide(f"the {word} failed", Pseudonyms()) == f"the {word} failed"


def test_one_person_has_one_number():
    names = Pseudonyms()
    people = People([ADA, Person("Alan Turing")])
    assert people.hide("Alan Turing, Ada Lovelace", names) == "<name-1>, <name-2>"
    assert people.hide("Lovelace Ada; Turing, Alan", names) == "<name-2>; <name-1>"


def test_nobody_is_known():
    assert People().hide("Ada Lovelace", Pseudonyms()) == "Ada Lovelace"


def test_of_a_large_organisation_only_those_that_are_spoken_of_are_looked_for():
    many = [Person(f"First{n} Family{n}", email=f"first{n}.family{n}@example.com") for n in range(20_000)]
    text = "It failed for First7 Family7, and user_first9.family9 too. " * 2000
    started = time.perf_counter()
    found = those_in(text, [*many, ADA])
    assert [person.name for person in found] == ["First7 Family7", "First9 Family9"]
    assert time.perf_counter() - started < 5
