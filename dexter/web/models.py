"""What a person chose about the portal, and the tokens that speak for them."""

from django.conf import settings
from django.db import models


class Mode(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Contrast(models.TextChoices):
    SYSTEM = "system", "As the system"
    NORMAL = "normal", "Normal"
    MORE = "more", "More"


class Density(models.TextChoices):
    COSY = "cosy", "Cosy, three lines an issue"
    COMPACT = "compact", "Compact, one line an issue"


class StackMode(models.TextChoices):
    APP = "app", "In-app frames"
    ALL = "all", "All frames"
    RAW = "raw", "Raw text"


class DefaultSort(models.TextChoices):
    LAST_SEEN = "last_seen", "Last seen"
    FIRST_SEEN = "first_seen", "First seen"
    EVENTS = "events", "Events"
    USERS = "users", "Users"
    TREND = "trend", "Trend"
    SCORE = "score", "Priority"


class Preference(models.Model):
    """One row a person, made when they first change something; without one the defaults here apply."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference")
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.SYSTEM)
    contrast = models.CharField(max_length=8, choices=Contrast, default=Contrast.SYSTEM)
    density = models.CharField(max_length=8, choices=Density, default=Density.COSY)
    split = models.BooleanField(default=True, help_text="Show the issue beside the list on wide screens.")
    shortcuts = models.BooleanField(default=True, help_text="Single keys act on lists and issues.")
    email = models.BooleanField(default=True, help_text="Mails of what comes into the inbox.")
    default_sort = models.CharField(max_length=16, choices=DefaultSort, default=DefaultSort.LAST_SEEN)
    page_size = models.PositiveSmallIntegerField(choices=[(25, "25"), (50, "50"), (100, "100")], default=25)
    stack_mode = models.CharField(max_length=4, choices=StackMode, default=StackMode.APP)

    def __str__(self) -> str:
        return f"preferences of {self.user}"


class ApiToken(models.Model):
    """A personal token of the JSON API. Written by `dexter.web.tokens` alone; only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, in hex.")
    prefix = models.CharField(max_length=12, help_text="The first characters, to tell tokens apart.")
    can_write = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
