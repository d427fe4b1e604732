"""Reports as pages show them: masked, with their drawing and words."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from deadlocks.analyzer import Report
from deadlocks.analyzer.render import svg, words
from deadlocks.models import DeadlockReport, LogReport
from deadlocks.services.originals import LONGEST
from dexter.pii import mask_text
from issues.payload.values import Value


@dataclass(frozen=True)
class Original:
    """The text of a report as it stood where it was found. `value` is shown with a chip for each masked
    piece, which `reveal_url` takes; `copy` is masked plain text.
    """

    value: Value
    reveal_url: str

    @property
    def copy(self) -> str:
        return mask_text(str(self.value.value))

    @property
    def is_cut(self) -> bool:
        """Whether it was too long to be kept whole."""
        return len(str(self.value.value)) >= LONGEST


def original_of(row: DeadlockReport | LogReport) -> Original | None:
    """None where it was not kept: an older version read the report."""
    if not row.raw:
        return None
    if isinstance(row, DeadlockReport):
        return Original(Value(f"deadlock.{row.pk}", row.raw), reverse("deadlocks:reveal", args=[row.pk]))
    url = reverse("deadlocks:reveal-log", args=[row.log_id, row.position])
    return Original(Value(f"log_report.{row.pk}", row.raw), url)


@dataclass(frozen=True)
class Shown:
    """`report` is masked; `number` counts from 1 on its page."""

    number: int
    report: Report
    title: str
    cause: str
    percent: int
    place: str
    drawing: SafeString
    missing: list[str]
    original: Original | None = None
    lanes: Any = None  # deadlocks.charts.Lanes, from the view
    files: tuple[tuple[str, str], ...] = ()  # kinds and addresses of the report as a file

    @property
    def tables(self) -> list[str]:
        """Names without their schemas, to be marked."""
        return [name.rpartition(".")[2] for name in self.report.diagnosis.relations]


def shown(report: Report, number: int = 1, original: Original | None = None) -> Shown:
    report = masked(report)
    diagnosis = report.diagnosis
    return Shown(
        number=number,
        report=report,
        title=words.title(report),
        cause=words.CAUSES[diagnosis.root_cause],
        percent=round(diagnosis.confidence * 100),
        place=words.place(report),
        drawing=mark_safe(svg(report, ids=f"dl{number}")),  # every text in it is escaped there
        missing=words.missing(report),
        original=original,
    )


def masked(report: Report) -> Report:
    """The report without personal data and secrets in any text that came from outside."""
    diagnosis = report.diagnosis
    advice = tuple(
        replace(one, title=mask_text(one.title), detail=mask_text(one.detail), sql=mask_text(one.sql))
        for one in diagnosis.recommendations
    )
    return replace(
        report,
        source=replace(report.source, file=mask_text(report.source.file or "") or None),
        processes=tuple(replace(one, **_masked_process(one)) for one in report.processes),
        context=tuple(map(mask_text, report.context)),
        diagnosis=replace(
            diagnosis, evidence=tuple(map(mask_text, diagnosis.evidence)), recommendations=advice
        ),
    )


def _masked_process(process: Any) -> dict[str, Any]:
    texts = {name: getattr(process, name) for name in ("statement", "user", "application")}
    return {name: mask_text(text) if text else text for name, text in texts.items()}
