import random

import pytest

from dexter.sentry.sandbox.world.streams import PHASES, Stream, unwarp, warp


def stream(chance: random.Random, key: int = 1) -> Stream:
    first = round(1.79e9 + chance.random() * 1e7, 3)
    count = chance.choice([1, 2, 3, 7, 60, 700])
    last = first if count == 1 else round(first + 60 + chance.random() * chance.choice([1e3, 1e5, 7e6]), 3)
    return Stream(key, 0, 0, 0, 0, first, last, count, chance.choice([0.2, 0.6, 1.0, 2.0]), min(count, 9))


@pytest.mark.parametrize("seed", range(40))
def test_counting_agrees_with_listing(seed: int) -> None:
    chance = random.Random(seed)
    found = stream(chance, seed + 1)
    times = [found.time_of(n) for n in range(found.total)]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (found.first, found.last)
    for _ in range(60):
        moment = int(found.first + (found.last - found.first) * chance.uniform(-0.1, 1.1))
        assert found.count_before(moment) == sum(time < moment for time in times)


def test_arrivals_count_too() -> None:
    found = stream(random.Random(3))
    found.later.extend([found.last + 5, found.last + 9])
    assert found.count_before(found.last + 6) == found.count + 1
    assert found.newest == found.last + 9


def test_phases_are_counted_exactly() -> None:
    found = stream(random.Random(5))
    counts = [0] * PHASES
    for n in range(found.total):
        counts[found.phase(n)] += 1
    assert found.phase_counts(0, found.total) == counts


def test_warp_and_back() -> None:
    for step in range(500):
        moment = 1.79e9 + step * 4321.7
        assert abs(unwarp(warp(moment)) - moment) < 1e-3
