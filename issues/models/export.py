"""What was exported, by whom, masked or not: the record, and the file while it lasts."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from dexter.jobs.models import Job
from issues.models.issue import Issue


class Export(models.Model):
    """One export. Written by issues.exports alone; the row stays when its file is gone.

    A small one is streamed at once and has no job and no file; a large one is written by `job` and can be
    fetched by its owner until `expires_at`.
    """

    class What(models.TextChoices):
        ISSUES = "issues", "Issues"
        EVENTS = "events", "Events of an issue"

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        JSONL = "jsonl", "JSON Lines"
        XLSX = "xlsx", "Excel (XLSX)"
        MARKDOWN = "md", "Markdown"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="exports",
        help_text="Empty: a command.",
    )
    what = models.CharField(max_length=6, choices=What.choices, default=What.ISSUES)
    format = models.CharField(max_length=5, choices=Format.choices)
    columns = models.JSONField(default=list)
    masked = models.BooleanField(default=True)
    bom = models.BooleanField(default=False, help_text="CSV begins with a byte order mark, for Excel.")
    # {"text": ..., "sort": ..., "projects": [...], ...} of a search, or {"ids": [...]} of a selection
    source = models.JSONField(default=dict)
    issue = models.ForeignKey(Issue, null=True, blank=True, on_delete=models.SET_NULL, related_name="exports")
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="export")
    rows = models.PositiveIntegerField(null=True, blank=True, help_text="Written; None while it is not done.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the file.")
    file = models.CharField(max_length=60, blank=True, help_text="Its name in VAR_DIR/exports; empty: none.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("export_unmasked", "Can export without masking personal data")]
        indexes = [
            models.Index(fields=["owner", "-id"], name="exports_of_person"),  # /exports/
            models.Index(fields=["expires_at"], name="exports_to_remove"),  # issues.exports.files
        ]

    def __str__(self) -> str:
        return f"{self.what} as {self.format}"

    @property
    def is_ready(self) -> bool:
        return bool(self.file) and self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def name(self) -> str:
        """What the file is called when somebody saves it."""
        made = self.created_at or timezone.now()
        return f"dexter-{self.what}-{made:%Y%m%d-%H%M%S}.{self.format}"

    @staticmethod
    def lifetime() -> timedelta:
        return timedelta(hours=settings.KEEP_EXPORTS_HOURS)
