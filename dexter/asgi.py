"""ASGI entry point, what `uvicorn dexter.asgi:application` serves.

Streams of events run in the event loop. Pages run in threads that last, each with its connections to the
database: under Django's own ASGI handler every page would start a thread and change it at each middleware.
"""

import os
import re
import sys
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from dexter import garbage
from dexter.celery import app as tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")

STREAMS = re.compile(r"^/live/|/stream/$")
THREADS = 6

_streams = get_asgi_application()
_pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]
# The first to start a task should not wait for all of Celery's parts to be put together.
tasks.finalize()
tasks.amqp, tasks.producer_pool  # noqa: B018 - made when they are first looked at
garbage.freeze()
# Whoever answers in 5 ms, a webhook for example, should not wait 5 ms for each turn beside a page of 50 ms.
sys.setswitchinterval(0.001)


async def application(scope: Any, receive: Any, send: Any) -> None:
    chosen: Any = _streams if STREAMS.search(scope.get("path", "")) else _pages
    await chosen(scope, receive, send)
