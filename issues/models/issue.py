"""Issues: a narrow row that lists sort and filter by, and what only shown rows need in tables beside it."""

from django.db import models
from django.db.models import Q

from issues.models.connection import Connection
from issues.models.project import Member, Project, Team
from issues.models.release import Release


class Issue(models.Model):
    """A group of events, as Sentry has it. Written by issues.sync (what Sentry says) alone.

    A row whose issue was deleted or merged away in Sentry stays, hidden (`gone`), so that links to it can say
    what became of it.
    """

    class Status(models.TextChoices):
        UNRESOLVED = "unresolved", "Unresolved"
        RESOLVED = "resolved", "Resolved"
        IGNORED = "ignored", "Archived"
        # Sentry is busy with it; shown as it is.
        PENDING_DELETION = "pending_deletion", "Being deleted"
        PENDING_MERGE = "pending_merge", "Being merged"
        REPROCESSING = "reprocessing", "Being reprocessed"

    class Level(models.TextChoices):
        FATAL = "fatal", "Fatal"
        ERROR = "error", "Error"
        WARNING = "warning", "Warning"
        INFO = "info", "Info"
        DEBUG = "debug", "Debug"
        SAMPLE = "sample", "Sample"
        UNKNOWN = "unknown", "Unknown"

    class Gone(models.TextChoices):
        DELETED = "deleted", "Deleted in Sentry"
        MERGED = "merged", "Merged into another issue"
        HIDDEN = "hidden", "In a project that the token no longer sees"

    NO_TREND = -101  # below the lowest percentage there is, so that it sorts last

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="issues")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="issues")
    sentry_id = models.CharField(max_length=40)
    short_id = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=500)
    error_type = models.CharField(max_length=200, blank=True, help_text="metadata.type")
    error_value = models.CharField(max_length=1000, blank=True, help_text="metadata.value, cut")
    culprit = models.CharField(max_length=300, blank=True)
    permalink = models.CharField(max_length=500, blank=True)
    logger = models.CharField(max_length=100, blank=True)
    platform = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.ERROR)
    issue_type = models.CharField(max_length=60, blank=True)
    issue_category = models.CharField(max_length=60, blank=True)

    status = models.CharField(max_length=20, choices=Status.choices, default=Status.UNRESOLVED)
    substatus = models.CharField(max_length=40, blank=True)
    status_details = models.JSONField(default=dict, blank=True)
    priority = models.CharField(
        max_length=6, blank=True, help_text="Sentry's own: low, medium, high or empty."
    )
    is_unhandled = models.BooleanField(null=True, help_text="None: the server does not say.")
    is_public = models.BooleanField(default=False)
    is_bookmarked = models.BooleanField(default=False)
    is_subscribed = models.BooleanField(default=False)
    has_seen = models.BooleanField(default=False)
    assignee = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_issues"
    )
    assignee_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_issues"
    )
    comment_count = models.PositiveIntegerField(default=0)

    count = models.PositiveBigIntegerField(default=0, help_text="Events, all that Sentry counted.")
    user_count = models.PositiveBigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    first_release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="began_issues"
    )
    last_release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    # Computed by issues.sync from IssueStats, so that lists can sort by them.
    events_24h = models.PositiveIntegerField(null=True, help_text="None: the server gives no counts.")
    events_before = models.PositiveIntegerField(null=True, help_text="In the 24 hours before those.")
    # Percent up (or down, negative) on the 24 hours before; NO_TREND without a baseline.
    trend = models.IntegerField(default=NO_TREND)
    score = models.SmallIntegerField(default=0, help_text="Priority, 0 to 100, by issues.scoring.")
    is_growing = models.BooleanField(default=False, help_text="Archived, yet its events multiply.")

    # Written by issues.services.marks, for apps that read events.
    has_deadlock = models.BooleanField(
        default=False, db_default=False, help_text="Written by issues.services.marks."
    )
    has_n_plus_one = models.BooleanField(default=False, db_default=False)
    has_slow_query = models.BooleanField(default=False, db_default=False)

    summary = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="In one line, by a model. Written by issues.services.summaries.",
    )

    gone = models.CharField(max_length=8, blank=True, choices=Gone.choices)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged_issues"
    )
    synced_at = models.DateTimeField(help_text="When a sync saw it last.")
    detail_synced_at = models.DateTimeField(null=True, blank=True)
    events_synced_at = models.DateTimeField(null=True, blank=True)
    events_cached = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "sentry_id"], name="issue_key")]
        # Every list is "status, then a sort column, newest id first", so each sort has one index. Pages of
        # `status = all` walk the same columns without the status.
        indexes = [
            # Explorer, sorted by last seen (default), first seen, events, users, trend, priority
            models.Index(fields=["status", "-last_seen", "-id"], name="list_last_seen", condition=Q(gone="")),
            models.Index(
                fields=["status", "-first_seen", "-id"], name="list_first_seen", condition=Q(gone="")
            ),
            models.Index(fields=["status", "-count", "-id"], name="list_count", condition=Q(gone="")),
            models.Index(fields=["status", "-user_count", "-id"], name="list_users", condition=Q(gone="")),
            models.Index(fields=["status", "-trend", "-id"], name="list_trend", condition=Q(gone="")),
            models.Index(fields=["status", "-score", "-id"], name="list_score", condition=Q(gone="")),
            # The same for `status = all`
            models.Index(fields=["-last_seen", "-id"], name="all_last_seen", condition=Q(gone="")),
            models.Index(fields=["-first_seen", "-id"], name="all_first_seen", condition=Q(gone="")),
            models.Index(fields=["-count", "-id"], name="all_count", condition=Q(gone="")),
            models.Index(fields=["-user_count", "-id"], name="all_users", condition=Q(gone="")),
            models.Index(fields=["-trend", "-id"], name="all_trend", condition=Q(gone="")),
            models.Index(fields=["-score", "-id"], name="all_score", condition=Q(gone="")),
            # Explorer of one project, last seen first; also the sync's look for issues that disappeared
            models.Index(fields=["project", "-last_seen", "-id"], name="list_project", condition=Q(gone="")),
            # `assigned:me`, `assigned:#team`
            models.Index(fields=["assignee", "-last_seen"], name="list_assignee", condition=Q(gone="")),
            models.Index(fields=["assignee_team", "-last_seen"], name="list_team", condition=Q(gone="")),
            # `is:regressed` and the like, tabs "New" and "Regressed"
            models.Index(
                fields=["substatus", "-last_seen", "-id"], name="list_substatus", condition=Q(gone="")
            ),
            # `is:growing`, tab "Muted but growing"
            models.Index(
                fields=["-trend", "-id"], name="list_growing", condition=Q(gone="", is_growing=True)
            ),
            # `is:deadlock`
            models.Index(
                fields=["-last_seen", "-id"], name="list_deadlock", condition=Q(gone="", has_deadlock=True)
            ),
            # `is:n+1`, `is:slow_query`
            models.Index(
                fields=["-last_seen", "-id"],
                name="list_n_plus_one",
                condition=Q(gone="", has_n_plus_one=True),
            ),
            models.Index(
                fields=["-last_seen", "-id"],
                name="list_slow_query",
                condition=Q(gone="", has_slow_query=True),
            ),
            # Look-up by short id: search, palette, pasted links
            models.Index(fields=["short_id"], name="issue_short_id"),
            # issues.sync.events: whose events to fetch first
            models.Index(fields=["connection", "-score"], name="events_first", condition=Q(gone="")),
        ]

    def __str__(self) -> str:
        return self.short_id or self.sentry_id

    @property
    def users(self) -> int | None:
        """How many users met it; None where the server does not count them. Reads the connection."""
        return self.user_count if self.connection.counts_users else None


