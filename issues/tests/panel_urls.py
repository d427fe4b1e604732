"""The real addresses, and those of two panels: one that comes and one that does not."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def good(request: HttpRequest, pk: int) -> HttpResponse:
    event = request.GET.get("event", "")
    return HttpResponse(
        f'<section class="card" id="panel-good"><p>Issue {pk}, event {event[:4]}.</p></section>'
    )


def bad(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse("no", status=500)


panels = ([path("good/<int:pk>/", good, name="good"), path("bad/<int:pk>/", bad, name="bad")], "panels")
urlpatterns = [path("panels/", include(panels)), path("", include("dexter.urls"))]
