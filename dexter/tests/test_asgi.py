"""Which requests run in the event loop and which in threads."""

import pytest

from dexter.asgi import STREAMS


@pytest.mark.parametrize("path", ["/live/", "/live/?topics=issue:*", "/api/v1/explanations/5/stream/"])
def test_streams_run_in_the_event_loop(path):
    assert STREAMS.search(path)


@pytest.mark.parametrize(
    "path", ["/", "/issues/5/", "/static/js/live.js", "/issues/5/?tab=/stream", "/livestock/"]
)
def test_everything_else_runs_in_threads(path):
    assert not STREAMS.search(path)
