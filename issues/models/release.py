"""Releases, their deploys and commits."""

from django.db import models

from issues.models.connection import Connection
from issues.models.project import Project


class Release(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="releases")
    version = models.CharField(max_length=250)
    short_version = models.CharField(max_length=250, blank=True)
    projects = models.ManyToManyField(Project, related_name="releases", blank=True)
    created_at = models.DateTimeField(help_text="dateCreated of Sentry.")
    released_at = models.DateTimeField(null=True, blank=True)
    first_event_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    commit_count = models.PositiveIntegerField(default=0)
    deploy_count = models.PositiveIntegerField(default=0)
    new_issues = models.PositiveIntegerField(default=0)
    url = models.CharField(max_length=500, blank=True)
    # When deploys and commits were fetched; None: not yet.
    detail_synced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "version"], name="release_key")]
        indexes = [
            # Release markers on an issue's timeline, `release:latest`, completion of release:
            models.Index(fields=["connection", "-created_at"], name="release_newest"),
        ]

    def __str__(self) -> str:
        return self.short_version or self.version


class Deploy(models.Model):
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="deploys")
    sentry_id = models.CharField(max_length=40)
    environment = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["-finished_at"]
        constraints = [models.UniqueConstraint(fields=["release", "sentry_id"], name="deploy_key")]

    def __str__(self) -> str:
        return f"{self.release} to {self.environment}"


class Commit(models.Model):
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="commits")
    sha = models.CharField(max_length=64)
    message = models.TextField(blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    author_email = models.CharField(max_length=254, blank=True)
    repository = models.CharField(max_length=200, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-committed_at"]
        constraints = [models.UniqueConstraint(fields=["release", "sha"], name="commit_key")]

    def __str__(self) -> str:
        return self.sha[:8]
