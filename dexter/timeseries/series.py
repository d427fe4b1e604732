"""Counts over time: how they come from Sentry, are joined, coarsened and stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HOUR = 3600
DAY = 86_400
MAX_BUCKETS = 20_000  # two years of hours; a timestamp in the wrong unit would ask for millions


@dataclass(frozen=True, slots=True)
class Series:
    """Counts per bucket: `values[i]` is for `start_epoch + i * step_seconds` (UTC) and a step from there.

    Starts are multiples of the step. None is a bucket nobody has told us about, unlike 0. The last bucket
    may still be running. Raises ValueError for a step below 1, a crooked start or too many buckets.
    """

    start_epoch: int
    step_seconds: int
    values: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        if self.step_seconds < 1 or self.start_epoch % self.step_seconds:
            raise ValueError(f"A series of step {self.step_seconds} cannot start at {self.start_epoch}.")
        if len(self.values) > MAX_BUCKETS:
            raise ValueError(f"A series has at most {MAX_BUCKETS:,} buckets, not {len(self.values):,}.")

    @property
    def end_epoch(self) -> int:
        """Where the last bucket ends."""
        return self.start_epoch + len(self.values) * self.step_seconds

    def at(self, epoch: int) -> int | None:
        """The count of the bucket that `epoch` falls into, None outside of what is known."""
        index = (epoch - self.start_epoch) // self.step_seconds
        return self.values[index] if 0 <= index < len(self.values) else None

    def last(self, count: int) -> "Series":
        """The newest `count` buckets, so that what is stored does not grow for ever."""
        drop = len(self.values) - count
        if drop <= 0:
            return self
        return Series(self.start_epoch + drop * self.step_seconds, self.step_seconds, self.values[drop:])


def from_pairs(pairs: Iterable[Sequence[int]], step_seconds: int | None = None) -> Series:
    """A series from Sentry's `[[epoch seconds, count], ...]`, in any order.

    Without `step_seconds` the step is the smallest distance. Sentry leaves nothing out of a series, so what
    is missing in between counts as 0. Raises ValueError where the pairs are not such a list.
    """
    pairs = list(pairs) if pairs is not None else [()]
    if (quick := _even(pairs)) and step_seconds in (None, quick.step_seconds):
        return quick
    try:
        counts = {int(epoch): int(count) for epoch, count in pairs}
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("A series from Sentry is a list of [epoch seconds, count].") from error
    if any(epoch < 0 or count < 0 for epoch, count in counts.items()):
        raise ValueError("A series from Sentry has no negative times or counts.")
    step = step_seconds or _step(sorted(counts))
    if step is None:
        raise ValueError("The step of a series with fewer than two buckets has to be given.")
    return _filled({epoch - epoch % step: count for epoch, count in counts.items()}, step)


def _even(pairs: list[Sequence[int]]) -> Series | None:
    """The pairs as they nearly always come, in order and a step apart; None for others."""
    try:
        start, step = pairs[0][0], pairs[1][0] - pairs[0][0]
        epochs, values = zip(*pairs, strict=True)
        if (
            step > 0
            and start >= 0
            and not start % step
            and epochs == tuple(range(start, start + step * len(pairs), step))
        ):
            return (
                Series(start, step, values) if min(values) >= 0 and set(map(type, values)) == {int} else None
            )
    except (TypeError, ValueError, IndexError):
        pass
    return None


def merge(old: Series, new: Series) -> Series:
    """Both together; where both know a bucket the newer one is right. A gap between them stays unknown.

    Raises ValueError for different steps.
    """
    if old.step_seconds != new.step_seconds:
        raise ValueError(f"Series of {old.step_seconds} s and {new.step_seconds} s cannot be merged.")
    if not old.values or not new.values:
        return new if new.values else old
    start = min(old.start_epoch, new.start_epoch)
    stop = max(old.end_epoch, new.end_epoch)
    _check_length((stop - start) // old.step_seconds)
    values = [_newer(old, new, epoch) for epoch in range(start, stop, old.step_seconds)]
    return Series(start, old.step_seconds, tuple(values))


def resample(series: Series, step_seconds: int) -> Series:
    """The same counts in coarser buckets, 1 h to 1 d. Raises ValueError unless the step is a multiple.

    A coarse bucket of which a part is unknown is unknown; only the last one may end early, as it does when
    it is still running.
    """
    if step_seconds % series.step_seconds:
        raise ValueError(f"Buckets of {series.step_seconds} s do not fill one of {step_seconds} s.")
    if not series.values:
        return Series(0, step_seconds)
    if step_seconds == series.step_seconds:
        return series
    start = series.start_epoch - series.start_epoch % step_seconds
    parts = range(0, step_seconds, series.step_seconds)
    values = [
        _sum([series.at(epoch + part) for part in parts if epoch + part < series.end_epoch])
        for epoch in range(start, series.end_epoch, step_seconds)
    ]
    return Series(start, step_seconds, tuple(values))


def to_json(series: Series) -> dict[str, int | list[int | None]]:
    """A small value for a JSON column: {"s": start, "d": step, "v": counts}; -5 stands for five zeros."""
    packed: list[int | None] = []
    zeros = 0
    for value in series.values:
        if value == 0:
            zeros += 1
            continue
        if zeros:
            packed.append(-zeros)
            zeros = 0
        packed.append(value)
    if zeros:
        packed.append(-zeros)
    return {"s": series.start_epoch, "d": series.step_seconds, "v": packed}


def from_json(stored: object) -> Series | None:
    """What `to_json` wrote; None for nothing stored. Raises ValueError for anything else."""
    if not stored:
        return None
    try:
        start, step, packed = stored["s"], stored["d"], stored["v"]  # type: ignore[index]  # a bad one is caught
        _check_length(sum(-count if count is not None and count < 0 else 1 for count in packed))
        values = [
            v for count in packed for v in ([0] * -count if count is not None and count < 0 else [count])
        ]
        return Series(int(start), int(step), tuple(values))
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError("A stored series is damaged.") from error


def _step(epochs: list[int]) -> int | None:
    gaps = [b - a for a, b in zip(epochs, epochs[1:], strict=False)]
    return min(gaps) if gaps else None


def _filled(counts: dict[int, int], step: int) -> Series:
    if not counts:
        return Series(0, step)
    start, last = min(counts), max(counts)
    _check_length((last - start) // step + 1)
    return Series(start, step, tuple(counts.get(epoch, 0) for epoch in range(start, last + step, step)))


def _check_length(buckets: int) -> None:
    if buckets > MAX_BUCKETS:
        raise ValueError(f"A series has at most {MAX_BUCKETS:,} buckets, not {buckets:,}.")


def _newer(old: Series, new: Series, epoch: int) -> int | None:
    value = new.at(epoch)
    return old.at(epoch) if value is None else value


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
