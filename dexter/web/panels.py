"""Panels that other apps put on a page of `issues`: the page loops over them and loads each by HTMX.

A panel has a URL of its own, so one that fails or is slow never takes the page with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SLOTS = ("issue_main", "issue_side", "issue_badges", "peek")


@dataclass(frozen=True)
class Panel:
    """`url_name` takes the issue's id; `applies` gets the shown event's row (or None) and must be cheap."""

    slot: str
    name: str
    title: str
    url_name: str
    applies: Callable[[Any], bool]


_panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Registers `panel`; raises ValueError for a slot that no page has."""
    if panel.slot not in SLOTS:
        raise ValueError(f"no page has a slot {panel.slot!r}; there are {', '.join(SLOTS)}")
    if panel not in _panels:
        _panels.append(panel)


def panels_for(slot: str, event: Any) -> list[Panel]:
    """The panels of `slot` that have something to say about `event`, in the order of registration."""
    return [panel for panel in _panels if panel.slot == slot and panel.applies(event)]
