"""manage.py explain_event ID [--model M] [--question Q]: prints the answer as it is written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ai.generate.answering import answer
from ai.models import Explanation, LanguageModel
from ai.queries.context import readable_events
from ai.queries.models import usable_models
from ai.services import asking
from ai.services.prompting import rule_summary
from dexter.jobs import runner
from dexter.jobs.models import Job
from issues.models import Event


class Command(BaseCommand):
    help = "Explain an event of the cache and print the answer as it is written. Without a model: by rules."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event", metavar="ID", help="Dexter's number, or Sentry's 32 digits.")
        parser.add_argument("--model", default="", help="Name of the model; the default one without.")
        parser.add_argument("--question", default="", help="A question instead of an explanation.")
        parser.add_argument("--fresh", action="store_true", help="Ask again whatever is in the cache.")

    def handle(self, **options: Any) -> None:
        event = _event(options["event"])
        try:
            row = asking.ask(
                event=event,
                user=None,
                question=options["question"],
                model_id=_model_id(options["model"]),
                fresh=options["fresh"],
                enqueue=False,
            )
        except asking.NoModel as error:
            self._by_rules(event, str(error))
            return
        except asking.NotAsked as error:
            raise CommandError(str(error)) from error
        if row.state == Explanation.State.DONE:
            self.stdout.write(row.text)
        else:
            self._answer(row, options["fresh"])
        self._end(Explanation.objects.get(pk=row.pk))

    def _answer(self, row: Explanation, fresh: bool) -> None:
        """In this process: the row and its job end as those of the worker do."""

        def work(progress: runner.Progress) -> None:
            Explanation.objects.filter(pk=row.pk).update(job=progress.job)
            found = answer(row.pk, progress.job.pk, self._print, fresh=fresh)
            if found.answered_from_id:
                self.stdout.write(found.text)

        job = runner.run_here("ai.tasks.explain", work, key=f"explanation:{row.pk}", explanation_id=row.pk)
        assert job.state != Job.State.RUNNING  # noqa: S101
        self.stdout.write("")

    def _print(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()

    def _end(self, row: Explanation) -> None:
        for failure in row.tried:
            self.stderr.write(f"{failure['model']} did not answer: {failure['what']}")
        if row.state != Explanation.State.DONE:
            raise CommandError(f"{row.state}: {row.error} {row.advice}".strip())
        cited = f"{len(row.citations)} citations, {len(row.invented)} made up"
        first = f", first token after {row.first_token_seconds:.2f} s" if row.first_token_seconds else ""
        source = ", from the cache" if row.answered_from_id else first
        self.stderr.write(f"{row.model_name}: {cited}{source}")

    def _by_rules(self, event: Event, why: str) -> None:
        found = rule_summary(event)
        self.stderr.write(why)
        self.stdout.write(found.headline)
        for label, text in found.points:
            self.stdout.write(f"{label}: {text}")


def _event(given: str) -> Event:
    rows = readable_events().filter(issue__gone="")
    found = rows.filter(event_id=given.replace("-", "").lower()).first()
    if found is None and given.isdecimal() and len(given) < 19:
        found = rows.filter(pk=int(given)).first()
    if found is None:
        raise CommandError("This event is not in the cache. /api/v1/issues/ID/events/ lists those that are.")
    return found


def _model_id(name: str) -> int | None:
    if not name:
        return None
    found = LanguageModel.objects.filter(name=name, enabled=True, provider__enabled=True).first()
    if found is None:
        names = ", ".join(model.name for model in usable_models()) or "none"
        raise CommandError(f"There is no model {name}. There are: {names}.")
    return found.pk
