"""Times as server logs write them."""

import re
from datetime import UTC, datetime

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d{1,6})?) ?(UTC|GMT|Z|[+-]\d\d(?::?\d\d)?)")


def moment_of(text: str | None) -> datetime | None:
    """The moment of a log's time; None unless it names its year and an offset from UTC.

    Other names of zones are ambiguous (IST, CST), so they give none.
    """
    found = _TIME.fullmatch((text or "").strip())
    if found is None:
        return None
    day, clock, zone = found.groups()
    offset = "+00:00" if zone in {"UTC", "GMT", "Z"} else zone if len(zone) > 3 else f"{zone}:00"
    try:
        return datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
