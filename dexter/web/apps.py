"""The portal's frame: pages and fragments, preferences, tokens, what every app's pages share."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dexter.web"
    label = "web"
