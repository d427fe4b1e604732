"""Priority, impact and trend of an issue: formulas with their reasons, no database and no clock.

The formulas, with worked examples, are in docs/scoring.md. A stored score keeps `VERSION` beside it, so that
a change of a formula can find the rows to compute again.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from math import floor, log, sqrt
from typing import Literal

VERSION = 1

FULL_USERS = 10_000  # users for all points where Sentry gives no total
LEAST_TOTAL = 100  # a project with fewer users does not make each of them weigh more
FULL_EVENTS = 10_000  # events in 24 hours for all points
FULL_RATIO = 3.0  # three times the day before (+200 %) for all points
LEAST_EVENTS = 10  # below, a percentage says nothing
FLAT = 5  # per cent up or down that still count as level
STEEP = 100  # per cent up from which on a rise is alarming
GROWING_RATIO = 1.5
OLDEST_HOURS = 720.0  # 30 days: no points for recency
LEVEL_SHARES = {"fatal": 1.0, "error": 0.6, "warning": 0.3, "info": 0.1}
NEWS = {"regressed": "came back after it was resolved", "escalating": "more events than Sentry forecast",
        "new": "first seen lately and not reviewed"}  # fmt: skip

Band = Literal["urgent", "high", "medium", "low"]
ImpactLevel = Literal["critical", "high", "medium", "low", "unknown"]
Direction = Literal["up", "down", "flat", "none"]


@dataclass(frozen=True, slots=True)
class Weights:
    """Points each term can give at most. Whole numbers from 0 that add up to 100, otherwise ValueError."""

    users: int = 30
    volume: int = 25
    trend: int = 20
    news: int = 10
    recency: int = 10
    level: int = 5

    def __post_init__(self) -> None:
        points = astuple(self)
        if any(type(point) is not int or point < 0 for point in points):
            raise ValueError("Weights are whole numbers from 0 to 100.")
        if sum(points) != 100:
            raise ValueError(f"Weights add up to 100, these add up to {sum(points)}.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the score is computed from. None means Sentry gave no such number.

    `events` and `events_before` count the last 24 hours and the 24 hours before them, `last_seen_age` is in
    seconds, `substatus` and `level` are Sentry's words.
    """

    users: int | None = 0
    users_total: int | None = None
    events: int | None = None
    events_before: int | None = None
    substatus: str | None = None
    last_seen_age: float | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the explanation: `points` of `maximum`, and why."""

    name: str
    reason: str
    points: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, exactly the sum of the points of its terms."""

    value: int
    band: Band
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """How many of the users met the issue: `share` from 0 to 1, None where there is nothing to divide by."""

    level: ImpactLevel
    share: float | None
    reason: str

    @property
    def label(self) -> str:
        """'12 %', '<1 %', or '' without a share."""
        return "" if self.share is None else _percent(self.share)


@dataclass(frozen=True, slots=True)
class Trend:
    """This period against the one before: `ratio` 3.12 is `percent` 212. Both None without a baseline."""

    ratio: float | None
    percent: int | None
    direction: Direction
    symbol: str
    label: str
    words: str

    @property
    def steep(self) -> bool:
        """At least doubled."""
        return self.percent is not None and self.percent >= STEEP


def score(facts: Facts, weights: Weights = Weights()) -> Score:  # noqa: B008 - a frozen value
    """The priority score of an issue with the terms it is made of."""
    terms = tuple(
        Term(
            term.name(facts), term.reason(facts), _points(term, facts, weights), getattr(weights, term.weight)
        )
        for term in TERMS
    )
    points = sum(term.points for term in terms)
    return Score(points, band(points), terms)


def value(facts: Facts, weights: Weights = Weights()) -> int:  # noqa: B008 - a frozen value
    """`score(...).value` without the words, which take longer to make than the number."""
    return sum([_points(term, facts, weights) for term in TERMS])


def band(value: int) -> Band:
    """urgent from 80, high from 60, medium from 40, else low."""
    if value >= 80:
        return "urgent"
    if value >= 60:
        return "high"
    return "medium" if value >= 40 else "low"


def impact(users: int | None, users_total: int | None) -> Impact:
    """critical from 50 % of the users seen, high from 20 %, medium from 5 %, else low."""
    if users is None:
        return Impact("unknown", None, "The server does not count users")
    if not users_total:
        return Impact("unknown", None, "Sentry gives no user total for this project")
    share = min(1.0, users / users_total)
    reason = f"{users:,} of the {users_total:,} users seen, {_percent(share)}"
    if share >= 0.5:
        return Impact("critical", share, reason)
    if share >= 0.2:
        return Impact("high", share, reason)
    return Impact("medium" if share >= 0.05 else "low", share, reason)


def trend(current: int | None, previous: int | None, before: str = "the day before") -> Trend:
    """Events of this period against the one before, which `before` names; from 10 events in either on."""
    ratio = _ratio(current, previous)
    if ratio is None:
        return Trend(None, None, "none", "", "no baseline", _no_baseline(current, previous, before))
    percent = _rise(ratio)
    number = f"{abs(percent):,} %"
    if percent > FLAT:
        short = number if percent < 1000 else f"{_round(ratio):,}×"  # a column is as wide as that
        return Trend(ratio, percent, "up", "▲", f"▲ {short}", f"up {number} on {before}")
    if percent < -FLAT:
        return Trend(ratio, percent, "down", "▼", f"▼ {number}", f"down {number} on {before}")
    return Trend(ratio, percent, "flat", "–", f"– {number}", f"level with {before}, {percent:+} %")


