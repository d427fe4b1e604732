# ruff: noqa: E501 - a table is read by its lines
"""What is said about a search that means nothing, and where, as a table."""

import pytest

from issues.search import SearchError, parse


def error_of(text: str) -> SearchError | None:
    try:
        parse(text)
    except SearchError as error:
        return error
    return None


# fmt: off
REFUSALS = [
    # text, the place, what is said
    ("is:unresolved users:>many", "users:>many", "users: needs a number, for example users:>20."),
    ("users:1.55", "users:1.55", "users: needs a number, for example users:>20."),
    ("users:", "users:", "users: has no value, write users:value, or put the words in double quotes to search for them."),
    ("users:[1, 2]", "users:[1, 2]", "users: takes one value, not a list, combine several with OR in parentheses."),
    ("error.handled:[true]", "error.handled:[true]", "error.handled: takes one value, not a list."),
    ("users:!=3", "users:!=3", "users: does not know !=, write !users:3."),
    ("is:unresolvd", "unresolvd", "is: does not know unresolvd, did you mean is:unresolved."),
    ("level:erro", "erro", "level: does not know erro, did you mean level:error."),
    ("priority:7", "7", "priority: does not know 7, use one of high, medium, low."),
    ('level:""', '""', "level: does not know an empty value, use one of fatal, error, warning, info, debug, sample, unknown."),
    ("is:[new, ongoing]", "is:[new, ongoing]", "is: takes one value, not a list, combine several with OR in parentheses."),
    ("is:res*", "res*", "is: does not know res*, use one of unresolved, resolved,"),
    ("assigned:me,none", "me,none", "Several people are written as a list, write assigned:[me, none]."),
    ("subscribed:none", "none", "subscribed: needs a person or a team, for example subscribed:me, subscribed:#team or subscribed:[me, my_teams]."),
    ("assigned:#", "#", "assigned: needs a person or a team, for example assigned:me, assigned:#team or assigned:[me, my_teams]."),
    ("assigned:a*", "a*", "assigned: needs a person or a team, without stars, for example assigned:me, assigned:#team or assigned:[me, my_teams]."),
    ("error.handled:maybe", "maybe", "error.handled: needs true or false, for example error.handled:true."),
    ("trace:12", "12", "trace: needs 32 hexadecimal digits, for example trace:4bf92f3577b34da6a3ce929d0e0e4736."),
    ("issue.id:SHOP-1", "SHOP-1", "issue.id: needs a whole number, for example issue.id:4507."),
    ("lastSeen:24h", "lastSeen:24h", "lastSeen: needs a time, write lastSeen:-24h for within, lastSeen:+24h for longer ago."),
    ("lastSeen:>-24h", "lastSeen:>-24h", "A relative time takes no >, write lastSeen:-24h for within, lastSeen:+24h for longer ago."),
    ("age:-99w2", "age:-99w2", "age: needs a time, for example age:-24h, age:+7d or age:>2026-01-31."),
    ("age:>2026-02-30", "age:>2026-02-30", "age: needs a time, for example age:-24h, age:+7d or age:>2026-01-31."),
    ("age:-0h", "age:-0h", "age: needs a time, for example age:-24h, age:+7d or age:>2026-01-31."),
    ("release:>2.0", "release:>2.0", 'release: has no order, so > cannot be used, to look for the sign itself write release:">2.0".'),
    ("release.version:>2", "release.version:>2", "release.version: cannot be searched here, use release: with a star, for example release:*@2.4*."),
    ("has:release.stage", "has:release.stage", "release.stage: cannot be searched here, use environment:."),
    ("has:level", "has:level", "has: is always true for level, use it for what may be missing, for example has:release."),
    ("has:[a, b]", "has:[a,", "has: takes the name of one key, for example has:release."),
    ('has:""', 'has:""', "has: takes the name of one key, for example has:release."),
    ("count():>5", "count():>5", "count() computes over events, which an issue search cannot do, for example timesSeen:>10."),
    ("p95(a.b):>5 x", "p95(a.b):>5", "p95() computes over events, which an issue search cannot do, filter by a key instead, for example timesSeen:>10."),
    ("release:[a, b", "[a, b", "This list is never closed, write [a, b]."),
    ("release:[a,,b]", ",", "A value of this list is empty, write [a, b]."),
    ('release:[a, "", b]', 'release:[a, "", b]', "A value of this list is empty, write !has:release for a missing value."),
    ('release:["a" b]', '["a" b', 'A list is values with commas between them, write [a, "b c"].'),
    ("tags[]:x", "tags[]:", 'The brackets need the name of one tag or flag, write tags[name]:value; tags are compared as text, a comma in a name needs quotes: tags["a,b"].'),
    ("tags[a,number]:5", "tags[a,number]:", 'The brackets need the name of one tag or flag, write tags[name]:value; tags are compared as text, a comma in a name needs quotes: tags["a,b"].'),
    ('tags[a"b]:5', "tags[a", "Two terms"),
    ('a "b', '"b', 'This quote is never closed, add the closing quote; a quote inside quotes is written \\".'),
    ("call foo(bar)", "foo(bar)", "Two terms stand without a space between them, put the whole in double quotes to search for it, or a space between."),
    ('"a"b', '"a"b', "Two terms stand without a space between them"),
    ("release:[a]b", "release:[a]b", "Two terms stand without a space between them"),
    ("!foo", "!foo", "! negates a filter and stands before its key, before words write NOT."),
    ('!"foo bar"', '!"foo', "! negates a filter and stands before its key, before words write NOT."),
    ("fo*o", "fo*o", "Free text finds words and their beginnings, a star may end a word; elsewhere use a key, for example message:*o*."),
    ("->", "->", "Free text needs a letter or a digit."),
    ("*", "*", "Free text needs a letter or a digit."),
    ("a OR", "OR", 'OR needs a term after it, to search for the word itself write "OR".'),
    ("AND a", "AND", 'AND needs a term before it, to search for the word itself write "AND".'),
    ("a OR OR b", "OR", 'OR needs a term after it, to search for the word itself write "OR".'),
    ("NOT", "NOT", 'NOT needs a term after it, to search for the word itself write "NOT".'),
    ("(OR a)", "OR", 'OR needs a term before it, to search for the word itself write "OR".'),
    ("(a b", "(", "This parenthesis is never closed, add the closing one."),
    ("(", "(", "This parenthesis is never closed, add the closing one."),
    (")", ")", "This parenthesis closes nothing, remove it."),
    ("a) b", ")", "This parenthesis closes nothing, remove it or open one before."),
    ("a ( ) b", "( )", 'There is nothing in these parentheses, to search for a call put it in double quotes: "handle()".'),
    ("a\0b", "\0", "The character U+0000 cannot be searched, remove it."),
    ("a\ud800", "\ud800", "The character U+D800 cannot be searched, remove it."),
]
# fmt: on


