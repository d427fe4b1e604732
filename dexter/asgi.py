"""ASGI entry point, what `uvicorn dexter.asgi:application` serves.

Streams of events run in the event loop. Pages run in threads that last, each with its connections to the
database: under Django's own ASGI handler every page would start a thread and change it at each middleware.
"""

import os
import re
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from dexter import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")

STREAMS = re.compile(r"^/live/|/stream/$")
THREADS = 6

_streams = get_asgi_application()
_pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]
garbage.freeze()


async def application(scope: Any, receive: Any, send: Any) -> None:
    chosen: Any = _streams if STREAMS.search(scope.get("path", "")) else _pages
    await chosen(scope, receive, send)
