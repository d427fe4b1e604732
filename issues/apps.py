from django.apps import AppConfig

from dexter.web.portal import Area, add_area, read_freshness_from, read_pins_from, read_unread_from


class IssuesConfig(AppConfig):
    name = "issues"

    def ready(self) -> None:
        from issues import receivers  # noqa: F401, PLC0415 - connects them, once models are loaded
        from issues.queries.freshness import freshness  # noqa: PLC0415 - models exist only now
        from issues.queries.inbox import unread_count  # noqa: PLC0415 - models exist only now
        from issues.queries.saved_views import pinned_views  # noqa: PLC0415 - models exist only now

        add_area(Area("issues", "Issues", "issues", "issues:list", "/", "i"))
        read_freshness_from(freshness)
        read_pins_from(pinned_views)
        read_unread_from(unread_count)
