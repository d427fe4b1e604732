"""`make bench NAMES=deadlocks` prints figures with their bars; here with a small log and few inputs."""

import pytest
from django.db import connection

from deadlocks.bench import BENCHES

pytestmark = pytest.mark.django_db


def test_figures_of_a_small_log_and_a_few_inputs(monkeypatch):
    monkeypatch.setenv("DEADLOCKS_MB", "1")
    monkeypatch.setenv("DEADLOCKS_FUZZ", "60")
    figures = {figure["figure"]: figure for figure in BENCHES["deadlocks"]()}
    if connection.vendor != "sqlite":
        assert figures["server log"]["skipped"]
        return
    log, fuzz = figures["analyze_deadlock"], figures["random and mutated inputs"]
    assert log["reports"] == log["written"] > 10
    assert log["held"]
    assert (fuzz["inputs"], fuzz["bad"], fuzz["held"]) == (60, 0, True)
