from typing import Any

import pytest

from issues.payload.breadcrumbs import kind_of, read_breadcrumbs
from issues.payload.errors import Unreadable
from issues.payload.tests.events import api_event, entry

CRUMBS = [
    {
        "timestamp": "2026-11-20T09:59:27.300Z",
        "category": "query",
        "message": "SELECT 1",
        "data": {"duration_ms": 3},
    },
    {"timestamp": 1795168770.0, "type": "http", "data": {"method": "GET", "url": "/x", "status_code": 502}},
    None,
    {"category": "shop.pool", "level": "warning", "message": "pool is full"},
]


def with_crumbs(values: Any) -> dict[str, Any]:
    return api_event(entries=[entry("breadcrumbs", {"values": values})])


def test_breadcrumbs_in_their_order() -> None:
    crumbs = read_breadcrumbs(with_crumbs(CRUMBS))
    assert len(crumbs) == 3
    assert [crumb.index for crumb in crumbs.items] == [0, 1, 2]
    assert [crumb.text for crumb in crumbs.items] == ["SELECT 1", "GET /x 502", "pool is full"]
    assert [crumb.offset for crumb in crumbs.items] == [-33.2, -30.5, None]
    assert [crumb.kind for crumb in crumbs.items] == ["query", "http", "log"]
    assert crumbs.items[0].duration == 3
    assert crumbs.items[1].data == (("method", "GET"), ("url", "/x"), ("status_code", 502))


def test_counts_for_the_filters() -> None:
    crumbs = read_breadcrumbs(with_crumbs(CRUMBS))
    assert crumbs.levels == (("info", 2), ("warning", 1))
    assert crumbs.kinds == (("query", 1), ("http", 1), ("log", 1))
    assert crumbs.categories == (("query", 1), ("http", 1), ("shop.pool", 1))


@pytest.mark.parametrize("entries", [[], [entry("breadcrumbs", None)], [entry("breadcrumbs", {})], None])
def test_no_breadcrumbs(entries: Any) -> None:
    assert len(read_breadcrumbs(api_event(entries=entries))) == 0


def test_a_bare_list_and_data_that_is_text() -> None:
    crumbs = read_breadcrumbs({"entries": [entry("breadcrumbs", [{"data": "said"}, {"data": [1]}])]})
    assert [(crumb.text, crumb.data, crumb.kind) for crumb in crumbs.items] == [
        ("said", (), "default"),
        ("", (), "default"),
    ]


@pytest.mark.parametrize("data", ["x", {"values": {}}, {"values": 5}])
def test_what_cannot_be_read_says_so(data: Any) -> None:
    with pytest.raises(Unreadable, match="breadcrumbs: expected a list"):
        read_breadcrumbs(api_event(entries=[entry("breadcrumbs", data)]))


@pytest.mark.parametrize(
    ("data", "duration"),
    [
        ({"duration_ms": "2.5"}, 2.5),
        ({"duration_s": 2}, 2000),
        ({"duration": "12ms"}, 12),
        ({"duration": "2.41 s"}, 2410),
        ({"elapsed": "500µs"}, 0.5),
        ({"duration": 12}, None),
        ({"duration": "long"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_duration_needs_a_unit(data: Any, duration: float | None) -> None:
    assert read_breadcrumbs(with_crumbs([{"data": data}])).items[0].duration == duration


@pytest.mark.parametrize(
    ("kind", "category", "level", "found"),
    [
        ("query", "", "info", "query"),
        ("default", "django.db", "info", "query"),
        ("default", "redis", "error", "query"),
        ("http", "", "info", "http"),
        ("default", "httplib", "info", "http"),
        ("default", "fetch", "info", "http"),
        ("navigation", "", "info", "navigation"),
        ("default", "navigation", "info", "navigation"),
        ("default", "ui.click", "info", "ui"),
        ("user", "", "info", "ui"),
        ("error", "", "info", "error"),
        ("default", "console", "error", "error"),
        ("default", "console", "info", "log"),
        ("debug", "", "info", "log"),
        ("default", "", "info", "default"),
    ],
)
def test_kinds(kind: str, category: str, level: str, found: str) -> None:
    assert kind_of(kind, category, level) == found
