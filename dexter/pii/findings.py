"""Findings in a text, and how overlapping ones are settled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dexter.pii.kinds import Kind


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` is of this kind."""

    start: int
    end: int
    kind: Kind

    @property
    def length(self) -> int:
        return self.end - self.start


def settle(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in order of place, none overlapping another.

    Of two that overlap the longer one names the kind, and both stay covered: a value half masked is a
    value half shown. An address that grew out of the password of a URL (`u:p@host`) is the exception,
    it yields, so that the host stays readable.
    """
    settled: list[Finding] = []
    for finding in sorted(findings, key=lambda found: (found.start, -found.end)):
        if not settled or finding.start >= settled[-1].end:
            settled.append(finding)
        elif finding.end > settled[-1].end:
            settled[-1] = _joined(settled[-1], finding)
    return tuple(settled)


def _joined(first: Finding, second: Finding) -> Finding:
    if first.kind is Kind.CREDENTIAL and second.kind is Kind.EMAIL:
        return first
    # What was filtered before is shown as it is, so it never lends its kind to a neighbour.
    if Kind.FILTERED in (first.kind, second.kind):
        longer = second if first.kind is Kind.FILTERED else first
    else:
        longer = first if first.length >= second.length else second
    return replace(first, end=second.end, kind=longer.kind)
