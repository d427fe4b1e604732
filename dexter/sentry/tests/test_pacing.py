"""The pacer against a server with fixed windows, in simulated time; and the rules one by one."""

import random
import statistics
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dexter.sentry.headers import RateLimit
from dexter.sentry.pacing import Pacer, Ticket
from dexter.sentry.tests.window_server import Simulation, WindowServer

EPOCH = 1_795_212_187.0


def jittered(seconds: float, seed: int = 1) -> Callable[[], float]:
    chance = random.Random(seed)
    return lambda: seconds * (0.5 + chance.random())


@pytest.mark.parametrize("limit", [5, 10, 40])
@pytest.mark.parametrize("workers", [4, 8])
@pytest.mark.parametrize("latency", [0.0005, 0.005, 0.05])
def test_never_refused_and_nearly_all_used(limit: int, workers: int, latency: float) -> None:
    server = WindowServer(limit)
    simulation = Simulation(server, jittered(latency))
    for _ in range(workers):
        simulation.worker()
    simulation.run(20)
    assert server.refused == 0
    assert statistics.mean(server.use()) >= 0.9


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    limit=st.integers(1, 60),
    workers=st.integers(1, 8),
    latency=st.floats(0.0001, 0.4),
    skew=st.floats(0, 1),
    window=st.sampled_from([1.0, 2.0, 5.0]),
    drift=st.floats(-1e-4, 1e-4),
    seed=st.integers(0, 2**16),
)
def test_never_refused_whatever_the_clocks(
    limit: int, workers: int, latency: float, skew: float, window: float, drift: float, seed: int
) -> None:
    server = WindowServer(limit, window, EPOCH + skew, drift)
    simulation = Simulation(server, jittered(latency, seed))
    for number in range(workers):
        simulation.worker("person" if number == 3 else "sync")
    simulation.run(8 * window)
    assert server.refused == 0


def test_people_wait_little_while_a_sync_runs() -> None:
    server = WindowServer(40)
    simulation = Simulation(server, jittered(0.005))
    for _ in range(8):
        simulation.worker()
    simulation.worker("person", pause=jittered(0.4))
    simulation.run(45)
    waits = sorted(simulation.waits["person"])
    assert server.refused == 0
    assert len(waits) > 80
    assert statistics.median(waits) == 0.0
    assert waits[-1] <= 0.27  # the last quarter of the window, when sync may use the reserve


def test_a_server_whose_clock_is_set_back() -> None:
    server = WindowServer(10)
    simulation = Simulation(server, jittered(0.005))
    for _ in range(4):
        simulation.worker()
    simulation.run(10)
    server.offset -= 0.4
    simulation.run(20)
    assert server.refused <= 4  # one for each request under way, then it is learnt
    assert statistics.mean(server.use()[-15:]) >= 0.85


def test_a_reset_that_comes_earlier_than_the_window_ends() -> None:
    """A server that rounds the reset down: the margin grows until it is not refused any more."""
    server = WindowServer(10, reset_early=0.1)
    simulation = Simulation(server, jittered(0.002))
    for _ in range(8):
        simulation.worker()
    simulation.run(20)
    before = server.refused
    simulation.run(20)
    assert server.refused - before <= 2
    assert statistics.mean(server.use()[-15:]) >= 0.8


class Bench:
    """A pacer with a clock that is set by hand."""

    def __init__(self, max_rate: float | None = None) -> None:
        self.now = 1000.0
        self.pacer = Pacer(clock=lambda: self.now, wall=lambda: EPOCH, max_rate=max_rate)

    def take(self, endpoint: str = "GET issues", lane: str = "sync") -> Ticket:
        got = self.ask(endpoint, lane)
        assert isinstance(got, Ticket)
        return got

    def ask(self, endpoint: str = "GET issues", lane: str = "sync") -> Ticket | float:
        return self.pacer.try_acquire(endpoint, lane)  # type: ignore[arg-type]

    def waits(self, endpoint: str = "GET issues", lane: str = "sync") -> bool:
        return not isinstance(self.ask(endpoint, lane), Ticket)

    def answer(
        self, ticket: Ticket, limit: int, remaining: int, reset: float = 1.0, **more: int | None
    ) -> None:
        rate = RateLimit(limit, remaining, EPOCH + reset, **more)
        self.pacer.answered(ticket, rate, server_time=EPOCH + self.now - 1000.0)


