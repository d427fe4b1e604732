"""Background work of the ai app: load, call, record."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from ai.generate import answering, describing, health, summarising
from ai.generate import pulling as download
from ai.models import Description, Explanation, LanguageModel, Provider
from ai.queries.models import usable_models
from ai.queries.summaries import due, left_today
from ai.services import pulling, settling
from ai.services.measuring import prune_calls
from ai.services.summaries import prune_summaries
from dexter.celery import app
from dexter.jobs import runner
from dexter.jobs.models import Job

TRY = "ai.tasks.try_model"
log = logging.getLogger(__name__)


@app.task(name=settling.EXPLAIN)
def explain(job_id: int, explanation_id: int, fresh: bool = False) -> None:
    """Have an explanation answered, unless enough others are being answered: then it waits for its turn."""
    try:
        with runner.running(job_id, at_once=settings.AI_CONCURRENCY, among=settling.WRITING):
            answering.answer(explanation_id, job_id, fresh=fresh)
    except runner.Taken:
        log.debug("explanation %s waits", explanation_id)


@app.task(name=settling.DESCRIBE)
def make_query(job_id: int, description_id: int) -> None:
    """Have a query made of a described search, when there is a free place."""
    try:
        with runner.running(job_id, at_once=settings.AI_CONCURRENCY, among=settling.WRITING):
            describing.make_query(description_id, answering.Stop(job_id))
    except runner.Taken:
        log.debug("description %s waits", description_id)


@app.task
def summarise() -> bool:
    """Have summaries of new and busy issues written, while the day's budget lasts; whether there is a job."""
    most = min(settings.AI_SUMMARIES_PER_RUN, left_today(timezone.now()))
    if not (settings.AI_SUMMARIES and most and usable_models().exists() and due(1)):
        return False
    runner.enqueue(settling.SUMMARISE, key="summaries", most=most)
    return True


@app.task(name=settling.SUMMARISE)
def write_summaries(job_id: int, most: int) -> None:
    """Write up to `most` summaries, when there is a free place."""
    try:
        with runner.running(job_id, at_once=settings.AI_CONCURRENCY, among=settling.WRITING) as progress:
            summarising.write_summaries(most, is_cancelled=answering.Stop(job_id), report=progress.report)
    except runner.Taken:
        log.debug("summaries wait")


@app.task(name=pulling.PULL)
def pull_model(job_id: int, provider_id: int, name: str) -> None:
    """Download a model onto its server."""
    try:
        with runner.running(job_id) as progress:
            provider = Provider.objects.get(pk=provider_id)
            download.pull(provider, name, report=progress.report, is_cancelled=answering.Stop(job_id))
    except runner.Taken:
        log.debug("the download %s is under way already", job_id)


@app.task(name=TRY)
def try_model(job_id: int, model_id: int) -> None:
    """Ask a model for one word."""
    with runner.running(job_id):
        model = LanguageModel.objects.select_related("provider").filter(pk=model_id).first()
        if model:
            health.try_model(model)


def enqueue_try(model: LanguageModel, owner_id: int | None = None) -> Job:
    return runner.enqueue(TRY, key=f"try-model:{model.pk}", owner_id=owner_id, model_id=model.pk)[0]


@app.task
def check_providers() -> int:
    """Ask every server for its models; how many do not answer."""
    checked = [health.check_provider(provider) for provider in Provider.objects.filter(enabled=True)]
    return sum(bool(provider.error) for provider in checked)


@app.task
def settle() -> int:
    """Rows whose jobs ended without them, and places that stayed free."""
    changed = settling.settle_all()
    settling.send_next()
    return changed


@app.task
def prune() -> int:
    """Forget old questions, answers and summaries, with what was sent, and the requests' figures."""
    before = timezone.now() - timedelta(days=settings.KEEP_EXPLANATIONS_DAYS)
    old = Explanation.objects.filter(created_at__lt=before).exclude(state__in=Explanation.OPEN)
    described = Description.objects.filter(created_at__lt=before).exclude(state__in=Description.OPEN)
    return old.delete()[0] + described.delete()[0] + prune_summaries(before) + prune_calls(before)
