"""The server's idea of now: real time plus what was added by hand, so that tests need not wait."""

import time
from datetime import UTC, datetime


class Clock:
    """Starts at `start` (epoch seconds, the real time by default) and runs at real speed."""

    def __init__(self, start: float | None = None) -> None:
        self.started_at = round(time.time() if start is None else start, 3)
        self._base = time.monotonic()
        self.forwarded = 0.0

    def now(self) -> float:
        """Epoch seconds."""
        return self.started_at + (time.monotonic() - self._base) + self.forwarded

    def forward(self, seconds: float) -> None:
        self.forwarded += max(0.0, seconds)


def iso(moment: float) -> str:
    """`2026-11-20T10:28:56.527000Z`, or without the fraction when it is zero: Sentry prints both."""
    return datetime.fromtimestamp(round(moment, 3), UTC).isoformat()[:-6] + "Z"


def iso_seconds(moment: float) -> str:
    return datetime.fromtimestamp(int(moment), UTC).isoformat()[:-6] + "Z"


def parse_iso(text: str) -> float:
    """Epoch seconds of an ISO 8601 text; no zone means UTC. Raises ValueError."""
    stamp = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
