"""Topics and events as values, and the form in which an event lies in the stream. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

STREAM = "dexter:live"
KEPT = 2000  # events that a page which was away can catch up on
# An event of more topics is cut: a page that shows one of the rest learns of it when it asks next.
MOST_TOPICS = 500

_TOPIC = re.compile(r"[a-z]{2,20}(:(\d{1,19}|\*))?")


def is_topic(text: str) -> bool:
    """Whether `text` can be asked for: `jobs`, `issue:12`, `issue:*`."""
    return _TOPIC.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is the stream's ("1732150000000-0"). With `is_reset` events were missed: all may differ."""

    id: str
    topics: tuple[str, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    is_reset: bool = False

    def wanted(self, asked: "Topics") -> "Event | None":
        """The event with those of its topics that were asked for; None if there are none."""
        topics = tuple(topic for topic in self.topics if topic in asked)
        return Event(self.id, topics, self.data, self.is_reset) if topics or self.is_reset else None


class Topics:
    """What one page asks for."""

    def __init__(self, topics: Iterable[str]) -> None:
        topics = set(topics)
        self._kinds = {topic.removesuffix("*") for topic in topics if topic.endswith(":*")}
        self._single = topics

    def __contains__(self, topic: str) -> bool:
        return topic in self._single or topic[: topic.find(":") + 1] in self._kinds


def order(event_id: str) -> tuple[int, int]:
    """Stream ids in their order; raises ValueError for what is none."""
    milliseconds, _, number = event_id.partition("-")
    return int(milliseconds), int(number or 0)


def to_fields(topics: Iterable[str], data: Mapping[str, Any]) -> dict[str, str]:
    """The stream entry of an event."""
    kept = list(topics)[:MOST_TOPICS]
    return {"topics": " ".join(kept), "data": json.dumps(data, separators=(",", ":"))}


def from_fields(event_id: str, fields: Mapping[str, str]) -> Event:
    return Event(event_id, tuple(fields["topics"].split()), json.loads(fields["data"]))
