"""What holds for any text and any tree."""

import string
from collections.abc import Set
from dataclasses import replace
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from issues.search import And, Filter, Node, Not, Or, Pattern, Query, SearchError, Text, parse

# fmt: off
FRAGMENTS = [
    "is:unresolved", "level:", "!", "(", ")", "[", "]", '"', "\\", "*", ",", ":", " ", " OR ", " AND ",
    "NOT ", "age:-", "24h", ">", "=", "users:", "tags[", "flags[", "count():", "a", "9", "é", "has:", "@",
    "::", "//", "\n", "\x00",
]
# fmt: on


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(FRAGMENTS), max_size=20).map("".join)))
@example("tags[\\]:")
def test_any_text_is_a_query_or_an_error_with_a_place(text: str) -> None:
    try:
        query = parse(text)
    except SearchError as error:
        place = (error.start, error.end)
    else:
        place = (0, 0)
        assert parse(str(query)) == query
    assert 0 <= place[0] <= place[1] <= len(text)


names = st.text(string.ascii_letters + '_.-[]" \\é', min_size=1, max_size=6).filter(str.strip)
plain = st.text(min_size=1, max_size=8).filter(lambda text: text.isprintable())
patterns = st.lists(plain | st.just(""), min_size=2, max_size=3).filter(
    lambda parts: all(parts[1:-1]) if len(parts) > 2 else True
)
values = plain | patterns.map(tuple).map(Pattern)
filters = st.builds(
    Filter,
    st.sampled_from(["release", "message", "http.url"]),
    st.just("="),
    st.lists(values, min_size=1, max_size=3, unique=True).map(tuple),
    st.booleans(),
)
tags = st.builds(
    Filter, names, st.just("="), plain.map(lambda v: (v,)), st.booleans(), st.sampled_from(["tags", "flags"])
)
texts = st.builds(Text, st.sampled_from(["a", "x y", 'q"', "b\\", "AND"]), st.just(True))
nodes = st.recursive(
    filters | tags | texts,
    lambda inner: st.lists(inner, min_size=2, max_size=3).map(tuple).flatmap(
        lambda items: st.sampled_from([And(items), Or(items), Not(And(items))])
    ),
    max_leaves=6,
)  # fmt: skip


def holds(node: Node, true: Set[Node]) -> bool:
    """Whether the tree is true when exactly the leaves in `true` are."""
    if isinstance(node, And | Or):
        return (all if isinstance(node, And) else any)(holds(item, true) for item in node.items)
    if isinstance(node, Not):
        return not holds(node.item, true)
    return (
        (replace(node, negated=False) in true) != node.negated if isinstance(node, Filter) else node in true
    )


@settings(deadline=None)
@given(nodes, st.randoms(use_true_random=False))
def test_a_written_tree_means_the_same_when_read_back(node: Node, random: Random) -> None:
    again = parse(str(Query(node)))
    leaves = [replace(leaf, negated=False) for leaf in again.filters()] + list(again.texts())
    assert again.root is not None
    true: set[Node] = {leaf for leaf in leaves if random.random() < 0.5}
    assert holds(again.root, true) == holds(node, true)
    assert parse(str(again)) == again
