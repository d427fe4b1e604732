"""The admin: reports to look at, masked; nobody edits what was read."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from deadlocks.analyzer.render import from_value, markdown
from deadlocks.models import DeadlockReport, LogFile, LogReport
from deadlocks.queries.reports import masked_value
from dexter.pii import mask_text
from issues.admin import ReadOnlyAdmin


class ReportAdmin(ReadOnlyAdmin):
    """`value` and the text hold personal data, so that only their masked forms are shown."""

    exclude = ["value", "raw"]
    readonly_fields = ["page", "report", "original"]
    show_full_result_count = False

    @admin.display(description="Page")
    def page(self, row: DeadlockReport | LogReport) -> str:
        return format_html('<a href="{}">Open</a>', row.get_absolute_url())

    @admin.display(description="Report")
    def report(self, row: DeadlockReport | LogReport) -> str:
        try:
            said = markdown(from_value(masked_value(row.known)))
        except (KeyError, TypeError) as error:
            return f"It cannot be read: {error!r}"
        return format_html("<pre>{}</pre>", said)

    @admin.display(description="As it stood")
    def original(self, row: DeadlockReport | LogReport) -> str:
        return format_html("<pre>{}</pre>", mask_text(row.raw)) if row.raw else "Not kept."


@admin.register(DeadlockReport)
class DeadlockReportAdmin(ReportAdmin):
    list_display = ["occurred_at", "issue", "root_cause", "severity", "confidence", "victim_pid", "version"]
    list_select_related = ["issue"]
    list_filter = ["root_cause", "severity", "version"]
    search_fields = ["=event_key", "=issue__short_id"]
    exclude = [*ReportAdmin.exclude, "joined"]


@admin.register(LogReport)
class LogReportAdmin(ReportAdmin):
    list_display = ["pk", "log", "position", "occurred_at", "root_cause", "victim_pid", "version"]
    list_select_related = ["log"]
    list_filter = ["root_cause", "version"]


@admin.register(LogFile)
class LogFileAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "name", "owner", "size", "found", "kept", "open_page"]
    list_select_related = ["owner"]
    list_filter = ["kept"]
    exclude = ["file"]

    @admin.display(description="Page")
    def open_page(self, row: LogFile) -> str:
        return format_html('<a href="{}">Open</a>', reverse("deadlocks:log", args=[row.pk]))
