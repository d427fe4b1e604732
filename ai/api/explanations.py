"""Explanations and models."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from ai.models import Explanation, LanguageModel
from ai.queries.context import readable_events
from ai.queries.explanations import explanations, feedback_on, place_in_queue
from ai.queries.models import providers_with_models
from ai.services import asking
from ai.services.rendering import address_of
from ai.services.server_sent import stream_answer
from dexter.pii import mask_text
from dexter.web.auth import writes
from dexter.web.request import Request
from issues.api.schemas import Asked, Problem
from issues.models import Event

router = Router()


class ExplanationAsked(Asked):
    model: str = Field("", description="Name of a model, as GET /ai/models/ gives it; the default without.")
    question: str = Field("", max_length=1000, description="Empty: explain the error.")
    leave_out: list[str] = Field([], description="Names of parts that are not sent.")
    fresh: bool = Field(False, description="Ask again although the same was answered before.")


class Citation(Schema):
    marker: str
    label: str = ""
    place: str = Field("", description="Address of what is cited, on the issue's page.")


class Timings(Schema):
    queued: float | None = Field(description="Seconds in the queue.")
    first_token: float | None = Field(description="Seconds from asking the model to its first token.")
    total: float | None = Field(description="Seconds from asking to the end.")
    tokens_per_second: float | None
    prompt_tokens: int | None = Field(description="As the server counted them.")
    estimated_tokens: int | None = Field(description="As Dexter estimated them before.")
    answer_tokens: int | None


class FeedbackOut(Schema):
    by: str
    helpful: bool
    reason: str


class ExplanationOut(Schema):
    id: int
    state: str = Field(description="queued, running, done, failed or cancelled.")
    place: int | None = Field(description="In the queue, from 1; null for one that does not wait.")
    event: str
    issue: int | None
    question: str
    model: str
    template: str
    category: str
    text: str = Field(description="Markdown; what there is so far while it is written.")
    citations: list[Citation] = Field(description="Evidence that is in the event.")
    invented: list[str] = Field(description="Markers that are not in the event.")
    grounded: bool | None
    cut: bool = Field(description="Whether it ends because the model had no more room for it.")
    tried: list[dict[str, Any]] = Field(description="Models that failed before: model, code, what, todo.")
    error: dict[str, str] | None
    from_cache: int | None = Field(description="Id of the explanation whose answer this is.")
    sent: dict[str, Any] = Field(
        description="Exactly what was sent: messages, and the parts they are made of."
    )
    timings: Timings
    feedback: list[FeedbackOut]
    asked_by: str
    created_at: datetime
    finished_at: datetime | None


def _shape(row: Explanation) -> dict[str, Any]:
    fields = ("state", "issue_id", "category", "text", "invented", "tried", "sent")
    return {
        **{name.removesuffix("_id"): getattr(row, name) for name in fields},
        "id": row.pk,
        "question": mask_text(row.question),
        "place": place_in_queue(row),
        "event": row.event_ref,
        "citations": [{**item, "place": address_of(row, item)} for item in row.citations],
        "model": row.model_name,
        "template": row.template_version,
        "grounded": row.is_grounded,
        "cut": row.is_cut,
        "error": {"code": row.error_code, "what": row.error, "todo": row.advice} if row.error else None,
        "from_cache": row.answered_from_id,
        "timings": _timings(row),
        "feedback": [
            {"by": item.user.get_username(), "helpful": item.is_helpful, "reason": item.reason}
            for item in feedback_on(row)
        ],
        "asked_by": row.asked_by.get_username() if row.asked_by else "",
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def _timings(row: Explanation) -> dict[str, Any]:
    begun, ended = row.started_at, row.finished_at
    return {
        "queued": (begun - row.created_at).total_seconds() if begun else None,
        "first_token": row.first_token_seconds,
        "total": (ended - row.created_at).total_seconds() if ended else None,
        "tokens_per_second": row.tokens_per_second,
        "prompt_tokens": row.prompt_tokens,
        "estimated_tokens": row.estimated_tokens,
        "answer_tokens": row.answer_tokens,
    }


@router.post(
    "/events/{id}/explanations/",
    response={202: ExplanationOut, 400: Problem, 403: Problem, 404: Problem, 409: Problem, 429: Problem},
    auth=writes,
    summary="Have an event explained",
)
def explain(request: Request, id: str, asked: ExplanationAsked) -> Status:
    """Answers at once with the place in the queue; ask `GET /explanations/{id}/`, or follow its stream."""
    try:
        row = asking.ask(
            event=_event(id),
            user=request.user,
            question=asked.question,
            model_id=model_id_of(asked.model),
            left_out=tuple(asked.leave_out),
            fresh=asked.fresh,
        )
    except asking.NoModel as error:
        raise HttpError(409, str(error)) from error
    except asking.NotAsked as error:
        raise HttpError(429, str(error)) from error
    return Status(202, _shape(_found(row.pk)))


def _event(given: str) -> Event:
    rows = readable_events().filter(issue__gone="")
    found = rows.filter(event_id=given.replace("-", "").lower()).first()
    if found is None and given.isdecimal() and len(given) < 19:
        found = rows.filter(pk=int(given)).first()
    if found is None:
        raise Http404("This event is not in the cache.")
    return found


def model_id_of(name: str) -> int | None:
    if not name:
        return None
    usable = LanguageModel.objects.filter(name=name, enabled=True, provider__enabled=True)
    found = usable.values_list("pk", flat=True).first()
    if found is None:
        raise HttpError(400, f"There is no model {name!r}. GET /api/v1/ai/models/ lists them.")
    return found


def _found(pk: int) -> Explanation:
    row = explanations().filter(pk=pk).first()
    if row is None:
        raise Http404("There is no such explanation.")
    return row


@router.get(
    "/explanations/{id}/",
    response={200: ExplanationOut, 404: Problem},
    summary="An explanation and its state",
)
def explanation(request: Request, id: int) -> dict[str, Any]:
    return _shape(_found(id))


@router.get(
    "/explanations/{id}/stream/",
    response={204: None, 404: Problem},
    summary="An explanation while it is written, as server-sent events",
    openapi_extra={
        "responses": {
            200: {
                "description": "Events `state`, `restart` (forget what came), `text` (`{text}`), `html`,"
                " `end` (`{state}`); the first tell all there is so far.",
                "content": {"text/event-stream": {}},
            }
        }
    },
)
def stream(request: HttpRequest, id: int) -> HttpResponseBase:
    return stream_answer(request, _found(id).pk)


@router.post(
    "/explanations/{id}/cancel/",
    response={200: ExplanationOut, 403: Problem, 404: Problem},
    auth=writes,
    summary="Stop an explanation",
)
def cancel(request: Request, id: int) -> dict[str, Any]:
    """One that waits is cancelled at once, one that is being written within a second."""
    asking.cancel(_found(id))
    return _shape(_found(id))


class FeedbackAsked(Asked):
    helpful: bool
    reason: str = Field("", max_length=500)


@router.post(
    "/explanations/{id}/feedback/",
    response={200: ExplanationOut, 403: Problem, 404: Problem},
    auth=writes,
    summary="Say whether an explanation helped",
)
def feedback(request: Request, id: int, given: FeedbackAsked) -> dict[str, Any]:
    """One per person; another one takes its place."""
    row = _found(id)
    asking.give_feedback(row, user=request.user, is_helpful=given.helpful, reason=given.reason)
    return _shape(row)


class ModelOut(Schema):
    id: int
    name: str
    provider: str
    kind: str
    enabled: bool
    default: bool
    context_size: int
    installed: bool | None = Field(description="Whether the server had it when it was last asked.")
    health: str = Field(description="ok, failing, unknown or off.")
    error: str
    checked_at: datetime | None
    tested: dict[str, Any] = Field(description="The last try by hand; empty without.")


class Models(Schema):
    results: list[ModelOut]


@router.get("/ai/models/", response={200: Models}, summary="The language models and their health")
def models(request: Request) -> dict[str, Any]:
    providers = providers_with_models()
    found = [_model_shape(model) for provider in providers for model in provider.language_models.all()]
    return {"results": found}


def _model_shape(model: LanguageModel) -> dict[str, Any]:
    provider = model.provider
    is_on = model.enabled and provider.enabled
    health = {None: "unknown", True: "ok", False: "failing"}[provider.is_well] if is_on else "off"
    names = {item.get("name") for item in provider.installed}
    return {
        "id": model.pk,
        "name": model.name,
        "provider": provider.name,
        "kind": provider.kind,
        "enabled": is_on,
        "default": model.is_default,
        "context_size": model.context_size,
        "installed": bool({model.name, f"{model.name}:latest"} & names) if provider.checked_at else None,
        "health": health,
        "error": f"{provider.error} {provider.advice}".strip(),
        "checked_at": provider.checked_at,
        "tested": model.tested,
    }
