"""What is in somebody's inbox."""

from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet

from issues.models import InboxEntry


def unread_count(user_id: int) -> int:
    return InboxEntry.objects.filter(_unread(), user=user_id).count()


def entries_of(user: Any, *, only_unread: bool = False) -> QuerySet[InboxEntry]:
    """Entries with what their lines show, unordered."""
    rows = InboxEntry.objects.filter(user=user).select_related("issue__project", "comment")
    return rows.filter(_unread()) if only_unread else rows


def _unread() -> Q:
    """The condition of the index `inbox_unread`, written as it stands there: SQLite compares the text."""
    return Q(Func(F("read_at"), template="%(expressions)s IS NULL", output_field=BooleanField()))
