"""What apps add to the frame around every page: areas of the rail, and where freshness is read from.

An app registers in its `AppConfig.ready`; this package imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Area:
    """An entry of the rail. `prefix` is the path below which the area is the current one, `key` follows G."""

    name: str
    label: str
    icon: str
    url_name: str
    prefix: str
    key: str

    @property
    def below(self) -> str:
        """How the paths of its other pages begin: the first area is at the root, its pages at /issues/."""
        return f"/{self.name}/" if self.prefix == "/" else self.prefix


@dataclass(frozen=True)
class Freshness:
    """How old the data on the pages are: the worst connection speaks.

    `tone` is one of `ok`, `info`, `warn`, `error`; `line` goes on with `synced`, the time of the last
    finished sync, where there is one; `detail` is a second line. With `warn` and `error` lists show
    `headline` (what happened) and `advice` (what Dexter does and what the reader can do). `more_url` is for
    administrators.
    """

    tone: str
    line: str
    synced: datetime | None = None
    detail: str = ""
    headline: str = ""
    advice: str = ""
    more_url: str = ""
    # Changes made here that Sentry does not have yet, and those that it refused.
    waiting: int = 0
    failed: int = 0
    outbox_url: str = ""


@dataclass(frozen=True)
class Pin:
    """A link that somebody keeps in the rail."""

    label: str
    url: str


AREAS: list[Area] = []
_pins: list[Callable[[int], list[Pin]]] = []
_unread: list[Callable[[int], int]] = []
_freshness: list[Callable[[], Freshness | None]] = []


def add_area(area: Area) -> None:
    """Adds `area` to the rail once, in the order of registration."""
    if area not in AREAS:
        AREAS.append(area)


def read_freshness_from(source: Callable[[], Freshness | None]) -> None:
    """Names the function that is asked, once a page at most; it may query three times."""
    _freshness[:] = [source]


def read_pins_from(source: Callable[[int], list[Pin]]) -> None:
    """Names the function that gives the pins of the person with this id; it may query once."""
    _pins[:] = [source]


def pins_of(user_id: int) -> list[Pin]:
    return _pins[0](user_id) if _pins else []


def read_unread_from(source: Callable[[int], int]) -> None:
    """Names the function that counts what the person with this id has not read; it may query once."""
    _unread[:] = [source]


def unread_of(user_id: int) -> int:
    return _unread[0](user_id) if _unread else 0


def freshness() -> Freshness | None:
    """What the registered source says; None without one or when it has nothing to say."""
    return _freshness[0]() if _freshness else None
