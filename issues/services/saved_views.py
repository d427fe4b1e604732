"""Keeping a search as a tab. A person changes only what is theirs."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from issues.models import SavedView


class NameTaken(Exception):
    """The person already has a view of this name."""


def add_view(user: User, *, name: str, query: str, sort: str, is_shared: bool) -> SavedView:
    """A new view of `user`, behind the others; raises NameTaken."""
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                owner_id=user.pk, name=name, query=query, sort=sort, is_shared=is_shared
            )
    except IntegrityError as error:
        raise NameTaken(f"You already have a view called {name!r}. Choose another name.") from error


def pin_view(view: SavedView, *, pinned: bool) -> None:
    """Keeps the view in the rail as well, of everybody who sees it; or only among the tabs again."""
    view.is_pinned = pinned
    view.save(update_fields=["is_pinned"])


def update_view(view: SavedView, *, query: str, sort: str) -> None:
    """Keeps another search under the same name."""
    view.query, view.sort = query, sort
    view.save(update_fields=["query", "sort"])
