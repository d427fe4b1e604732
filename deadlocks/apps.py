from django.apps import AppConfig


class DeadlocksConfig(AppConfig):
    name = "deadlocks"
