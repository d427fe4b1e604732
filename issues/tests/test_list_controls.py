"""The menus over the list: what each choice makes of the search and the address."""

from urllib.parse import parse_qs, urlsplit

import pytest

from issues.views.controls import filter_groups, scope_menus, tokens
from issues.views.filters import Asked


def query_of(url: str) -> str:
    return parse_qs(urlsplit(url).query, keep_blank_values=True)["query"][0]


def choice(asked: Asked, group: str, label: str):
    choices = dict(filter_groups(asked, ["1.2.0"]))[group]
    return next(choice for choice in choices if choice.label == label)


@pytest.mark.parametrize(
    ("query", "group", "label", "result"),
    [
        ("is:unresolved", "Status", "Resolved", "is:resolved"),
        ("is:unresolved level:error", "Status", "All", "level:error"),
        ("is:unresolved", "Level", "Fatal", "is:unresolved level:fatal"),
        ("level:fatal", "Level", "Error", "level:[fatal, error]"),
        ("level:[fatal, error]", "Level", "Fatal", "level:error"),
        ("level:fatal", "Level", "Fatal", ""),
        ("timeout", "Assigned to", "Me", "timeout assigned:me"),
        ("assigned:me", "Assigned to", "Me", ""),
        ("assigned:me", "Assigned to", "Nobody", "assigned:none"),
        ("", "Release", "1.2.0", "release:1.2.0"),
        ("is:unresolved users:>many", "Level", "Fatal", "level:fatal"),
    ],
)
def test_a_choice_edits_the_search(query: str, group: str, label: str, result: str) -> None:
    assert query_of(choice(Asked(query=query), group, label).url) == result


@pytest.mark.parametrize(
    ("query", "group", "label", "current"),
    [
        ("is:unresolved", "Status", "Unresolved", True),
        ("", "Status", "All", True),
        ("is:regressed", "Status", "Unresolved", False),
        ("level:[fatal, error]", "Level", "Error", True),
        ("!level:error", "Level", "Error", False),
        ("assigned:me", "Assigned to", "Me", True),
        ("users:>many", "Status", "All", True),
    ],
)
def test_the_current_choice_is_marked(query: str, group: str, label: str, current: bool) -> None:
    assert choice(Asked(query=query), group, label).current is current


def test_tokens_and_the_rest() -> None:
    found, typed = tokens(Asked(query='is:unresolved "pool timeout" !level:info'))
    assert [(token.key, token.value) for token in found] == [("is:", "unresolved"), ("!level:", "info")]
    assert typed == '"pool timeout"'
    assert query_of(found[0].without) == '"pool timeout" !level:info'


@pytest.mark.parametrize("query", ["level:error OR level:fatal", "users:>many", '"never closed'])
def test_what_cannot_be_taken_apart_stays_text(query: str) -> None:
    assert tokens(Asked(query=query)) == ([], query)


def test_scope_menus_toggle_several() -> None:
    asked = Asked(projects=("shop",), cursor="x")
    menus = {
        menu.name: menu for menu in scope_menus(asked, [("a", "Acme")], ["shop", "stock"], ["production"])
    }
    assert "connections" not in menus
    assert menus["projects"].label == "shop"
    choices = {choice.label: choice for choice in menus["projects"].groups[0][1]}
    assert choices["shop"].current
    assert parse_qs(urlsplit(choices["stock"].url).query)["project"] == ["shop", "stock"]
    assert "project" not in parse_qs(urlsplit(choices["All projects"].url).query)
    assert "cursor" not in choices["stock"].url


def test_two_connections_get_a_menu() -> None:
    menus = scope_menus(Asked(connections=("a", "b")), [("a", "Acme"), ("b", "Bolt")], [], [])
    assert (menus[0].name, menus[0].label) == ("connections", "Acme + 1")


def test_the_address_leaves_out_what_is_usual() -> None:
    assert Asked(query="").url() == "/?query=&sort=last_seen"
    assert Asked(size=50, stats="7d", period="24h").url() == (
        "/?query=is%3Aunresolved&sort=last_seen&period=24h&size=50&stats=7d"
    )
