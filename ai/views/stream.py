"""The stream that a page follows while an answer is written."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from ai.models import Explanation
from ai.services.server_sent import stream_answer


@require_GET
def stream(request: HttpRequest, pk: int) -> HttpResponseBase:
    if not Explanation.objects.filter(pk=pk).exists():
        raise Http404("no such explanation")
    return stream_answer(request, pk)
