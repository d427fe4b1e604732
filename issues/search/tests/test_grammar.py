"""What a search means, as a table."""

import pytest

from issues.search import And, Filter, Node, Not, Or, Pattern, Relative, Text, Value, parse
from issues.search.ast import Namespace, Op
from issues.search.fields import FIELDS, Field

from .reading import filter_of


def f(
    key: str, *values: Value, op: Op = "=", negated: bool = False, namespace: Namespace = "field"
) -> Filter:
    return Filter(key, op, values, negated, namespace)


MEANINGS = [
    # key:value
    ("is:unresolved", f("is", "unresolved")),
    ("is:ignored", f("is", "archived")),
    ("is:muted", f("is", "archived")),
    ("is:Growing", f("is", "growing")),
    ("!is:resolved", f("is", "resolved", negated=True)),
    ("level:warn", f("level", "warning")),
    ("level:[error, fatal,error]", f("level", "error", "fatal")),
    ("issue.priority:med", f("priority", "medium")),
    ("assigned:me", f("assigned", "me")),
    ("assigned:ME", f("assigned", "me")),
    ("assigned:[me, none]", f("assigned", "me", "none")),
    ("assigned:#payments", f("assigned", "#payments")),
    ("assigned:ada@example.com", f("assigned", "ada@example.com")),
    ('assigned:"Lovelace, Ada"', f("assigned", "Lovelace, Ada")),
    ("bookmarks:my_teams", f("bookmarks", "my_teams")),
    # names have aliases and any case
    ("times_seen:>10", f("timesSeen", 10, op=">")),
    ("TIMESSEEN:10", f("timesSeen", 10)),
    ("userCount:>=1.5k", f("users", 1500, op=">=")),
    ("users:<=2m", f("users", 2_000_000, op="<=")),
    ("users:=3", f("users", 3)),
    ("score:<60", f("score", 60, op="<")),
    ("age:-24h", f("firstSeen", Relative(24, "h"))),
    ("last_seen:+2W", f("lastSeen", Relative(2, "w", older=True))),
    ("id:F3D0C4D1-A7B6-4D0E-9A9F-0C2B1E5D6A78", f("event.id", "f3d0c4d1a7b64d0e9a9f0c2b1e5d6a78")),
    ("project.id:[1, 2]", f("project.id", 1, 2)),
    ("error.handled:no", f("error.handled", False)),
    # families and tags
    ("Device.Orientation:portrait", f("device.orientation", "portrait")),
    ("browser:Firefox", f("browser", "Firefox", namespace="tags")),
    ("Größe:3", f("Größe", "3", namespace="tags")),
    ("tags[level]:x", f("level", "x", namespace="tags")),
    ('tags["a]b"]:x', f("a]b", "x", namespace="tags")),
    ('"a b":x', f("a b", "x", namespace="tags")),
    ('!flags["new cart"]:true', f("new cart", "true", negated=True, namespace="flags")),
    # wildcards, quotes, escapes
    ("release:shop@2.*", f("release", Pattern(("shop@2.", "")))),
    ("title:**", f("title", Pattern(("", "")))),
    (r"title:a\*b*c", f("title", Pattern(("a*b", "c")))),
    ('message:"out of *"', f("message", Pattern(("out of ", "")))),
    (r'message:"say \"hi\""', f("message", 'say "hi"')),
    (r"stack.filename:C:\shop\cart.py", f("stack.filename", r"C:\shop\cart.py")),
    (r"message:f\(x\)", f("message", "f(x)")),
    ('release:["a,b", c d , e*]', f("release", "a,b", "c d", Pattern(("e", "")))),
    ("http.url:https://example.com/?a=b", f("http.url", "https://example.com/?a=b")),
    # what may be missing
    ("has:release", f("release", op="has")),
    ("!has:firstRelease", f("first-release", op="has", negated=True)),
    ("has:user", f("user", op="has", namespace="tags")),
    ("has:tags[level]", f("level", op="has", namespace="tags")),
    ("has:flags[beta]", f("beta", op="has", namespace="flags")),
    ('release:""', f("release", op="has", negated=True)),
    ('!release:""', f("release", op="has")),
    # free text
    ("timeout", Text("timeout")),
    ('"out of memory"', Text("out of memory", phrase=True)),
    ('"100 * 3"', Text("100 * 3", phrase=True)),
    ("reserv*", Text("reserv", prefix=True)),
    ("std::string", Text("std::string")),
    ("https://example.com/a:b", Text("https://example.com/a:b")),
    ("10:30", Text("10:30")),
    ('"AND"', Text("AND", phrase=True)),
    ("or", Text("or")),
    # together
    ("a b", And((Text("a"), Text("b")))),
    ("a AND b", And((Text("a"), Text("b")))),
    ("a OR b c", Or((Text("a"), And((Text("b"), Text("c")))))),
    ("(a OR b) c", And((Or((Text("a"), Text("b"))), Text("c")))),
    ("a (b c) ((d))", And((Text("a"), Text("b"), Text("c"), Text("d")))),
    ("(is:new)", f("is", "new")),
    ("NOT is:new", f("is", "new", negated=True)),
    ("NOT !is:new", f("is", "new")),
    ("NOT NOT a", Text("a")),
    ("NOT NOT NOT (a OR b)", Not(Or((Text("a"), Text("b"))))),
    ("NOT a b", And((Not(Text("a")), Text("b")))),
    ("", None),
    (" \n\t", None),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_what_a_search_means(text: str, meaning: Node | None) -> None:
    assert parse(text).root == meaning


@pytest.mark.parametrize("text", [text for text, _ in MEANINGS])
def test_canonical_text_means_the_same(text: str) -> None:
    query = parse(text)
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)


@pytest.mark.parametrize("entry", FIELDS, ids=lambda entry: entry.key)
def test_every_example_of_the_table_is_right(entry: Field) -> None:
    assert filter_of(entry.example).key == entry.key
    assert str(parse(entry.example)).startswith(entry.key + ":")


def test_spans_point_into_the_text() -> None:
    text = 'a !level:error ("b c" OR users:>3)'
    query = parse(text)
    assert [text[slice(*node.span)] for node in query.filters()] == ["!level:error", "users:>3"]
    assert [text[slice(*node.span)] for node in query.texts()] == ["a", '"b c"']


def test_terms_are_what_has_to_hold_together() -> None:
    assert parse("").terms == ()
    assert not parse("")
    assert parse("a").terms == (Text("a"),)
    assert len(parse("a b:c (d OR NOT (e f))").terms) == 3
    assert [text.value for text in parse("a NOT (e f)").texts()] == ["a", "e", "f"]
