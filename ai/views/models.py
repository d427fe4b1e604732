"""The models: which there are, whether their servers answer, and a try of one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from ai.models import LanguageModel, Provider
from ai.queries.models import providers_with_models
from ai.services import pulling
from ai.tasks import TRY, check_providers, enqueue_try
from dexter.jobs.models import Job
from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.request import Request


def models_context() -> dict[str, Any]:
    """Four queries."""
    trying = Job.objects.active().filter(kind=TRY).values_list("arguments", flat=True)
    found = pulling.pulls()
    return {
        "providers": [(provider, found.get(provider.pk, [])) for provider in providers_with_models()],
        "trying": {arguments.get("model_id") for arguments in trying},
    }


@require_GET
def models(request: Request) -> HttpResponse:
    return render_page(request, "ai/models.html", "ai/_models.html", models_context())


@require_POST
def check(request: Request) -> HttpResponse:
    """Ask all servers in the background."""
    check_providers.delay()
    messages.info(request, "The servers are being asked. What they say is here in a few seconds.")
    return _answer(request)


@require_POST
def try_model(request: Request, pk: int) -> HttpResponse:
    """Ask a model for one word, in the background."""
    enqueue_try(get_object_or_404(LanguageModel, pk=pk), request.user.pk)
    return _answer(request)


@require_POST
def pull(request: Request, pk: int) -> HttpResponse:
    """Download the model `name` onto an Ollama server; for administrators."""
    provider = _provider(request, pk)
    try:
        pulling.pull(provider, request.POST.get("name", ""), owner_id=request.user.pk)
    except pulling.NotPulled as error:
        messages.error(request, str(error))
    return _answer(request)


@require_GET
def pulls(request: Request, pk: int) -> HttpResponse:
    """The downloads onto a server while one goes on; then all models, as there may be a new one."""
    provider = get_object_or_404(Provider, pk=pk)
    jobs = pulling.pulls().get(pk, [])
    if jobs and jobs[0].is_active:
        return render_fragment(request, "ai/_pulls.html", {"provider": provider, "pulls": jobs})
    response = render_fragment(request, "ai/_models.html", models_context())
    response["HX-Retarget"] = "#models"
    return response


@require_POST
def stop_pull(request: Request, pk: int) -> HttpResponse:
    _only_staff(request)
    pulling.stop(pk)
    return _answer(request)


@require_POST
def offer(request: Request, pk: int) -> HttpResponse:
    """Let people choose the installed model `name`."""
    provider = _provider(request, pk)
    name = request.POST.get("name", "")
    if name in provider.not_offered:
        pulling.offer(provider, name)
    return _answer(request)


def _provider(request: Request, pk: int) -> Provider:
    _only_staff(request)
    return get_object_or_404(Provider, pk=pk)


def _only_staff(request: Request) -> None:
    if not request.user.is_staff:
        raise Http404("servers are for administrators")


def _answer(request: Request) -> HttpResponse:
    if wants_fragment(request):
        return render_fragment(request, "ai/_models.html", models_context())
    return redirect("ai:models")
