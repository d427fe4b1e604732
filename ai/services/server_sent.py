"""An answer while it is written, as server-sent events over ASGI.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from ai.services.following import Follower

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
RETRY = "retry: 1000\n\n"


def stream_answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Events `state`, `restart`, `text`, `html` and `end`; the first tell all there is so far.

    204, which a browser takes as "never again", from a server that cannot stream.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    # Nothing of the database is held while the page is open.
    connections.close_all()
    return StreamingHttpResponse(_lines(pk), content_type="text/event-stream", headers=HEADERS)


async def _lines(pk: int) -> AsyncGenerator[str, None]:
    yield RETRY
    async with aclosing(Follower(pk).follow()) as told:
        async for heard in told:
            body = json.dumps(heard.data, separators=(",", ":"))
            yield f"event: {heard.kind}\ndata: {body}\n\n"