def test_one_at_a_time_until_the_first_answer() -> None:
    bench = Bench()
    first = bench.take()
    assert bench.waits()
    assert bench.waits("GET releases")
    bench.pacer.lost(first)
    second = bench.take()
    bench.pacer.answered(second, None, ok=False)
    third = bench.take()
    assert bench.waits()
    bench.answer(third, 40, 39)
    assert not bench.waits(lane="person")


def test_no_headers_no_pacing() -> None:
    bench = Bench()
    bench.pacer.answered(bench.take(), None)
    assert [bench.waits() for _ in range(100)] == [False] * 100


def test_a_rate_of_ones_own() -> None:
    bench = Bench(max_rate=10.0)
    bench.pacer.answered(bench.take(), None)
    bench.take()
    assert bench.ask() == pytest.approx(0.1)
    assert not bench.waits(lane="person")
    bench.now += 0.21
    bench.take()


def test_limits_that_begin_later_are_noticed() -> None:
    bench = Bench()
    bench.pacer.answered(bench.take(), None)
    bench.answer(bench.take(), 5, 0)
    assert bench.waits(lane="person")


def test_a_refusal_without_headers() -> None:
    bench = Bench()
    bench.pacer.answered(bench.take(), None)
    bench.pacer.answered(bench.take(), None, ok=False, refused_for=3.0)
    assert bench.ask(lane="person") == pytest.approx(3.0)
    bench.now += 3.0
    bench.take()


def test_sync_leaves_some_for_people_until_the_last_quarter() -> None:
    bench = Bench()
    bench.answer(bench.take(), 40, 2)
    assert bench.ask() == pytest.approx(0.75, abs=0.1)
    assert not bench.waits(lane="person")
    bench.now += 0.85
    assert not bench.waits()


def test_small_limits_leave_nothing() -> None:
    bench = Bench()
    bench.answer(bench.take(), 9, 1)
    assert not bench.waits()


def test_lost_answers_count() -> None:
    bench = Bench()
    bench.answer(bench.take(), 3, 2)
    first, second = bench.take(lane="person"), bench.take(lane="person")
    bench.pacer.lost(first)
    bench.pacer.lost(second)
    assert bench.waits(lane="person")


@pytest.mark.parametrize("silence", ["no answer", "no headers"])
@pytest.mark.parametrize("limit", [1, 3, 40])
def test_a_server_that_tells_no_count_any_more_is_still_asked(limit: int, silence: str) -> None:
    """It was away for long, or its limits were switched off: nothing tells when a window ends then."""
    bench = Bench()
    bench.answer(bench.take(), limit, limit - 1)
    asked = 0
    for _ in range(200 * limit):
        bench.now += 0.1
        got = bench.ask(lane="person")
        if isinstance(got, Ticket):
            asked += 1
            if silence == "no answer":
                bench.pacer.lost(got)
            else:
                bench.pacer.answered(got, None)
        else:
            assert got <= 1.0
    seconds = 20 * limit
    assert min(limit, 10) * seconds / 2 - 1 <= asked <= limit * (seconds + 1)


def test_the_limit_of_requests_at_once() -> None:
    bench = Bench()
    bench.answer(bench.take(), 100, 99, concurrent_limit=5)
    held = []
    for _ in range(4):
        bench.now += 0.02
        held.append(bench.take())
    bench.now += 0.02
    assert bench.waits()
    held.append(bench.take(lane="person"))
    assert bench.waits(lane="person")
    bench.answer(held.pop(), 100, 90, concurrent_limit=None)
    bench.take()


