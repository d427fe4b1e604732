"""What filter controls and the crosses on the chips do to the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.search import Filter, Node, Not, Query, SearchError, Text, parse
from issues.search.ast import Span
from issues.search.editing import get_filter, get_status, with_filter, with_status, without
from issues.search.grammar import negate

SETTINGS = [
    # text, key, value, result
    ("", "level", "error", "level:error"),
    ("is:new", "level", "error", "is:new level:error"),
    ("level:info is:new", "level", "error", "level:error is:new"),
    ("level:info is:new !level:debug", "level", "error", "level:error is:new"),
    ("is:new", "level", ["error", "fatal"], "is:new level:[error, fatal]"),
    ("is:new", "level", ["error"], "is:new level:error"),
    ("level:info is:new", "level", None, "is:new"),
    ("is:new", "level", None, "is:new"),
    ("a OR b", "level", "error", "(a OR b) level:error"),
    ("(a OR b)", "level", "error", "(a OR b) level:error"),
    ("(level:info OR b)", "level", "error", "(level:info OR b) level:error"),
    ("(level:info b) c", "level", "error", "(level:error b) c"),
    ("NOT level:info a", "level", "error", "a level:error"),
    ("a AND level:info", "level", None, "a"),
    ("has:release a", "release", "1.0", "release:1.0 a"),
    ("", "release", "shop 1*", 'release:"shop 1\\*"'),
    ("users:>3 a", "users", ">20", "users:>20 a"),
    ("age:-7d a", "firstSeen", "-24h", "firstSeen:-24h a"),
    ("firstSeen:>2026-01-01 firstSeen:<2026-02-01", "age", "-24h", "age:-24h"),
    ("browser:Firefox a", "browser", "Opera Mini", 'browser:"Opera Mini" a'),
    ("tags[level]:x level:info", "tags[level]", "y", "tags[level]:y level:info"),
    ('x "a ( b )"', "is", "new", 'x "a ( b )" is:new'),
    ("a  \n b", "level", "info", "a b level:info"),
]


@pytest.mark.parametrize(("text", "key", "value", "result"), SETTINGS)
def test_a_control_sets_its_filter(text: str, key: str, value: str | list[str] | None, result: str) -> None:
    assert with_filter(text, key, value) == result
    if value is not None:
        assert get_filter(result, key) is not None
        assert with_filter(result, key, value) == result


@pytest.mark.parametrize(
    ("text", "key", "value"), [("a (", "level", "error"), ("", "level", "worse"), ("", "a b", "c")]
)
def test_what_cannot_be_set_is_an_error(text: str, key: str, value: str | list[str] | None) -> None:
    with pytest.raises(SearchError):
        with_filter(text, key, value)


GETTINGS = [
    ("level:error", "level", "level:error"),
    ("a !level:error b", "level", "!level:error"),
    ("age:-24h", "first_seen", "firstSeen:-24h"),
    ("a (level:info OR b)", "level", None),
    ("level:info OR b", "level", None),
    ("NOT (level:info b)", "level", None),
    ("tags[level]:x", "level", None),
    ("", "level", None),
]


@pytest.mark.parametrize(("text", "key", "found"), GETTINGS)
def test_a_control_reads_its_filter(text: str, key: str, found: str | None) -> None:
    node = get_filter(text, key)
    assert (str(node) if node else None) == found


STATUSES = [
    # text, set to, result, status before
    ("is:unresolved a", "resolved", "is:resolved a", "unresolved"),
    ("is:unresolved is:assigned is:new", "archived", "is:archived is:assigned", "unresolved"),
    ("is:assigned", "resolved", "is:assigned is:resolved", None),
    ("is:ignored", None, "", "archived"),
    ("is:new is:linked", None, "is:linked", "new"),
    ("!is:resolved", None, "", None),
    ("tags[is]:resolved", "new", "tags[is]:resolved is:new", None),
]


@pytest.mark.parametrize(("text", "status", "result", "before"), STATUSES)
def test_the_status_control_leaves_other_uses_of_is(
    text: str, status: str | None, result: str, before: str | None
) -> None:
    assert get_status(text) == before
    assert with_status(text, status) == result


REMOVALS = [
    # text, what is removed, what is left
    ("a b c", "b", "a c"),
    ("a", "a", ""),
    ("a OR b", "b", "a"),
    ("a OR b", "a", "b"),
    ("a OR b OR c", "b", "a OR c"),
    ("a AND b", "OR", "a AND b"),
    ("NOT a b", "a", "b"),
    ("NOT NOT a b", "a", "b"),
    ("(a) b", "a", "b"),
    ("NOT (a) b", "a", "b"),
    ("x OR NOT ((a)) AND b", "a", "x OR b"),
    ("(a OR b) c", "a OR b", "c"),
    ("a ( b", "a", "( b"),
    ('a "b c', '"b c', "a"),
    ("a users:many", "users:many", "a"),
    ("x OR (a)", "a", "x"),
]


@pytest.mark.parametrize(("text", "gone", "left"), REMOVALS)
def test_a_cross_removes_its_token_and_what_it_leaves_dangling(text: str, gone: str, left: str) -> None:
    start = text.find(gone)
    assert without(text, start, start + len(gone) if start >= 0 else -1) == left.replace("( b", "(b")


terms = st.recursive(
    st.sampled_from(["a", "level:info", "!b:c", '"d e"']),
    lambda inner: st.tuples(
        inner,
        st.sampled_from([" ", " OR ", " AND ", " OR NOT ", ") OR (", ") AND NOT (", " b) OR NOT (a "]),
        inner,
    ).map(lambda three: f"({three[0]}{three[1]}{three[2]})"),
    max_leaves=6,
)


def pruned(node: Node, span: Span) -> Node | None:
    """The tree without the leaf that stands at `span`, None if nothing is left."""
    if isinstance(node, Filter | Text):
        return None if node.span == span else node
    if isinstance(node, Not):
        item = pruned(node.item, span)
        return negate(item) if item else None
    items = tuple(kept for item in node.items if (kept := pruned(item, span)))
    return type(node)(items) if len(items) > 1 else items[0] if items else None


@settings(deadline=None)
@given(terms, st.data())
def test_a_removal_leaves_the_rest_of_the_tree(text: str, data: st.DataObject) -> None:
    query = parse(text)
    assert query.root is not None
    leaves: list[Filter | Text] = [*query.filters(), *query.texts()]
    place = data.draw(st.sampled_from([leaf.span for leaf in leaves]))
    assert parse(without(text, *place)) == parse(str(Query(pruned(query.root, place))))


def test_a_text_that_is_too_long_can_still_be_shortened() -> None:
    assert without("level:info " + "a" * 1000, 0, 11) == "a" * 1000
