from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dexter.ops.health import read_health


@require_safe
@never_cache
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Open to everybody, for load balancers and monitoring: 503 when no page can be served, else 200."""
    found = read_health()
    return JsonResponse(found, status=503 if found["status"] == "down" else 200)
