"""The page of what to do next."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ai.queries import recommendations as queries
from ai.services import recommending
from dexter.web.htmx import render_page, wants_fragment
from dexter.web.request import Request


@require_http_methods(["GET", "POST"])
def recommendations(request: Request) -> HttpResponse:
    """POST: `dismiss` with `reason`, or `restore`; both name a recommendation's key."""
    error, typed, failed = "", "", ""
    if request.method == "POST":
        key, typed = request.POST.get("dismiss", ""), request.POST.get("reason", "")
        try:
            _change(request, key, typed)
        except recommending.NoReason as wrong:
            error, failed = str(wrong), key
        else:
            if not wants_fragment(request):
                return redirect("ai:recommendations")
    context = {
        "found": queries.recommendations(),
        "dismissed": queries.dismissals(),
        "error": error,
        "failed": failed,
        "typed": typed,
    }
    status = 422 if error else 200
    return render_page(request, "ai/recommendations.html", "ai/_recommendations.html", context, status=status)


def _change(request: Request, key: str, reason: str) -> None:
    if key:
        recommending.dismiss(key, reason, request.user)
        messages.success(request, "Put aside. It is below, and can be brought back.")
    elif recommending.restore(request.POST.get("restore", "")):
        messages.success(request, "Brought back.")
