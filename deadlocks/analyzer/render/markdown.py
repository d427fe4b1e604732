"""A report as Markdown, to paste into an issue or a chat."""

from deadlocks.analyzer.values import Report

from . import words


def markdown(report: Report) -> str:
    """A section with headings of level 2 and 3 that ends with a newline."""
    diagnosis = report.diagnosis
    parts = [
        f"## {words.title(report)}",
        f"{words.place(report)}, {report.source.time or 'time unknown'}, severity **{report.severity}**",
        f"**{words.CAUSES[diagnosis.root_cause]}** (`{diagnosis.root_cause}`, {diagnosis.confidence:.0%} "
        f"sure)",
        _list(diagnosis.evidence),
    ]
    if report.edges:
        parts += ["### Who waits for whom", _edges(report)]
    if any(p.statement for p in report.processes):
        parts += ["### Statements", *(_statement(report, n) for n in range(len(report.processes)))]
    if report.context:
        parts += ["### Context of the victim", _fenced("\n".join(report.context), "text")]
    parts += ["### What to do, best first", *_advice(report)]
    if report.missing:
        parts += ["### What is missing", _list(words.missing(report))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _list(items: tuple[str, ...] | list[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _edges(report: Report) -> str:
    victim = report.victim.pid if report.victim else None
    rows = ["| process | waits for | lock | held by |", "|---|---|---|---|"]
    for edge in report.edges:
        who = f"**{edge.waiter}** (victim)" if edge.waiter == victim else str(edge.waiter)
        rows.append(f"| {who} | {edge.lock_mode} | {_cell(edge.text)} | {edge.blocker} |")
    return "\n".join(rows)


def _statement(report: Report, number: int) -> str:
    process = report.processes[number]
    if not process.statement:
        return ""
    cut = ", cut off" if process.truncated else ""
    return (
        f"Process {process.pid or '?'} ({process.role}{cut}):\n\n{_fenced(process.statement.strip(), 'sql')}"
    )


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def _advice(report: Report) -> list[str]:
    found = []
    for number, advice in enumerate(report.diagnosis.recommendations, 1):
        found.append(f"{number}. **{advice.title}.** {advice.detail}")
        if advice.sql:
            found.append(_fenced(advice.sql, "sql"))
    return found
