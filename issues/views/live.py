"""What an open page asks for when the stream of live updates told it of changes."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from dexter.live import presence as present
from dexter.web.context import preference_of
from dexter.web.htmx import render_fragment
from dexter.web.request import Request, keys_in
from issues.models import Issue
from issues.queries.found import Search
from issues.queries.news import count_news
from issues.queries.saved_views import views_of
from issues.views.answers import back_to, parts
from issues.views.asked_action import issues_of
from issues.views.event import issue_or_404
from issues.views.filters import asked
from issues.views.issue import head

MOST = 200  # issues of one request


@dataclass(frozen=True)
class News:
    """`is_more` when the whole page would be new, so that there may be more of it behind."""

    count: int
    is_more: bool
    url: str


@require_GET
def news(request: Request) -> HttpResponse:
    """The changed parts of the page that asks, out of band.

    `changed` are keys of issues that it shows. A list that sends the keys of its rows as `shown` gets the
    number of issues that it would have and does not show; `created` are keys of issues that are new.
    """
    changed, place = _keys(request, "changed"), urlsplit(back_to(request))
    response = HttpResponse(parts(request, issues_of(changed)))
    response["HX-Reswap"] = "none"
    if place.path == "/" and request.GET.get("shown"):
        response.write(_news(request, QueryDict(place.query)))
    for key in changed:
        if place.path.startswith(f"/issues/{key}/"):
            response.write(_impact(request, key))
    return response


def _keys(request: HttpRequest, name: str) -> list[int]:
    """Keys in the parameter `name`, separated by commas; what is none is left out."""
    texts = request.GET.get(name, "").split(",")
    return keys_in(texts)[:MOST]


def _news(request: Request, parameters: QueryDict) -> str:
    view = next((view for view in views_of(request.user) if str(view.pk) == parameters.get("view")), None)
    state = asked(parameters, preference_of(request), view)
    scope = (state.connections, state.projects, state.environments)
    search = Search(state.query, request.user, *scope, state.period or None)
    rows = {"shown": set(_keys(request, "shown")), "created": _keys(request, "created")}
    count = count_news(search, state.sort, state.size, **rows, is_first=not state.cursor)
    found = News(count, count >= state.size, state.url())
    return render_to_string("issues/_news.html", {"news": found, "out_of_band": True}, request)


def _impact(request: HttpRequest, pk: int) -> str:
    context = {**head(issue_or_404(pk), timezone.now()), "out_of_band": True}
    return render_to_string("issues/_impact.html", context, request)


@require_GET
def presence(request: Request, pk: int) -> HttpResponse:
    """Who else looks at the issue now."""
    issue = get_object_or_404(Issue.objects.only("pk"), pk=pk)
    others = present.present(f"issue:{pk}") - {request.user.pk}
    people = get_user_model().objects.filter(pk__in=others).order_by("username")
    names = [person.get_full_name() or person.get_username() for person in people]
    return render_fragment(request, "issues/_presence.html", {"issue": issue, "people": names})
