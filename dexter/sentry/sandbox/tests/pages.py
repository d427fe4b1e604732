"""Reads a paged list to its end, by cursor, as a client does."""

import re
from typing import Any

import httpx

_NEXT = re.compile(r'rel="next"; results="(true|false)"; cursor="([^"]+)"')
_PREVIOUS = re.compile(r'rel="previous"; results="(true|false)"; cursor="([^"]+)"')


def next_cursor(answer: httpx.Response) -> str | None:
    found = _NEXT.search(answer.headers.get("link", ""))
    return found[2] if found and found[1] == "true" else None


def previous_cursor(answer: httpx.Response) -> str | None:
    found = _PREVIOUS.search(answer.headers.get("link", ""))
    return found[2] if found and found[1] == "true" else None


def read_all(client: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get(path, params={**params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        rows += answer.json()
        cursor = next_cursor(answer)
    return rows


ISSUES = "organizations/acme/issues/"
EVERYTHING = {"query": "", "statsPeriod": "200d"}