@pytest.mark.parametrize(("text", "place", "said"), REFUSALS)
def test_what_is_said_about_a_search_that_means_nothing(text: str, place: str, said: str) -> None:
    error = error_of(text)
    assert str(error).startswith(said)
    assert error is not None
    assert text[error.start : error.end].startswith(place)


LIMITS = [
    ("x" * 1000, ""),
    ("x" * 1001, "The search has 1,001 characters, 1,000 is the most."),
    ("(" * 30 + "a" + ")" * 30, ""),
    ("(" * 31 + "a" + ")" * 31, "Parentheses are nested deeper than 30."),
    ("NOT " * 249 + "a", ""),
    (" ".join("a" * 50), ""),
    (" ".join("a" * 51), "The search has 51 terms, 50 is the most."),
    ("issue:[" + ",".join(str(n) for n in range(100)) + "]", ""),
    ("issue:[" + ",".join(str(n) for n in range(101)) + "]", "issue: has 101 values, 100 is the most."),
    (f"users:>{10**15}", "users: needs a number, for example users:>20."),
    ("users:>999999999999999", ""),
]


@pytest.mark.parametrize(("text", "said"), LIMITS)
def test_limits(text: str, said: str) -> None:
    error = error_of(text)
    assert (str(error) if error else "") == said
