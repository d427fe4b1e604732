"""Reports to and from JSON values; docs/deadlock-report.schema.json describes them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deadlocks.analyzer.values import (
    Diagnosis,
    Edge,
    LockWait,
    Process,
    Recommendation,
    Report,
    Source,
    Victim,
)

JsonObject = dict[str, Any]


def to_value(report: Report, *, timeline: bool = False) -> JsonObject:
    """A report as the command and the API give it; ``timeline`` adds the lock-wait lines and hints (for
    storage).
    """
    source, victim, diagnosis = report.source, report.victim, report.diagnosis
    value: JsonObject = {
        "source": {"file": source.file, "format": source.format, "line": source.line, "time": source.time},
        "language": report.language,
        "sqlstate": report.sqlstate,
        "victim": {"pid": victim.pid, "known_from": list(victim.known_from)} if victim else None,
        "processes": [_process(p) for p in report.processes],
        "edges": [_edge(e) for e in report.edges],
        "cycle": list(report.cycle),
        "context": list(report.context),
        "relations": list(diagnosis.relations),
        "root_cause": diagnosis.root_cause,
        "confidence": diagnosis.confidence,
        "evidence": list(diagnosis.evidence),
        "severity": report.severity,
        "recommendations": [
            {"title": r.title, "detail": r.detail, "sql": r.sql} for r in diagnosis.recommendations
        ],
        "missing": list(report.missing),
    }
    if timeline:
        value["timeline"] = [_wait(w) for w in report.timeline]
        value["hints"] = sorted(report.hints)
    return value


def _process(process: Process) -> JsonObject:
    return {
        "pid": process.pid,
        "user": process.user,
        "database": process.database,
        "application": process.application,
        "statement": process.statement,
        "truncated": process.truncated,
        "role": process.role,
    }


def _edge(edge: Edge) -> JsonObject:
    return {
        "waiter": edge.waiter,
        "blocker": edge.blocker,
        "lock_mode": edge.lock_mode,
        "lock_type": edge.lock_type,
        "object": dict(edge.object),
        "text": edge.text,
    }


def _wait(wait: LockWait) -> JsonObject:
    return {
        "pid": wait.pid,
        "kind": wait.kind,
        "lock_mode": wait.lock_mode,
        "lock_type": wait.lock_type,
        "text": wait.text,
        "ms": wait.ms,
        "time": wait.time,
        "holders": list(wait.holders),
        "queue": list(wait.queue),
    }


def from_value(value: Mapping[str, Any]) -> Report:
    """The report that ``to_value`` wrote; KeyError or TypeError when it is another's."""
    victim = value["victim"]
    return Report(
        source=Source(**value["source"]),
        language=value["language"],
        sqlstate=value["sqlstate"],
        victim=Victim(victim["pid"], tuple(victim["known_from"])) if victim else None,
        processes=tuple(Process(**p) for p in value["processes"]),
        edges=tuple(Edge(**{**e, "object": MappingProxyType(dict(e["object"]))}) for e in value["edges"]),
        cycle=tuple(value["cycle"]),
        context=tuple(value["context"]),
        timeline=tuple(
            LockWait(**{**w, "holders": tuple(w["holders"]), "queue": tuple(w["queue"])})
            for w in value.get("timeline", ())
        ),
        missing=tuple(value["missing"]),
        diagnosis=Diagnosis(
            value["root_cause"],
            value["confidence"],
            tuple(value["evidence"]),
            tuple(Recommendation(**r) for r in value["recommendations"]),
            tuple(value["relations"]),
        ),
        severity=value["severity"],
        hints=frozenset(value.get("hints", ())),
    )
