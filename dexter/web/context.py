"""The context every page has: `portal`, whose parts cost nothing until a template asks for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from dexter.web.models import Preference
from dexter.web.portal import AREAS, Area, Freshness, Pin, freshness, pins_of, unread_of

FRESHNESS_SECONDS = 5
PINS_SECONDS = 60
UNREAD_SECONDS = 60


@dataclass(frozen=True)
class NavItem:
    area: Area
    current: bool


def preference_of(request: HttpRequest) -> Preference:
    """The person's preferences, read once a request; the defaults when they never chose."""
    kept: Preference | None = getattr(request, "_preference", None)
    if kept is None:
        user = request.user
        # `PortalBackend` has read them with the person.
        kept = getattr(user, "preference", None) or Preference()
        request._preference = kept  # type: ignore[attr-defined]
    return kept


class Portal:
    """What base.html asks: `nav`, `pins`, `unread`, `preference`, `freshness`, `demo`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.demo: bool = settings.DEMO

    @property
    def nav(self) -> list[NavItem]:
        path = self._request.path
        return [NavItem(area, path == area.prefix or path.startswith(area.below)) for area in AREAS]

    @property
    def preference(self) -> Preference:
        return preference_of(self._request)

    @property
    def pins(self) -> list[Pin]:
        user_id = self._request.user.pk or 0
        return cache.get_or_set(f"portal:pins:{user_id}", lambda: pins_of(user_id), PINS_SECONDS) or []

    @cached_property
    def unread(self) -> int:
        """How much in the inbox the person has not read."""
        user_id = self._request.user.pk
        if not user_id:
            return 0
        return cache.get_or_set(f"portal:unread:{user_id}", lambda: unread_of(user_id), UNREAD_SECONDS) or 0

    @cached_property
    def freshness(self) -> Freshness | None:
        """Seconds old at most: every page and every open tab shows it."""
        return cache.get_or_set("portal:freshness", freshness, FRESHNESS_SECONDS)


def keep_pins(user_id: int, pins: list[Pin]) -> None:
    """A page that has read the person's pins spares the rail the query."""
    cache.set(f"portal:pins:{user_id}", pins, PINS_SECONDS)


def forget_pins(user_id: int) -> None:
    """The person's pins have changed; others see it within a minute."""
    cache.delete(f"portal:pins:{user_id}")


def forget_unread(user_ids: Iterable[int]) -> None:
    """Something came into these people's inboxes, or was read there."""
    cache.delete_many([f"portal:unread:{user_id}" for user_id in user_ids])


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"portal": Portal(request)}
