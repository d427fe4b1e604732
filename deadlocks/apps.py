from django.apps import AppConfig

from dexter.web.panels import Panel, add_panel
from dexter.web.portal import Area, add_area


class DeadlocksConfig(AppConfig):
    name = "deadlocks"

    def ready(self) -> None:
        from deadlocks import receivers  # noqa: F401, PLC0415 - connects them, once models are loaded
        from deadlocks.queries.findings import has_findings  # noqa: PLC0415 - models exist only now
        from deadlocks.queries.reports import has_report  # noqa: PLC0415

        add_area(Area("deadlocks", "Deadlocks", "lock", "deadlocks:list", "/deadlocks/", "d"))
        add_panel(Panel("issue_main", "deadlock", "Deadlock", "deadlocks:panel", has_report))
        add_panel(Panel("issue_main", "queries", "Database queries", "deadlocks:queries", has_findings))
