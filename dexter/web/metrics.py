"""Figures for a monitoring system: an app names where its own come from, `/metrics` prints them all.

The form is Prometheus' text format 0.0.4:
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Metric:
    """A value now. `kind` is `gauge` or `counter`; None values are left out."""

    name: str
    help: str
    value: float | None
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: str = "gauge"


Source = Callable[[], Iterable[Metric]]
_sources: list[Source] = []


def add_metrics(source: Source) -> None:
    """Names a function that is asked with each reading; it may query a few times."""
    if source not in _sources:
        _sources.append(source)


def metrics_text() -> str:
    """The figures of all apps."""
    lines: list[str] = []
    described: set[str] = set()
    found = [metric for source in _sources for metric in source() if metric.value is not None]
    for metric in sorted(found, key=lambda item: item.name):
        if metric.name not in described:
            described.add(metric.name)
            lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        lines.append(f"{metric.name}{_labels(metric.labels)} {metric.value:g}")
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
