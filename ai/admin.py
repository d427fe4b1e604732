"""The admin: model servers, whose keys can be set but never read, models, and who asked what."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from ai.generate.health import check_provider
from ai.models import Description, Explanation, Feedback, LanguageModel, PromptTemplate, Provider, Summary
from ai.services.providers import OutboundRefused, check_address
from ai.services.templates import add_version, use_again


class ProviderForm(forms.ModelForm):
    """The key is write-only: the field is always empty, and an empty one keeps what is stored."""

    new_api_key = forms.CharField(
        required=False,
        label="API key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Empty keeps the stored one. Most local servers need none.",
    )
    forget_api_key = forms.BooleanField(required=False, label="Forget the stored API key")
    base_url = forms.URLField(
        assume_scheme="https",
        label="Address",
        help_text=Provider._meta.get_field("base_url").help_text,
    )

    class Meta:
        model = Provider
        fields = ["name", "kind", "base_url", "enabled", "position"]

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"]).rstrip("/")
        try:
            check_address(url)
        except OutboundRefused as error:
            raise ValidationError(str(error)) from error
        return url

    def clean(self) -> dict[str, Any]:
        """A stored key goes to the server it was entered for and to no other."""
        cleaned = super().clean() or {}
        url = cleaned.get("base_url")
        has_key = Provider.objects.filter(pk=self.instance.pk).exclude(api_key="").exists()
        if (
            has_key
            and url
            and url != self.initial.get("base_url")
            and not self._says_what_of_the_key(cleaned)
        ):
            self.add_error("new_api_key", "The address changed: enter its key, or forget the old one.")
        return cleaned

    @staticmethod
    def _says_what_of_the_key(cleaned: dict[str, Any]) -> bool:
        return bool(cleaned.get("new_api_key") or cleaned.get("forget_api_key"))

    def save(self, commit: bool = True) -> Provider:
        provider = super().save(commit=False)
        if self.cleaned_data["new_api_key"] or self.cleaned_data["forget_api_key"]:
            provider.api_key = self.cleaned_data["new_api_key"]
        provider.checked_at = None
        if commit:
            provider.save()
        return provider


class ModelInline(admin.TabularInline):
    model = LanguageModel
    extra = 0
    fields = ["name", "context_size", "answer_size", "is_fallback", "position", "enabled"]


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    form = ProviderForm
    list_display = ["name", "kind", "base_url", "enabled", "position", "checked_at", "error"]
    readonly_fields = ["checked_at", "error", "advice"]
    inlines = [ModelInline]
    actions = ["check_now"]

    @admin.action(description="Ask for its models now")
    def check_now(self, request: HttpRequest, queryset: Any) -> None:
        for provider in queryset:
            found = check_provider(provider)
            if found.error:
                messages.error(request, f"{found}: {found.error} {found.advice}")
            else:
                messages.success(request, f"{found}: {len(found.installed)} models.")


@admin.register(LanguageModel)
class LanguageModelAdmin(admin.ModelAdmin):
    list_display = ["name", "provider", "context_size", "is_default", "is_fallback", "position", "enabled"]
    list_select_related = ["provider"]
    list_filter = ["provider", "enabled"]
    actions = ["make_default"]

    def save_model(self, request: HttpRequest, obj: LanguageModel, form: Any, change: bool) -> None:
        """A new default takes the place of the old one."""
        with transaction.atomic():
            if obj.is_default:
                LanguageModel.objects.exclude(pk=obj.pk).filter(is_default=True).update(is_default=False)
            super().save_model(request, obj, form, change)

    @admin.action(description="Ask this model where nobody chose one")
    def make_default(self, request: HttpRequest, queryset: Any) -> None:
        if queryset.count() != 1:
            messages.error(request, "One model is the default: tick one.")
            return
        with transaction.atomic():
            LanguageModel.objects.filter(is_default=True).update(is_default=False)
            queryset.update(is_default=True)


@admin.register(PromptTemplate)
class PromptTemplateAdmin(admin.ModelAdmin):
    """Saving makes a new version; what answers were written with stays as it was."""

    list_display = ["category", "version", "is_current", "note", "created_by", "created_at"]
    list_filter = ["is_current", "category"]
    list_select_related = ["created_by"]
    fields = ["category", "preview", "system", "task", "note"]
    actions = ["use_this_version"]

    def get_readonly_fields(self, request: HttpRequest, obj: PromptTemplate | None = None) -> list[str]:
        return ["preview", "category"] if obj else ["preview"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Preview")
    def preview(self, obj: PromptTemplate) -> str:
        if not obj.pk:
            return "After saving."
        return format_html('<a href="{}">On a real event</a>', reverse("ai:template", args=[obj.pk]))

    def save_model(self, request: HttpRequest, obj: PromptTemplate, form: Any, change: bool) -> None:
        made = add_version(
            category=obj.category, system=obj.system, task=obj.task, note=obj.note, user=request.user
        )
        obj.pk, obj.version, obj.is_current = made.pk, made.version, True

    def response_change(self, request: HttpRequest, obj: PromptTemplate) -> HttpResponse:
        """Whoever goes on editing goes on with the version that was just made."""
        response = super().response_change(request, obj)
        if "_continue" in request.POST:
            return redirect("admin:ai_prompttemplate_change", obj.pk)
        return response

    @admin.action(description="Use this version (again)")
    def use_this_version(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            use_again(row)
            messages.success(request, f"{row} is used from now on.")


class RecordAdmin(admin.ModelAdmin):
    """To look at, not to edit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Explanation)
class ExplanationAdmin(RecordAdmin):
    list_display = ["created_at", "asked_by", "issue_ref", "question", "model_name", "state", "is_grounded"]
    list_select_related = ["asked_by"]
    list_filter = ["state", "is_grounded", "model_name"]
    show_full_result_count = False


@admin.register(Feedback)
class FeedbackAdmin(RecordAdmin):
    list_display = ["given_at", "user", "explanation", "is_helpful", "reason"]
    list_select_related = ["user", "explanation"]
    list_filter = ["is_helpful"]


@admin.register(Summary)
class SummaryAdmin(RecordAdmin):
    list_display = ["made_at", "issue", "text", "error", "model_name", "template_version"]
    list_select_related = ["issue"]
    list_filter = ["model_name", "template_version"]
    show_full_result_count = False


@admin.register(Description)
class DescriptionAdmin(RecordAdmin):
    list_display = ["created_at", "asked_by", "words", "query", "by", "model_name", "state"]
    list_select_related = ["asked_by"]
    list_filter = ["state", "by", "model_name"]
    show_full_result_count = False