class IssueStats(models.Model):
    """Event counts over time, as dexter.timeseries writes them. Beside the issue to keep that narrow."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, primary_key=True, related_name="stats")
    hours = models.JSONField(default=dict, help_text="Hourly, the last 7 days as far as they were seen.")
    days = models.JSONField(default=dict, help_text="Daily, the last 30 days as far as they were seen.")

    def __str__(self) -> str:
        return f"stats of {self.issue_id}"


class IssueTag(models.Model):
    """A tag value that an issue's cached events carry, with how often. What `release:` and tags filter by."""

    # Without an index of its own: the one of issue_tag_key begins with it, and holds what a filter asks for.
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=64)
    value = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=0, help_text="In the cached events.")
    # Sentry's own count over all events; None until the tag's distribution was fetched.
    total = models.PositiveBigIntegerField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "key", "value"], name="issue_tag_key")]
        indexes = [
            models.Index(
                fields=["key", "value", "issue"], name="tag_filter"
            ),  # explorer, environment: release:
        ]

    def __str__(self) -> str:
        return f"{self.key}:{self.value}"


class IssueText(models.Model):
    """The words of an issue and its cached events (issues.search.words), for free-text search.

    PostgreSQL searches it by a GIN index on to_tsvector('simple', body), SQLite by an FTS5 table; both are
    made by migration 0002. Migration 0007 keeps the words in the row; elsewhere they cost ten times as much.
    """

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, primary_key=True, related_name="text")
    body = models.TextField()

    def __str__(self) -> str:
        return f"text of {self.issue_id}"
