from django.apps import AppConfig

from dexter.web.panels import Panel, add_panel
from dexter.web.portal import Area, add_area


class DeadlocksConfig(AppConfig):
    name = "deadlocks"

    def ready(self) -> None:
        from deadlocks import receivers  # noqa: F401, PLC0415 - connects them, once models are loaded
        from deadlocks.queries.findings import has_findings  # noqa: PLC0415 - models exist only now

        add_area(Area("deadlocks", "Deadlocks", "lock", "deadlocks:analyze", "/deadlocks/", "d"))
        add_panel(Panel("issue_main", "queries", "Database queries", "deadlocks:queries", has_findings))