def percent_of(current: int | None, previous: int | None) -> int | None:
    """`trend(...).percent` without the words."""
    ratio = _ratio(current, previous)
    return None if ratio is None else _rise(ratio)


def is_growing(archived: bool, current: int | None, previous: int | None) -> bool:
    """Muted but growing: archived, yet events rise by half or more, and by more than chance would have it.

    Counts of rare events scatter by their square root; a rise counts from two standard deviations on.
    """
    if not archived or current is None or previous is None or current < LEAST_EVENTS:
        return False
    return current >= GROWING_RATIO * previous and current - previous > 2 * sqrt(current + previous)


@dataclass(frozen=True, slots=True)
class _Formula:
    """How a term is found: `share` of its weight from 0 to 1, and the words for people."""

    weight: str
    share: Callable[[Facts], float]
    name: Callable[[Facts], str]
    reason: Callable[[Facts], str]


def _points(term: _Formula, facts: Facts, weights: Weights) -> int:
    share = term.share(facts)
    if share <= 0:
        return 0
    return _round(min(1.0, share) * getattr(weights, term.weight))


def _users(facts: Facts) -> float:
    if facts.users is None:
        return 0
    full = max(facts.users_total, LEAST_TOTAL) if facts.users_total else FULL_USERS
    return _logarithmic(facts.users, full)


def _users_words(facts: Facts) -> str:
    if facts.users is None or facts.users_total:
        return impact(facts.users, facts.users_total).reason
    return f"{facts.users:,} {_plural(facts.users, 'user')}, Sentry gives no total to compare with"


def _plural(count: int, what: str) -> str:
    return what if count == 1 else f"{what}s"


def _volume(facts: Facts) -> float:
    return 0 if facts.events is None else _logarithmic(facts.events, FULL_EVENTS)


def _volume_words(facts: Facts) -> str:
    if facts.events is None:
        return "Sentry gave no counts for the last 24 hours"
    return f"{facts.events:,} {_plural(facts.events, 'event')} in 24 hours"


def _trend(facts: Facts) -> float:
    ratio = _ratio(facts.events, facts.events_before)
    return log(ratio) / log(FULL_RATIO) if ratio and _rise(ratio) > FLAT else 0


def _trend_words(facts: Facts) -> str:
    return trend(facts.events, facts.events_before).words


def _news(facts: Facts) -> float:
    return 1 if facts.substatus in NEWS else 0


def _news_name(facts: Facts) -> str:
    return facts.substatus.capitalize() if facts.substatus in NEWS else "Regressed or new"


def _news_words(facts: Facts) -> str:
    return NEWS.get(facts.substatus or "", "neither new, regressed nor escalating")


def _recency(facts: Facts) -> float:
    if facts.last_seen_age is None:
        return 0
    return 1 - log(1 + max(0.0, facts.last_seen_age) / 3600) / log(1 + OLDEST_HOURS)


def _recency_words(facts: Facts) -> str:
    if facts.last_seen_age is None:
        return "Sentry gave no time of the last event"
    return f"last seen {_ago(max(0.0, facts.last_seen_age))}"


def _level(facts: Facts) -> float:
    return LEVEL_SHARES.get(facts.level or "unknown", 0)


def _level_words(facts: Facts) -> str:
    return facts.level or "unknown"


TERMS = (
    _Formula("users", _users, lambda facts: "Users", _users_words),
    _Formula("volume", _volume, lambda facts: "Volume", _volume_words),
    _Formula("trend", _trend, lambda facts: "Trend", _trend_words),
    _Formula("news", _news, _news_name, _news_words),
    _Formula("recency", _recency, lambda facts: "Recency", _recency_words),
    _Formula("level", _level, lambda facts: "Level", _level_words),
)


def _logarithmic(number: int, full: int) -> float:
    """0 for none, 1 from `full` on; each doubling adds about the same."""
    return log(1 + max(0, number)) / log(1 + full)


def _ratio(current: int | None, previous: int | None) -> float | None:
    if current is None or previous is None or previous <= 0 or max(current, previous) < LEAST_EVENTS:
        return None
    return current / previous


def _rise(ratio: float) -> int:
    """Per cent, negative for a fall."""
    return _round((ratio - 1) * 100)


def _no_baseline(current: int | None, previous: int | None, before: str) -> str:
    if current is None or previous is None:
        return f"no baseline, Sentry gave no counts for {before}"
    if previous <= 0 and current >= LEAST_EVENTS:
        return f"no baseline, {current:,} events after none {before}"
    return f"no baseline, fewer than {LEAST_EVENTS} events"


def _percent(share: float) -> str:
    """Rounded, but never up to a border of the impact levels: 49.6 % is high, so it must not read 50 %."""
    if 0 < share < 0.01:
        return "<1 %"
    percent = _round(share * 100)
    return f"{percent - (percent in (5, 20, 50, 100) and share * 100 < percent)} %"


def _round(number: float) -> int:
    """To the nearest whole number, halves up (round() takes halves to the even one)."""
    return floor(number + 0.5)


def _ago(seconds: float) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number:,} {_plural(number, unit)} ago"
    return "less than a minute ago"
