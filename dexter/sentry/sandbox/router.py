"""Finds the handler for a method and a path: a tree of path segments, no regular expressions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from dexter.sentry.sandbox.http import Request, Response

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

Handler = Callable[["Sandbox", Request], Response]

ANY: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """`path` with `{names}`; `scopes` are alternatives; `limit` names an own rate-limit bucket."""

    method: str
    path: str
    handler: Handler
    scopes: tuple[str, ...] = ANY
    limit: str | None = None
    replacement: str | None = None


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    named: "_Node | None" = None
    name: str = ""
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """Fixed segments win over named ones, so `events/latest/` could stand beside `events/{id}/`."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for part in route.path.strip("/").split("/"):
            if part.startswith("{"):
                if node.named is None:
                    node.named = _Node(name=part[1:-1])
                node = node.named
            else:
                node = node.fixed.setdefault(part, _Node())
        node.routes[route.method] = route

    def find(self, path: str) -> tuple[dict[str, Route], dict[str, str]] | None:
        """Routes of a path by method and the path's values. None when there is no such path."""
        if not path.endswith("/"):
            return None
        values: dict[str, str] = {}
        node = self._root
        for part in path.strip("/").split("/"):
            if part in node.fixed:
                node = node.fixed[part]
            elif node.named is not None:
                node = node.named
                values[node.name] = unquote(part)
            else:
                return None
        return (node.routes, values) if node.routes else None
