"""What an event and a server log know of one deadlock, put together. Pure: two reports in, one out.

A client is told of its own part: the waits, its context and, by the SDK, its own statement. The server's log
has the statements of all, who they were, and the lock waits before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from deadlocks.analyzer import Report
from deadlocks.analyzer.diagnosis import diagnosed
from deadlocks.analyzer.values import Process, Victim

EVENT, LOG, BOTH = "event", "log", "both"
_PARTS = {"waits": "Who waits for whom", "context": "Context of the victim", "timeline": "Lock waits"}


@dataclass(frozen=True)
class Joined:
    """`report` is diagnosed anew. `origins` says for each part that is known (`waits`, `context`,
    `timeline`) where it came from: EVENT, LOG or BOTH; `statements` the same for the statement of each pid.
    """

    report: Report
    origins: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[int | None, str] = field(default_factory=dict)

    @property
    def gained(self) -> bool:
        """Whether the log knew something that the event did not."""
        return LOG in self.origins.values() or LOG in self.statements.values()

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Each part that is known, in words, with where it came from."""
        named = [(_PARTS[name], origin) for name, origin in self.origins.items()]
        said = [(f"Statement of {pid}", origin) for pid, origin in self.statements.items()]
        return [*named[:1], *said, *named[1:]] if "waits" in self.origins else [*said, *named]


def joined(event: Report, log: Report) -> Joined:
    """Everything that either of two reports of the same deadlock knows; where both do, the fuller one."""
    # A log that was cut may have fewer waits than the client printed.
    waits = event if (len(event.cycle), len(event.edges)) >= (len(log.cycle), len(log.edges)) else log
    of_event, of_log = _by_pid(event), _by_pid(log)
    order = waits.processes or log.processes or event.processes
    processes, statements = [], {}
    for process in order:
        process, origin = _process(process, of_event.get(process.pid), of_log.get(process.pid))
        processes.append(process)
        if origin:
            statements[process.pid] = origin
    context = max(log.context, event.context, key=lambda lines: sum(map(len, lines)))
    report = replace(
        event,
        language=waits.language or event.language or log.language,
        sqlstate=event.sqlstate or log.sqlstate,
        victim=_victim(event, log),
        processes=tuple(processes),
        edges=waits.edges,
        cycle=waits.cycle,
        context=context,
        timeline=log.timeline or event.timeline,
        missing=_missing(event, log, {process.pid for process in processes if process.statement}),
        hints=event.hints | log.hints,
    )
    origins = {
        "waits": _origin(event.edges, log.edges, report.edges),
        "context": _origin(event.context, log.context, context),
        "timeline": _origin(event.timeline, log.timeline, report.timeline),
    }
    return Joined(diagnosed(report), {name: of for name, of in origins.items() if of}, statements)


def _by_pid(report: Report) -> dict[int | None, Process]:
    return {process.pid: process for process in report.processes}


def _process(shape: Process, event: Process | None, log: Process | None) -> tuple[Process, str]:
    """A process with what both know of it, and where its statement came from ("": nobody knows it)."""
    known = [one for one in (log, event) if one is not None]
    best = max(known, key=_worth, default=shape)
    names: dict[str, Any] = {
        name: next((value for one in known if (value := getattr(one, name))), None)
        for name in ("user", "database", "application")
    }
    process = replace(shape, statement=best.statement, truncated=best.truncated, **names)
    origin = _origin(event and event.statement, log and log.statement, best.statement)
    return process, origin


def _worth(process: Process) -> tuple[bool, bool, bool]:
    """How much a statement says: a text is worth more than its place-holder, a whole one than a cut one."""
    return process.statement is not None, not process.withheld, not process.truncated


def _origin(event: object, log: object, known: object) -> str:
    if not known:
        return ""
    if event and log:
        return BOTH if event == log else EVENT if known == event else LOG
    return EVENT if event else LOG


def _victim(event: Report, log: Report) -> Victim | None:
    found = event.victim or log.victim
    if event.victim is None or log.victim is None or found is None:
        return found
    return Victim(found.pid, tuple(dict.fromkeys((*event.victim.known_from, *log.victim.known_from))))


def _missing(event: Report, log: Report, told: set[int | None]) -> tuple[str, ...]:
    """What neither has. Statements are missing while one of a process is."""
    lost = [name for name in event.missing if name in log.missing]
    whole = log if len(log.cycle) >= len(event.cycle) else event
    if whole.cycle and set(whole.cycle) <= told:
        lost = [name for name in lost if name != "statements"]
    return tuple(lost)
