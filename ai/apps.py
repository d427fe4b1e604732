from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from dexter.web.metrics import add_metrics
from dexter.web.panels import Panel, add_panel


class AIConfig(AppConfig):
    name = "ai"

    def ready(self) -> None:
        from ai import receivers  # noqa: F401, PLC0415 - connects them, once models are loaded
        from ai.queries.measures import measures  # noqa: PLC0415 - models exist only now

        add_metrics(measures)
        add_panel(Panel("issue_side", "ai", "Explanation", "ai:panel", lambda event: event is not None))
        post_migrate.connect(_take_over_environment, sender=self)


def _take_over_environment(**_: Any) -> None:
    """The first model server comes from the environment, which may differ with each start."""
    from ai.services.providers import take_over_environment  # noqa: PLC0415 - models exist only now

    take_over_environment()
