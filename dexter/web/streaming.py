"""Files in pieces: under ASGI as well, where Django would collect what a plain iterator gives in memory."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header


def stream_file(
    request: HttpRequest, pieces: Iterator[bytes], *, name: str, content_type: str, size: int | None = None
) -> StreamingHttpResponse:
    """An answer that a browser saves under `name`; `size` is the number of bytes, where it is known."""
    body = _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    # Personal data may be in it, and the name of the file is no reason to guess its type.
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    if size is not None:
        response["Content-Length"] = str(size)
    return response


async def _asynchronous(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made in a thread, so that no query holds up the event loop."""
    following = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    try:
        while (piece := await following()) is not None:
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close:
            await sync_to_async(close, thread_sensitive=True)()


def blocks_of(path: str, size: int = 64 * 1024) -> Iterator[bytes]:
    """The bytes of a file. Raises OSError at the first piece."""
    with open(path, "rb") as file:
        while block := file.read(size):
            yield block
