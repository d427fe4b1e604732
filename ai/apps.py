from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from dexter.web.metrics import add_metrics
from dexter.web.panels import Panel, add_panel
from dexter.web.portal import Area, add_area


class AIConfig(AppConfig):
    name = "ai"

    def ready(self) -> None:
        from ai import receivers  # noqa: F401, PLC0415 - connects them, once models are loaded
        from ai.queries.measures import measures  # noqa: PLC0415 - models exist only now

        add_metrics(measures)
        add_area(Area("next", "What next", "flag", "ai:recommendations", "/recommendations/", "w"))
        add_panel(Panel("issue_side", "ai", "Explanation", "ai:panel", lambda event: event is not None))
        post_migrate.connect(_make_first_rows, sender=self)


def _make_first_rows(using: str, **_: Any) -> None:
    """The templates that Dexter brings, and the model server of the environment."""
    from ai.models import PromptTemplate  # noqa: PLC0415 - models exist only now
    from ai.services.providers import take_over_environment  # noqa: PLC0415 - models exist only now
    from ai.services.templates import make_first_versions  # noqa: PLC0415 - models exist only now

    # After a migration to an earlier state the tables may not be there.
    if PromptTemplate._meta.db_table in connections[using].introspection.table_names():
        take_over_environment()
        make_first_versions()
