"""A report for a terminal."""

from deadlocks.analyzer.values import Report

from . import words


def plain(report: Report) -> str:
    """Lines of text that end with a newline."""
    diagnosis = report.diagnosis
    lines = [
        f"{words.title(report)}  [{report.severity}]",
        f"  at     {words.place(report)} {report.source.time or ''}",
    ]
    sure = f"{diagnosis.confidence:.0%} sure"
    lines.append(f"  cause  {diagnosis.root_cause}: {words.CAUSES[diagnosis.root_cause]} ({sure})")
    lines += [f"         - {fact}" for fact in diagnosis.evidence]
    if report.victim:
        lines.append(f"  victim {report.victim.pid}, known from {', '.join(report.victim.known_from)}")
    lines += [f"  wait   {words.edge(edge)}" for edge in report.edges]
    for process in report.processes:
        cut = " (cut off)" if process.truncated else ""
        lines.append(f"  {process.role:<7}{process.pid or '?'}: {words.shown(process)}{cut}")
    lines += [f"  during {frame}" for frame in report.context]
    lines += [
        f"  lock   {w.time or ''} {w.pid} {w.kind} {w.lock_mode} on {w.text}, {w.ms:g} ms"
        for w in report.timeline
    ]
    lines += [f"  note   {sentence}" for sentence in words.missing(report)]
    for number, advice in enumerate(diagnosis.recommendations, 1):
        lines += [f"  {number}. {advice.title}", f"     {advice.detail}"]
        lines += [f"       {line}" for line in advice.sql.splitlines()]
    return "\n".join(lines) + "\n"
