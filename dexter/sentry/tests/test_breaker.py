import threading

from dexter.sentry.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock)
    for _ in range(5):
        assert breaker.enter() == 0.0
        breaker.failure("boom")
    return breaker


def test_closed_until_the_fifth_failure_in_a_row() -> None:
    breaker = Breaker(clock=Clock())
    for _ in range(3):
        for _ in range(4):
            breaker.failure("boom")
        assert breaker.enter() == 0.0
        assert breaker.state.failures == 4
        breaker.success()
    assert breaker.state.name == "closed"
    assert breaker.state.failures == 0


def test_open_for_a_minute() -> None:
    clock = Clock()
    breaker = broken(clock)
    assert (breaker.state.name, breaker.state.open_for, breaker.state.last_error) == ("open", 60.0, "boom")
    clock.now += 59.0
    assert breaker.enter() == 1.0


def test_half_open_lets_one_try() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60.0
    assert breaker.state.name == "half_open"
    assert breaker.enter() == 0.0
    assert breaker.enter() > 0
    breaker.success()
    assert breaker.state.failures == 0
    assert breaker.enter() == 0.0


def test_a_failed_try_opens_again() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 61.0
    assert breaker.enter() == 0.0
    breaker.failure("again")
    assert (breaker.state.name, breaker.state.open_for) == ("open", 60.0)


def test_an_abandoned_try_leaves_room_for_another() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 61.0
    assert breaker.enter() == 0.0
    breaker.abandon()
    assert breaker.enter() == 0.0


def test_one_try_among_many_threads() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 61.0
    entered: list[float] = []
    barrier = threading.Barrier(16)

    def enter() -> None:
        barrier.wait()
        entered.append(breaker.enter())

    threads = [threading.Thread(target=enter) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entered.count(0.0) == 1
