from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "dexter.ops"
    label = "ops"

    def ready(self) -> None:
        from dexter.ops import checks  # noqa: F401, PLC0415 - registers the checks once the apps are there
