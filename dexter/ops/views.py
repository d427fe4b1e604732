from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dexter.ops.health import read_health
from dexter.web.metrics import CONTENT_TYPE, metrics_text
from dexter.web.tokens import find_token


@require_safe
@never_cache
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Open to everybody, for load balancers and monitoring: 503 when no page can be served, else 200."""
    found = read_health()
    return JsonResponse(found, status=503 if found["status"] == "down" else 200)


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever sends an API token or is signed in; 401 for others."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not (request.user.is_authenticated or (token and find_token(token))):
        hint = "Send Authorization: Bearer dxt_..., with a token made under /settings/.\n"
        headers = {"WWW-Authenticate": 'Bearer realm="Dexter"'}
        return HttpResponse(hint, status=401, content_type="text/plain", headers=headers)
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE)
