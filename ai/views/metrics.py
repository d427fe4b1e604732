"""How the models and templates do."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ai.queries.figures import figures
from ai.services.asking import hit_rate
from dexter.web.request import Request

PERIODS = {"7": "7 days", "30": "30 days", "365": "a year"}


@require_GET
def metrics(request: Request) -> HttpResponse:
    asked = request.GET.get("days", "30")
    days = asked if asked in PERIODS else "30"
    hits, total = hit_rate(int(days))
    context = {
        "figures": figures(int(days)), "days": days, "periods": PERIODS.items(), "hits": hits, "total": total,
        "hit_share": 100 * hits / total if total else None,
    }  # fmt: skip
    return render(request, "ai/metrics.html", context)
