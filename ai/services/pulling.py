"""Downloads of models onto an Ollama server: asked for, stopped, shown."""

import re
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from ai.models import LanguageModel, Provider
from dexter.jobs import runner
from dexter.jobs.models import Job

PULL = "ai.tasks.pull_model"
SHOWN = timedelta(hours=1)  # that one which ended is shown
MEGABYTE = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9][\w.:/-]{0,198}")


class NotPulled(Exception):
    """The download was not begun; the message says why and what would help."""


def pull(provider: Provider, name: str, *, owner_id: int | None = None) -> Job:
    """A download in the queue, or the one that is under way. Raises NotPulled."""
    name = name.strip()
    if provider.kind != Provider.Kind.OLLAMA:
        raise NotPulled("Only Ollama downloads models. Install it on the server itself.")
    if not _NAME.fullmatch(name):
        raise NotPulled(
            "This is no name of a model. One looks like qwen2.5-coder:14b; ollama.com/library lists them."
        )
    key = f"pull:{provider.pk}:{name}"
    job, _ = runner.enqueue(PULL, key=key, owner_id=owner_id, provider_id=provider.pk, name=name)
    return job


def pulls() -> dict[int, list[Job]]:
    """Downloads by server: those that go on, then those that ended lately, the newest first; one query."""
    recent = Q(state__in=Job.ACTIVE) | Q(finished_at__gte=timezone.now() - SHOWN)
    found: dict[int, list[Job]] = {}
    rows = Job.objects.filter(recent, kind=PULL).order_by("-pk")
    for job in sorted(rows, key=lambda job: not job.is_active):
        found.setdefault(job.arguments.get("provider_id"), []).append(job)
    return found


def stop(job_id: int) -> None:
    """Stop a download; Ollama goes on where it was when it is asked again."""
    for job in Job.objects.filter(pk=job_id, kind=PULL, state__in=Job.ACTIVE):
        runner.request_stop(job)


def offer(provider: Provider, name: str) -> LanguageModel:
    """A model that is installed may be chosen from now on; by choice alone, unless there is no other."""
    is_first = not LanguageModel.objects.filter(is_default=True).exists()
    made, _ = LanguageModel.objects.get_or_create(
        provider=provider, name=name, defaults={"is_fallback": False, "is_default": is_first}
    )
    return made
