"""Recommendations that somebody put aside."""

from django.conf import settings
from django.db import models


class Dismissal(models.Model):
    """A recommendation that the team does not want to see again, and why. A recommendation itself is no row.

    Written by ai.services.recommending alone.
    """

    LONGEST = 300

    key = models.CharField(max_length=80, unique=True, help_text="Kind and issue, as in Recommendation.key.")
    reason = models.CharField(max_length=LONGEST)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="dismissals"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="dismissals_newest")]  # /recommendations/

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"
