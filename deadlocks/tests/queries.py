"""Events with statements, as the Web API gives them."""

from typing import Any

from issues.models import Event
from issues.payload.tests.events import api_event, entry
from issues.tests.factories import make_event

BOOKS = "SELECT * FROM book WHERE author_id = {} AND mail = 'ada@example.com'"
PLACE = {"code.filepath": "shop/views.py", "code.lineno": 41, "code.function": "authors"}


def span(statement: str, milliseconds: float | None) -> dict[str, Any]:
    times = {"start_timestamp": 100.0, "timestamp": 100.0 + milliseconds / 1000} if milliseconds else {}
    return {"op": "db", "description": statement, "data": PLACE, **times}


def asking_event(times: int = 8, milliseconds: float | None = 3) -> dict[str, Any]:
    """An event whose request asked for `times` books one by one."""
    spans = [span(BOOKS.format(number), milliseconds) for number in range(times)]
    return api_event(entries=[entry("spans", spans)])


def make_asking_event(times: int = 8, milliseconds: float | None = 3, **fields: Any) -> Event:
    return make_event(payload=asking_event(times, milliseconds), **fields)
