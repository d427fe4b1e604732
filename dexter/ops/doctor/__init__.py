"""`manage.py doctor`: what is wrong with the whole installation, and how to mend it."""

from collections.abc import Callable, Iterator

from dexter.ops.doctor import machine, services, work
from dexter.ops.doctor.findings import Finding, Level, wrong

EXAMINATIONS: list[Callable[[], Iterator[Finding]]] = [
    machine.python,
    machine.packages,
    machine.disk,
    machine.settings_checks,
    machine.static_files,
    services.database,
    services.broker,
    services.worker,
    services.ai_worker,
    services.scheduler,
    services.queue,
    machine.demo_account,
    work.connections,
    work.jobs,
]


def examine() -> Iterator[Finding]:
    """Findings as they come. An examination that itself fails is a finding and leaves the others alone."""
    for examination in EXAMINATIONS:
        try:
            yield from examination()
        except Exception as error:
            area = examination.__name__.replace("_", " ")
            yield wrong(
                area,
                f"It could not be examined: {type(error).__name__}: {error}",
                "Mend what is above first.",
            )


__all__ = ["EXAMINATIONS", "Finding", "Level", "examine"]
