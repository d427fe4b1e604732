"""Projects and who works on them."""

from django.conf import settings
from django.db import models

from issues.models.connection import Connection


class Team(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="teams")
    sentry_id = models.CharField(max_length=40)
    slug = models.CharField(max_length=100)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "sentry_id"], name="team_key")]

    def __str__(self) -> str:
        return f"#{self.slug}"


class Member(models.Model):
    """A person of the organisation. `sentry_id` is the user's id, not the membership's."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="members")
    sentry_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    # The person here whose e-mail address is the same; `assigned:me` goes through it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    teams = models.ManyToManyField(Team, related_name="members", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "sentry_id"], name="member_key")]

    def __str__(self) -> str:
        return self.name or self.email


class Project(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="projects")
    sentry_id = models.CharField(max_length=40)
    slug = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    platform = models.CharField(max_length=64, blank=True)
    teams = models.ManyToManyField(Team, related_name="projects", blank=True)
    # Distinct users of the project over `users_days`, what an issue's share is of; None: Sentry does not say.
    users_total = models.PositiveBigIntegerField(null=True, blank=True)
    users_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Denormalised at the end of each sync, for "searched the newest N of M events".
    issues_cached = models.PositiveBigIntegerField(default=0)
    events_cached = models.PositiveBigIntegerField(default=0)
    events_total = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["connection", "sentry_id"], name="project_key")]

    def __str__(self) -> str:
        return self.slug


class Environment(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="environments")
    name = models.CharField(max_length=64)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="environment_key")]

    def __str__(self) -> str:
        return self.name
