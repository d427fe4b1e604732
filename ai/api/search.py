"""What to do next, and searches described in words."""

from typing import Any

from django.http import Http404
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from ai.api.explanations import model_id_of
from ai.models import Description
from ai.prompts.searching import NotTranslated, translate
from ai.queries.explanations import place_in_queue
from ai.queries.recommendations import Recommendation, recommendations
from ai.services import asking, describing
from dexter.pii import mask_text
from dexter.web.auth import TokenAuth
from dexter.web.request import Request
from issues.api.schemas import Asked, Problem

router = Router()
refuse_readers = TokenAuth(write=True)


class RecommendationOut(Schema):
    key: str
    kind: str = Field(description="deadlock, regression, n_plus_one, muted, noisy or forgotten.")
    title: str
    why: str
    url: str
    issue: int
    short_id: str
    urgency: int = Field(description="0 to 100.")


class Recommendations(Schema):
    results: list[RecommendationOut]


@router.get("/recommendations/", response=Recommendations, summary="What to do next, the most urgent first")
def what_next(request: Request) -> dict[str, Any]:
    """By rules over the cache; without those that were put aside. Personal data are masked."""
    return {"results": [_recommendation(each) for each in recommendations()]}


def _recommendation(each: Recommendation) -> dict[str, Any]:
    return {
        "key": each.key,
        "kind": each.kind,
        "title": mask_text(each.title),
        "why": mask_text(each.why),
        "url": each.url,
        "issue": each.issue_id,
        "short_id": each.short_id,
        "urgency": each.urgency,
    }


class DescriptionIn(Asked):
    text: str = Field(description="What to look for, in words.")
    model: str | None = Field(
        None,
        description="Name of a model to ask, as GET /ai/models/ gives it, or an empty text for the default;"
        " without, rules answer at once.",
    )


class Understood(Schema):
    words: str
    term: str


class Translated(Schema):
    query: str = Field(description="A query of the search language; nothing has run it.")
    understood: list[Understood]
    free_text: str = Field(description="Words that are searched as they are.")
    by: str = Field(description="rules: no model was asked.")


class Translation(Schema):
    id: int
    state: str = Field(description="queued, running, done, failed or cancelled.")
    place: int | None = Field(description="In the queue, from 1; null for one that does not wait.")
    text: str
    query: str = Field(description="A query of the search language; nothing has run it. Empty until done.")
    by: str = Field(description="model, or rules where no model could; empty until done.")
    model: str = Field(description="Which was asked last.")
    meaning: str = Field(description="What the query finds, in the model's words.")
    note: str = Field(description="Why rules made it, or nobody could.")
    sent: dict[str, Any] = Field(description="Exactly what is sent: messages.")
    url: str = Field(description="Asks again.")


@router.post(
    "/search/translate/",
    response={
        200: Translated,
        202: Translation,
        **dict.fromkeys((400, 403, 409, 422, 429), Problem),
    },
    summary="A search described in words, as a query",
)
def translate_search(request: Request, given: DescriptionIn) -> Any:
    """It only gives what the search language accepts. With a model: 202; then ask its `url`."""
    try:
        if given.model is not None:
            return Status(202, _ask_model(request, given.text, given.model))
        found = translate(given.text)
    except NotTranslated as error:
        raise HttpError(422, str(error)) from error
    understood = [{"words": each.words, "term": each.term} for each in found.understood]
    return {"query": found.query, "understood": understood, "free_text": found.free_text, "by": "rules"}


def _ask_model(request: Request, text: str, model: str) -> dict[str, Any]:
    refuse_readers(request)
    try:
        row = describing.describe(text, user=request.user, model_id=model_id_of(model))
    except asking.NoModel as error:
        raise HttpError(409, str(error)) from error
    except asking.NotAsked as error:
        raise HttpError(429, str(error)) from error
    return _translation(request, row.pk)


@router.get(
    "/search/translations/{id}/",
    response={200: Translation, 404: Problem},
    summary="A query that a model makes",
)
def translation(request: Request, id: int) -> dict[str, Any]:
    """One's own."""
    return _translation(request, id)


def _translation(request: Request, pk: int) -> dict[str, Any]:
    row = Description.objects.filter(pk=pk, asked_by=request.user.pk).first()
    if row is None:
        raise Http404("There is no such translation.")
    return {
        "id": row.pk, "state": row.state, "place": place_in_queue(row), "text": row.words, "query": row.query,
        "by": row.by, "model": row.model_name, "meaning": mask_text(row.said), "note": row.note,
        "sent": row.sent, "url": f"/api/v1/search/translations/{row.pk}/",
    }  # fmt: skip
