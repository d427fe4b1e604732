"""Signing in as Django does it, reading in one query each what every page asks of a person."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.contrib.auth.models import User as Person
from django.db.models import Model, Q


class PortalBackend(ModelBackend):
    """Django's ModelBackend: the person comes with their preferences, all permissions come at once."""

    def get_user(self, user_id: Any) -> Person | None:
        person = Person.objects.select_related("preference").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

    def get_all_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        """ "app.codename" of the person and of their groups; none for the inactive and for single objects."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        kept: set[str] | None = getattr(user_obj, "_perm_cache", None)
        if kept is None:
            kept = user_obj._perm_cache = _permissions(user_obj)  # type: ignore[attr-defined]
        return kept


def _permissions(user: Any) -> set[str]:
    granted = Q() if user.is_superuser else Q(user=user) | Q(group__user=user)
    found = Permission.objects.filter(granted).order_by().distinct()
    return {f"{app}.{name}" for app, name in found.values_list("content_type__app_label", "codename")}
