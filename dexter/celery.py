"""The Celery application. Tasks import `app` from here; `dexter/__init__.py` stays empty on purpose."""

import os
from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from celery.signals import beat_init, worker_init, worker_ready
from django.conf import settings

from dexter import garbage, pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")
# Celery would run Django's checks, as web has done, and load all pages and the API for them: 10 MB.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("dexter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Pulse(bootsteps.StartStopStep):
    """The worker's signs of life, one for each queue that it works for; `/healthz` and `doctor` read them."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        for queue in worker.app.amqp.queues.consume_from:
            name = pulse.WORKERS[queue]
            worker.timer.call_after(0, pulse.leave, (name,))
            worker.timer.call_repeatedly(pulse.EVERY, pulse.leave, (name,))


class Scheduler(bootsteps.StartStopStep):
    """In the embedded mode the scheduler is a thread of the worker, which saves a process of 80 MB."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **options: Any) -> None:
        self.enabled = settings.EMBEDDED
        self.service: Any = None

    def start(self, worker: Any) -> None:
        self.service = EmbeddedService(app, thread=True)
        self.service.start()
        pulse.leave("scheduler")

    def stop(self, worker: Any) -> None:
        if self.service:
            self.service.stop()

    terminate = stop


app.steps["worker"].update({Pulse, Scheduler})


@beat_init.connect
def note_start(**_: Any) -> None:
    """A scheduler of its own has started; from now on the reaper's runs are its signs of life."""
    pulse.leave("scheduler")


@worker_init.connect
def step_back(**_: Any) -> None:
    """Pages and webhooks come first where both want the processor. Threads made later are as this one."""
    os.nice(settings.WORKER_NICE)


@worker_ready.connect
def settle(**_: Any) -> None:
    """All tasks are loaded."""
    garbage.settle()
