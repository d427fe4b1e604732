"""Rows of the ai app for tests."""

from itertools import count
from typing import Any

from ai.models import Explanation, LanguageModel, Provider

_numbers = count(1)


def make_provider(server: Any = None, **fields: Any) -> Provider:
    """A model server; with a fake one, its address and kind."""
    defaults = {"name": f"Server {next(_numbers)}"}
    if server is not None:
        defaults |= {"base_url": server.url, "kind": server.kind}
    return Provider.objects.create(**{"base_url": "http://127.0.0.1:9", **defaults, **fields})


def make_model(server: Any = None, **fields: Any) -> LanguageModel:
    """A model of that server, or of a given `provider`."""
    provider = fields.pop("provider", None) or make_provider(server)
    return LanguageModel.objects.create(provider=provider, **{"name": "fake-small", **fields})


def make_explanation(**fields: Any) -> Explanation:
    return Explanation.objects.create(**{"state": "done", "text": "Because.", **fields})
