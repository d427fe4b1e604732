"""A report as a file."""

import json

from django.http import Http404, HttpResponse

from deadlocks.analyzer import Report
from deadlocks.analyzer.render import markdown, svg, to_value

KINDS = {"svg": "image/svg+xml", "json": "application/json", "md": "text/markdown; charset=utf-8"}


def file_of(report: Report, kind: str, name: str) -> HttpResponse:
    """`report` is masked by the caller; `kind` is svg, json or md. Raises Http404 for another."""
    made = {
        "svg": lambda: svg(report, standalone=True),
        "json": lambda: json.dumps(to_value(report), indent=2, ensure_ascii=False) + "\n",
        "md": lambda: markdown(report),
    }
    if kind not in made:
        raise Http404("no such file")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(made[kind](), content_type=KINDS[kind], headers=headers)
