"""Saved views: whose are shown to whom."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from dexter.web.portal import Pin
from issues.models import SavedView


def pinned_views(user_id: int) -> list[Pin]:
    """The pinned ones among the views that the person sees."""
    shown = SavedView.objects.filter(Q(owner=None) | Q(is_shared=True) | Q(owner_id=user_id), is_pinned=True)
    return [Pin(name, f"/?view={pk}") for pk, name in shown.values_list("pk", "name")]


def pins_among(views: Iterable[SavedView]) -> list[Pin]:
    """The same, of views that were read already."""
    return [Pin(view.name, f"/?view={view.pk}") for view in views if view.is_pinned]


def views_of(user: User) -> QuerySet[SavedView]:
    """Dexter's own, everybody's shared ones and the person's own, in the order of the tabs."""
    return SavedView.objects.filter(Q(owner=None) | Q(is_shared=True) | Q(owner_id=user.pk))
