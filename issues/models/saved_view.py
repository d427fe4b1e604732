"""Saved searches, shown as tabs over the list."""

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A search with its sort. Without an owner it came with Dexter and everybody sees it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    sort = models.CharField(max_length=20, default="last_seen")
    is_shared = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False, help_text="Also in the rail.")
    position = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="view_name_per_person")]

    def __str__(self) -> str:
        return self.name
