"""A Sentry organisation that Dexter keeps a cache of."""

from django.conf import settings
from django.db import models

from dexter.sentry.flavour import FLAVOURS
from issues.models.fields import EncryptedTextField


class Connection(models.Model):
    """One organisation on one server. People edit it in the admin; issues.sync writes state and times."""

    class Flavour(models.TextChoices):
        SENTRY = "sentry", "Sentry"
        GLITCHTIP = "glitchtip", "GlitchTip"

    class State(models.TextChoices):
        NEW = "new", "Not synced yet"
        OK = "ok", "Synced"
        LIMITED = "limited", "Rate limited"
        UNREACHABLE = "unreachable", "Sentry cannot be reached"
        REFUSED = "refused", "Sentry refused the token"
        FAILED = "failed", "The last sync failed"

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=60, unique=True, help_text="In URLs, for example of the webhook.")
    base_url = models.URLField(
        max_length=300, help_text="Of the Web API, for example https://sentry.io/api/0/"
    )
    web_url = models.URLField(max_length=300, blank=True, help_text="Where people open Sentry.")
    organization = models.CharField(max_length=100, help_text="The organisation's slug.")
    organization_id = models.CharField(max_length=40, blank=True)
    flavour = models.CharField(max_length=12, choices=Flavour.choices, default=Flavour.SENTRY)
    token = EncryptedTextField(default="", blank=True)
    webhook_secret = EncryptedTextField(default="", blank=True)
    app_uuid = models.CharField(
        max_length=40,
        blank=True,
        help_text="Of the integration whose token this is; tells Dexter's own changes when they come back as"
        " webhooks. Found out by itself.",
    )
    webhooks_seen_at = models.DateTimeField(null=True, blank=True, help_text="The last signed webhook.")
    webhook_note = models.CharField(max_length=300, blank=True, help_text="The integration was removed, ...")
    enabled = models.BooleanField(default=True)
    max_rate = models.PositiveIntegerField(
        default=0,
        help_text="Requests a second where the server sends no rate-limit headers; 0 is without limit.",
    )
    window_days = models.PositiveIntegerField(
        default=0, help_text="How far back issues are fetched, in days; 0 is SYNC_WINDOW_DAYS."
    )

    # What the token may do, as found out by connect_sentry: {"event:write": true | false | null}
    scopes = models.JSONField(default=dict, blank=True)
    # [["event:write", "Changes cannot be written back."], ...]
    missing_scopes = models.JSONField(default=list, blank=True)

    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    error = models.TextField(blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="No sync before this.")
    synced_at = models.DateTimeField(null=True, blank=True, help_text="Start of the last complete sync.")
    full_synced_at = models.DateTimeField(null=True, blank=True)
    # Last seen rate limit: {"limit": 40, "remaining": 12, "used_per_second": 3.1}
    rate_limit = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def window(self) -> int:
        """How far back issues are fetched, in days: its own figure, else the installation's."""
        return self.window_days or settings.SYNC_WINDOW_DAYS

    @property
    def counts_users(self) -> bool:
        """Whether this server says how many users met an issue; elsewhere 0 means nothing."""
        return FLAVOURS[self.flavour].can("user_count")

    @property
    def knows_releases(self) -> bool:
        """Whether this server says in which releases an issue was first and last seen."""
        return FLAVOURS[self.flavour].can("issue_releases")
