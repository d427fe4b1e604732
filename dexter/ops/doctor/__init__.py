"""`manage.py doctor`: what is wrong with the whole installation, and how to mend it."""

from collections.abc import Callable, Iterator

from dexter.ops.doctor import machine, services, work
from dexter.ops.doctor.findings import Finding, Level, warning, wrong

# What to look at, and the area without which that cannot be told.
EXAMINATIONS: list[tuple[Callable[[], Iterator[Finding]], str]] = [
    (machine.python, ""),
    (machine.packages, ""),
    (machine.disk, ""),
    (machine.settings_checks, ""),
    (machine.static_files, ""),
    (services.database, ""),
    (services.broker, ""),
    (services.worker, "broker"),
    (services.ai_worker, "broker"),
    (services.scheduler, "broker"),
    (services.queue, "broker"),
    (machine.demo_account, "database"),
    (work.connections, "database"),
    (work.jobs, "database"),
]


def examine() -> Iterator[Finding]:
    """Findings as they come. An examination that itself fails is a finding and leaves the others alone."""
    broken: set[str] = set()
    for examination, needed in EXAMINATIONS:
        area = examination.__name__.replace("_", " ")
        if needed in broken:
            yield warning(area, f"Not examined: it needs the {needed}.", f"Mend the {needed} first.")
            continue
        try:
            for finding in examination():
                if finding.level is Level.WRONG:
                    broken.add(finding.area)
                yield finding
        except Exception as error:
            yield wrong(
                area,
                f"It could not be examined: {type(error).__name__}: {error}",
                "Mend what is above first.",
            )


__all__ = ["EXAMINATIONS", "Finding", "Level", "examine"]
