"""The SDK's WSGI middleware, imported without Django.

The SDK would load all of Django for one exception class and one middleware base: half of the start-up time.
"""

import importlib
import sys
from typing import Any


def _import_without_django() -> Any:
    blocked = "django" not in sys.modules
    if blocked:
        sys.modules["django"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("sentry_sdk.spotlight")
        return importlib.import_module("sentry_sdk.integrations.wsgi").SentryWsgiMiddleware
    finally:
        if blocked:
            del sys.modules["django"]


SentryWsgiMiddleware = _import_without_django()
