"""The admin: connections with a token that can be set but never read, and records nobody edits."""

import json
import zlib
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from dexter.pii import mask_value
from issues.models import (
    Connection,
    Export,
    Issue,
    Project,
    Release,
    Reveal,
    SavedView,
    SyncRun,
    WebhookDelivery,
    WebhookRefusal,
)
from issues.sync.connect import check
from issues.sync.errors import SyncError
from issues.tasks import enqueue_sync


class ConnectionForm(forms.ModelForm):
    """Secrets are write-only: the fields are always empty, and an empty one keeps what is stored."""

    new_token = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Empty keeps the stored token.",
    )
    new_webhook_secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="The integration's client secret. Empty keeps the stored one.",
    )

    base_url = forms.URLField(
        assume_scheme="https", help_text=Connection._meta.get_field("base_url").help_text
    )
    web_url = forms.URLField(
        assume_scheme="https", required=False, help_text=Connection._meta.get_field("web_url").help_text
    )

    class Meta:
        model = Connection
        fields = [
            "name", "slug", "base_url", "web_url", "organization", "flavour", "enabled", "max_rate",
            "window_days", "app_uuid",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A stored token goes to the server it was entered for and to no other."""
        cleaned = super().clean() or {}
        url = cleaned.get("base_url")
        if not cleaned.get("new_token"):
            if not self.instance.pk:
                self.add_error("new_token", "A new connection needs a token.")
            elif url and urlsplit(url).netloc != urlsplit(self.initial["base_url"]).netloc:
                self.add_error("new_token", "The server changed: enter its token.")
        return cleaned

    def save(self, commit: bool = True) -> Connection:
        connection = super().save(commit=False)
        if self.cleaned_data["new_token"]:
            connection.token = self.cleaned_data["new_token"]
        if self.cleaned_data["new_webhook_secret"]:
            connection.webhook_secret = self.cleaned_data["new_webhook_secret"]
        connection.retry_at = None
        if commit:
            connection.save()
        return connection


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):
    form = ConnectionForm
    list_display = ["name", "organization", "flavour", "enabled", "state", "synced_at"]
    readonly_fields = [
        "state",
        "error",
        "synced_at",
        "full_synced_at",
        "retry_at",
        "scopes",
        "missing_scopes",
        "webhook_address",
        "webhooks_seen_at",
        "webhook_note",
    ]
    prepopulated_fields = {"slug": ["name"]}
    actions = ["check_now", "sync_now"]

    @admin.display(description="Webhook URL")
    def webhook_address(self, connection: Connection) -> str:
        """To enter in Sentry; the host is the one people use."""
        return reverse("issues:webhook", args=[connection.slug]) if connection.slug else "after saving"

    @admin.action(description="Check address and token")
    def check_now(self, request: HttpRequest, queryset: Any) -> None:
        for connection in queryset:
            try:
                found = check(connection)
            except SyncError as error:
                messages.error(request, f"{connection}: {error}")
            else:
                lacks = ", ".join(scope for scope, _ in found.missing) or "nothing"
                messages.success(
                    request, f"{connection}: {found.flavour.title} answers; the token lacks {lacks}."
                )

    @admin.action(description="Sync now, all issues")
    def sync_now(self, request: HttpRequest, queryset: Any) -> None:
        for connection in queryset:
            _, created = enqueue_sync(connection, full=True)
            messages.info(request, f"{connection}: {'queued' if created else 'a sync is running already'}.")


class ReadOnlyAdmin(admin.ModelAdmin):
    """For what Sentry or Dexter itself wrote: to look at, not to edit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    list_display = [
        "started_at",
        "connection",
        "kind",
        "is_complete",
        "issues_seen",
        "events_stored",
        "requests",
    ]
    list_filter = ["connection", "kind", "is_complete"]


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    list_display = ["slug", "connection", "platform", "issues_cached", "events_cached", "users_total"]
    list_filter = ["connection"]


@admin.register(Issue)
class IssueAdmin(ReadOnlyAdmin):
    list_display = ["short_id", "title", "project", "status", "count", "last_seen", "gone"]
    list_select_related = ["project"]
    show_full_result_count = False
    search_fields = ["=short_id"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["version", "connection", "created_at", "commit_count", "deploy_count"]
    show_full_result_count = False


@admin.register(Reveal)
class RevealAdmin(ReadOnlyAdmin):
    list_display = ["date", "user", "issue", "path", "kind"]
    list_select_related = ["user", "issue"]
    list_filter = ["kind"]


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Who exported what, and whether it was masked; the files are their owners'."""

    list_display = ["created_at", "owner", "what", "format", "rows", "masked"]
    list_filter = ["masked", "what", "format"]
    list_select_related = ["owner"]
    exclude = ["file"]


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "query", "is_shared", "position"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "connection", "resource", "action", "issue_ref", "state", "note"]
    list_filter = ["state", "resource", "is_echo", "connection"]
    list_select_related = ["connection"]
    show_full_result_count = False
    search_fields = ["=request_id", "=issue_ref"]
    exclude = ["body"]
    readonly_fields = ["shown_body"]

    @admin.display(description="Body")
    def shown_body(self, delivery: WebhookDelivery) -> str:
        """Masked, as personal data are everywhere."""
        try:
            body = json.loads(delivery.unpack() or b"null")
        except (ValueError, zlib.error) as error:
            return f"It cannot be read: {error}"
        shown = json.dumps(mask_value(body), indent=2, ensure_ascii=False)
        return format_html("<pre>{}</pre>", shown) if body is not None else "Emptied once it was stored."


@admin.register(WebhookRefusal)
class WebhookRefusalAdmin(ReadOnlyAdmin):
    list_display = ["connection", "reason", "count", "last_at"]
    list_select_related = ["connection"]
