"""The portal's own pages: settings, API tokens, keyboard help, the freshness line, sign-in."""

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from dexter.web.context import preference_of
from dexter.web.forms import PreferenceForm, TokenForm
from dexter.web.htmx import render_fragment, render_page
from dexter.web.models import ApiToken, Preference
from dexter.web.request import Request
from dexter.web.shortcuts import SHORTCUTS
from dexter.web.tokens import make_token, revoke_token

login = LoginView.as_view(
    extra_context={"demo": django_settings.DEMO}, redirect_authenticated_user=not django_settings.DEMO
)
logout = LogoutView.as_view()


@require_GET
def settings(request: Request) -> HttpResponse:
    return _settings_page(request)


def _settings_page(request: Request, *, status: int = 200, **context: object) -> HttpResponse:
    parts = {
        "form": PreferenceForm(instance=preference_of(request)),
        "token_form": TokenForm(),
        "tokens": ApiToken.objects.filter(user=request.user, revoked=None),
        "shortcuts": SHORTCUTS,
        **context,
    }
    return render(request, "web/settings.html", parts, status=status)


@require_POST
def preferences(request: Request) -> HttpResponse:
    """Stores what was posted of the preferences. HTMX gets 204: the page has already changed itself."""
    preference, _ = Preference.objects.get_or_create(user=request.user)
    form = PreferenceForm(request.POST, instance=preference)
    form.keep_only_posted()
    if not form.is_valid():
        return _settings_page(request, status=422, form=form)
    form.save()
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, "Saved.")
    return redirect(_own_address(request.POST.get("back", "")) or "web:settings")


def _own_address(url: str) -> str:
    """`url` if it is a path of this portal, else nothing: a form must not send people elsewhere."""
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


@require_POST
def tokens(request: Request) -> HttpResponse:
    """Makes a token, and shows its text this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, status=422, token_form=form)
    _, text = make_token(request.user, **form.cleaned_data)
    return _settings_page(request, new_token=text)


@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    if not revoke_token(request.user, pk):
        raise Http404("no such token of yours")
    messages.success(request, "Revoked. Programs that use this token are refused from now on.")
    return redirect("web:settings")


@require_GET
def keys(request: Request) -> HttpResponse:
    return render_page(request, "web/keys.html", "web/_keys.html", {"shortcuts": SHORTCUTS})


@require_GET
def freshness(request: Request) -> HttpResponse:
    return render_fragment(request, "_freshness.html", {})