def test_an_endpoint_with_a_limit_of_its_own() -> None:
    bench = Bench()
    bench.answer(bench.take("GET issues"), 40, 39)
    bench.now += 0.05
    ticket = bench.take("GET issue")
    assert bench.waits("GET issue")
    bench.answer(ticket, 5, 0)
    assert bench.waits("GET issue", "person")
    assert not bench.waits("GET issues", "person")


def test_an_unknown_endpoint_does_not_break_the_shared_limit() -> None:
    bench = Bench()
    bench.answer(bench.take("GET issues"), 40, 0)
    assert bench.waits("GET tags", "person")
    assert not bench.waits("PUT issues", "person")


def test_an_endpoint_that_shares_a_counter() -> None:
    bench = Bench()
    bench.answer(bench.take("GET issues"), 40, 30)
    bench.now += 0.05
    bench.answer(bench.take("GET tags"), 40, 0)
    assert bench.waits("GET issues", "person")


def test_an_endpoint_whose_limit_changes() -> None:
    bench = Bench()
    bench.answer(bench.take(), 40, 39)
    bench.answer(bench.take(lane="person"), 20, 0)
    assert bench.waits(lane="person")


def test_late_answers_of_the_window_before_do_not_count() -> None:
    bench = Bench()
    bench.answer(bench.take(), 4, 3)
    late = bench.take(lane="person")
    bench.now += 2.0
    bench.answer(bench.take(lane="person"), 4, 3, reset=3.0)
    bench.answer(late, 4, 0)
    assert not bench.waits(lane="person")


def test_an_answer_of_a_window_between() -> None:
    bench = Bench()
    bench.answer(bench.take(), 4, 3)
    old, new = bench.take(lane="person"), bench.take(lane="person")
    bench.now += 0.1
    bench.answer(new, 4, 3, reset=3.0)
    bench.answer(old, 4, 0, reset=2.0)
    assert not bench.waits(lane="person")


def test_a_server_without_a_date() -> None:
    bench = Bench()
    bench.pacer.answered(bench.take(), RateLimit(2, 0, EPOCH + 1.0))
    assert bench.waits(lane="person")
    bench.now += 7.0  # the local clock may be wrong by seconds, so it waits some more
    bench.take(lane="person")


def test_a_waiting_person_goes_before_a_waiting_sync() -> None:
    bench = Bench()
    bench.answer(bench.take(), 4, 0)
    asked: list[Ticket | float] = []

    def wait(_: threading.Condition, seconds: float) -> None:
        asked.append(bench.ask())
        bench.now += 0.6
        asked.append(bench.ask())

    bench.pacer._wait = wait
    ticket = bench.pacer.acquire("GET issues", "person")
    assert ticket.sent_at == bench.now == 1001.2
    assert asked == [5.0] * 4
    assert not bench.waits()


def test_threads() -> None:
    """Real threads and real time: nobody is forgotten, and people are done first."""
    pacer = Pacer()
    limit, window = 20, 0.25
    lock = threading.Lock()
    counts: dict[int, int] = {}
    order: list[str] = []

    def ask(lane: str, times: int) -> None:
        for _ in range(times):
            ticket = pacer.acquire("GET issues", lane)  # type: ignore[arg-type]
            with lock:
                now = time.time()
                number = int(now / window)
                counts[number] = counts.get(number, 0) + 1
                remaining = limit - counts[number]
                order.append(lane)
            pacer.answered(
                ticket, RateLimit(limit, max(0, remaining), (number + 1) * window), server_time=now
            )

    threads = [threading.Thread(target=ask, args=("sync", 10)) for _ in range(6)]
    threads += [threading.Thread(target=ask, args=("person", 5))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert max(counts.values()) <= limit
    assert len(order) == 65
    assert "person" not in order[30:]
