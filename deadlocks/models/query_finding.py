"""Repeated and slow statements of events, as `deadlocks.performance` finds them."""

from django.db import models

from issues.models import Event


class ReadEvent(models.Model):
    """Which version of the analyzer read an event. Written by deadlocks.services.reading alone.

    It is also there for an event without findings, so that none is read twice, and all are read again when
    the version changes.
    """

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="read_for_queries"
    )
    version = models.CharField(max_length=20)
    read_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.event_id} by {self.version}"


class QueryFinding(models.Model):
    """One finding of one event. Written by deadlocks.services.reading alone.

    No value of a statement is stored: literals are normalised to `?`.
    """

    class Kind(models.TextChoices):
        N_PLUS_ONE = "n_plus_one", "N+1"
        SLOW = "slow_query", "Slow"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="query_findings")
    position = models.PositiveSmallIntegerField(help_text="0 is the worst of its event.")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    statement = models.TextField(help_text="Normalised.")
    count = models.PositiveIntegerField()
    milliseconds = models.FloatField(null=True, help_text="Sum of the times that are known; None: none is.")
    frames = models.JSONField(
        default=list, help_text="[file, line or null, function or null], the most frequent first."
    )
    tables = models.JSONField(default=list)
    version = models.CharField(max_length=10)

    class Meta:
        # Two workers that read the same event store it once. Serves the issue page too.
        constraints = [models.UniqueConstraint(fields=["event", "position"], name="query_finding_key")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.statement[:60]}"
