"""What holds for any search: it is answered or refused with a place, and its values stay values."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issues.models import Issue
from issues.queries.explorer import count, explore
from issues.search import And, Filter, Not, Or, Pattern, Query, Text
from issues.search.fields import FIELDS
from issues.search.quoting import quote
from issues.tests.factories import make_issue

pytestmark = pytest.mark.django_db

NASTY = [
    "'",
    '"',
    "%",
    "_",
    "\\",
    ";--",
    "')",
    "$1",
    "%s",
    "{}",
    ":*",
    "<->",
    "NEAR",
    "é",
    "ß",
    "\u0130",
    "a'b",
    "x",
]
values = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), min_size=1, max_size=4).map("".join)
patterns = st.lists(values | st.just(""), min_size=2, max_size=3).map(lambda parts: Pattern(tuple(parts)))
typed = (values.map(lambda text: quote((text,))) | patterns.map(str)).filter(lambda text: text.isprintable())
examples = st.sampled_from([field.example for field in FIELDS])
filters = st.builds(
    lambda sign, key, value: f"{sign}{key}:{value}",
    st.sampled_from(["", "!"]),
    st.sampled_from([field.key for field in FIELDS] + ["browser", "tags[it's]", "has"]),
    typed,
)
terms = examples | filters | typed | st.sampled_from(["reserveStock", "out*", '"a b"', "is:archived"])
searches = st.recursive(
    terms,
    lambda inner: st.builds(
        lambda sign, left, word, right: f"{sign}({left} {word} {right})",
        st.sampled_from(["", "NOT "]), inner, st.sampled_from(["", "OR", "AND"]), inner,
    ),
    max_leaves=5,
)  # fmt: skip
quiet = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def one(db):
    return make_issue(tags={"browser": "it's 100%", "http.method": "GET"})


@quiet
@given(search=searches)
def test_any_search_is_answered_or_refused_with_a_place(one, search):
    listing = explore(search, user=None)
    if listing.error:
        assert 0 <= listing.error.start <= listing.error.end <= len(search)
    else:
        assert listing.rows in ((), (one,))
        assert count(search, user=None) == str(len(listing.rows))
    with connection.cursor() as cursor:  # a failed statement would have spoilt the transaction
        cursor.execute("SELECT 1")


leaves = st.sampled_from([
    Filter("is", "=", ("unresolved",)), Filter("level", "=", ("fatal",)), Filter("users", ">", (3,)),
    Filter("environment", "=", ("production",)), Filter("browser", "=", ("Firefox",), False, "tags"),
    Filter("release", "has", ()), Text("memory"), Text("price"), Filter("assigned", "=", ("none",)),
    Filter("error.handled", "=", (True,)),
])  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, min_size=2, max_size=3).map(tuple).flatmap(
        lambda items: st.sampled_from([And(items), Or(items), Not(And(items)), Not(Or(items))])
    ),
    max_leaves=8,
)  # fmt: skip


@pytest.fixture
def several(db):
    for number in range(12):
        tags = {"environment": "production"} if number % 2 else {"browser": "Firefox"}
        make_issue(
            level="fatal" if number % 3 else "error", user_count=number,
            status="resolved" if number % 4 == 0 else "unresolved",
            is_unhandled=[True, False, None][number % 3], text="out of memory" if number % 5 else "price",
            tags=tags | ({"release": "r"} if number > 5 else {}),
        )  # fmt: skip


@quiet
@given(tree=trees)
def test_a_search_means_what_its_terms_mean(several, tree):
    """Each leaf asked alone, put together here, finds what the whole finds."""
    everything = set(Issue.objects.values_list("pk", flat=True))

    def found(text):
        listing = explore(text, user=None, page_size=100)
        assert listing.error is None
        return {issue.pk for issue in listing.rows}

    def expected(node):
        if isinstance(node, And | Or):
            sets = [expected(item) for item in node.items]
            return set.intersection(*sets) if isinstance(node, And) else set.union(*sets)
        return everything - expected(node.item) if isinstance(node, Not) else found(str(Query(node)))

    assert found(str(Query(tree))) == expected(tree)


ATTACKS = ["'; DELETE FROM issues_issue; --", "') OR 1=1 --", "%' OR '1'='1", "\\' OR 1=1", "$$; SELECT 1"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_values_are_never_syntax(attack):
    meant = make_issue(title=attack, culprit="", error_value=attack, tags={"note": attack})
    make_issue()
    for text in (f"title:{quote((attack,))}", f"message:{quote((attack,))}", f"note:{quote((attack,))}"):
        assert explore(text, user=None).rows == (meant,), text
    assert explore(f"is:unresolved {quote((attack,))}", user=None).error is None
    assert Issue.objects.count() == 2
