"""Why a deadlock happened, what to change, how bad it is."""

from dataclasses import replace
from functools import lru_cache

from deadlocks.analyzer.values import Diagnosis, Report

from .advice import recommendations
from .case import Case, case_of
from .cause import cause_of
from .severity import severity


def diagnosed(report: Report) -> Report:
    """The report with its diagnosis and severity."""
    diagnosis = diagnose(case_of(report))
    if not report.edges:
        diagnosis = replace(diagnosis, evidence=(_lost(report), *diagnosis.evidence))
    return replace(report, diagnosis=diagnosis, severity=severity(report, diagnosis.root_cause))


@lru_cache(maxsize=2048)
def diagnose(case: Case) -> Diagnosis:
    """The diagnosis of a case; equal cases of a log share it."""
    cause = cause_of(case)
    relations = [case.relation] if case.relation else []
    relations += [table for statement in case.statements for table in statement.tables]
    if case.inner:
        relations += case.inner.tables
    return Diagnosis(
        cause.name,
        cause.confidence,
        cause.evidence,
        recommendations(case, cause.name),
        tuple(dict.fromkeys(relations)),
    )


def _lost(report: Report) -> str:
    place = "event" if report.source.format == "event" else "input"
    return f"The report's detail is not in this {place}; it is in the server log."
