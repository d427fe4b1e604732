from django.apps import AppConfig

from dexter.web.panels import Panel, add_panel


class DeadlocksConfig(AppConfig):
    name = "deadlocks"

    def ready(self) -> None:
        from deadlocks import receivers  # noqa: F401, PLC0415 - connects them, once models are loaded
        from deadlocks.queries.findings import has_findings  # noqa: PLC0415 - models exist only now

        add_panel(Panel("issue_main", "queries", "Database queries", "deadlocks:queries", has_findings))
