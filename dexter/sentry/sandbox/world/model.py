"""What the sandbox remembers: plain records, no behaviour beyond reading them."""

from dataclasses import dataclass, field
from typing import Any

from dexter.sentry.sandbox.world.streams import Stream

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRIORITIES = ("low", "medium", "high")


def base32(number: int) -> str:
    """Crockford's alphabet, what the second half of a short id is written in."""
    digits = ""
    while True:
        number, rest = divmod(number, 32)
        digits = ALPHABET[rest] + digits
        if not number:
            return digits


def from_base32(text: str) -> int:
    """Raises ValueError for a character outside the alphabet."""
    number = 0
    for letter in text.upper():
        number = number * 32 + ALPHABET.index(letter)
    return number


@dataclass(eq=False, slots=True)
class Person:
    """A member; `user_id` is what assignments and flags go by, `member_id` is the membership's."""

    user_id: int
    member_id: str
    name: str
    email: str
    role: str
    teams: list[str]
    joined: float


@dataclass(eq=False, slots=True)
class Team:
    id: str
    slug: str
    name: str
    created: float


@dataclass(eq=False, slots=True)
class Commit:
    id: str
    message: str
    author: int
    created: float


@dataclass(eq=False, slots=True)
class Deploy:
    id: str
    environment: str
    finished: float
    name: str | None = None
    url: str | None = None


@dataclass(eq=False, slots=True)
class Release:
    """`project` is a place in the list of projects."""

    id: int
    version: str
    package: str
    number: str
    project: int
    created: float
    deploys: list[Deploy] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Project:
    id: str
    slug: str
    name: str
    platform: str
    team: str
    created: float
    color: str
    releases: list[Release] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # issue id by short number - 1


@dataclass(eq=False, slots=True)
class Issue:
    """`count`, `first`, `last` and `users` are sums over the streams, kept by `refresh`."""

    id: int
    number: int
    project: int
    streams: list[Stream]
    status: str = "unresolved"
    substatus: str | None = "new"
    details: dict[str, Any] | None = None
    priority: str = "medium"
    assigned: tuple[str, str] | None = None
    count: int = 0
    users: int = 0
    first: float = 0.0
    last: float = 0.0
    inbox: tuple[int, float] | None = None
    bookmarked: set[int] | None = None
    seen: dict[int, float] | None = None
    subscribed: set[int] | None = None
    share: str | None = None
    notes: list[dict[str, Any]] | None = None
    activity: list[dict[str, Any]] | None = None
    gone: str | None = None  # pending_merge while a merge is under way
    text: tuple[str, int, str] | None = None  # see shapes.issue.row_text

    def refresh(self) -> None:
        self.count = sum(stream.total for stream in self.streams)
        self.users = sum(min(stream.users, stream.total) for stream in self.streams)
        self.first = min(stream.first for stream in self.streams)
        self.last = max(stream.newest for stream in self.streams)
