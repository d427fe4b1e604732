"""What the doctor found, as values: the command prints them, tests compare them."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """`area` is what was looked at, `what` is how it is, `how` is what mends it, or ""."""

    area: str
    level: Level
    what: str
    how: str = ""


def fine(area: str, what: str) -> Finding:
    return Finding(area, Level.OK, what)


def warning(area: str, what: str, how: str) -> Finding:
    return Finding(area, Level.WARNING, what, how)


def wrong(area: str, what: str, how: str) -> Finding:
    return Finding(area, Level.WRONG, what, how)
