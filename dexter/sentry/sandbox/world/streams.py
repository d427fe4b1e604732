"""The events of one fingerprint as arithmetic: nothing is stored, everything can be counted.

Event n of a stream happens at a time that is a strictly rising function of n, with a daily and a weekly
rhythm. The inverse is as cheap, so `count_before(t)` is exact: a list of events, its hourly buckets and its
total can never disagree. What an event says (environment, browser, server ...) repeats with n over PHASES
steps, so tag counts are exact as well.
"""

import math
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

PHASES = 60
DAY = 86_400.0
WEEK = 7 * DAY
_DAILY = 0.55
_WEEKLY = 0.25
_DAY_RATE = 2 * math.pi / DAY
_WEEK_RATE = 2 * math.pi / WEEK
_DAY_SHIFT = -2.1  # busiest in the early afternoon, UTC
_MASK = (1 << 64) - 1


def mix(*numbers: int) -> int:
    """64 well-stirred bits of some integers (splitmix64): the only source of chance after the start."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ (number & _MASK)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def warp(moment: float) -> float:
    """Clock time to "busy time", which runs faster by day and slower at night and on weekends."""
    return (
        moment
        + _DAILY / _DAY_RATE * math.sin(_DAY_RATE * moment + _DAY_SHIFT)
        + _WEEKLY / _WEEK_RATE * math.sin(_WEEK_RATE * moment)
    )


def unwarp(busy: float) -> float:
    """The inverse of `warp` by bisection and Newton; warp is within 32 hours of its argument."""
    moment = busy
    for _ in range(30):
        slope = (
            1.0 + _DAILY * math.cos(_DAY_RATE * moment + _DAY_SHIFT) + _WEEKLY * math.cos(_WEEK_RATE * moment)
        )
        step = (warp(moment) - busy) / max(slope, 0.2)
        moment -= step
        if abs(step) < 1e-5:
            break
    return moment


@dataclass(eq=False, slots=True)
class Stream:
    """One fingerprint of an issue: the program that fails, how it is named, and when it did.

    `bend` < 1 means growing, > 1 fading. `later` holds arrivals after the start, in order.
    `project` and `kind` are places in the lists of projects and of programs.
    `users` is how many people hit it, 0 when the events name nobody.
    """

    key: int
    project: int
    kind: int
    variant: int
    environments: int
    first: float
    last: float
    count: int
    bend: float
    users: int
    later: "array[float]" = field(default_factory=lambda: array("d"))
    begin: float = field(init=False)  # first and last in busy time
    span: float = field(init=False)

    def __post_init__(self) -> None:
        self.begin = warp(self.first)
        self.span = warp(self.last) - self.begin

    @property
    def total(self) -> int:
        return self.count + len(self.later)

    @property
    def newest(self) -> float:
        return self.later[-1] if self.later else self.last

    def _jitter(self, n: int) -> float:
        if n == 0 or n == self.count - 1:
            return 0.0
        return ((n * 2654435761 + self.key * 40503) >> 3 & 0xFFFF) / 0x10000

    def time_of(self, n: int) -> float:
        """Epoch seconds of event n, to the millisecond. Raises IndexError beyond the last."""
        if n >= self.count:
            return self.later[n - self.count]
        if n == 0:
            return self.first
        if n == self.count - 1:
            return self.last
        share = ((n + self._jitter(n)) / (self.count - 1)) ** self.bend
        # Floored, so that an event never crosses the start of the second that its bucket begins with.
        moment = math.floor(unwarp(self.begin + share * self.span) * 1000) / 1000
        return min(max(moment, self.first), self.last)

    def count_before(self, moment: float, busy: float | None = None) -> int:
        """How many events are older than `moment`; `busy` is `warp(moment)` where it is known already."""
        if moment > self.last:
            return self.count + bisect_left(self.later, moment)
        if moment <= self.first:
            return 0
        if self.count <= 2:
            return 1
        share = ((warp(moment) if busy is None else busy) - self.begin) / self.span
        place: float = max(0.0, share) ** (1 / self.bend) * (self.count - 1)
        n = min(int(place), self.count - 1)
        rest = place - n - self._jitter(n)
        if abs(rest) < 1e-3 / max(1.0, self.span / self.count):
            return n + (self.time_of(n) < moment)
        return max(1, min(n + (rest > 0), self.count - 1))

    def phase(self, n: int) -> int:
        return (n * 7 + self.key * 13) % PHASES

    def phase_counts(self, start: int, stop: int) -> list[int]:
        """How many of the events start..stop-1 fall into each phase."""
        whole, rest = divmod(max(0, stop - start), PHASES)
        counts = [whole] * PHASES
        for n in range(start, start + rest):
            counts[self.phase(n)] += 1
        return counts

    def user_of(self, n: int) -> int | None:
        """The number of the person who hit event n, in a population of about ten thousand."""
        return None if not self.users else self.person(n % self.users)

    def person(self, index: int) -> int:
        return (self.key * 31 + index * 17) % 9973 + 1
