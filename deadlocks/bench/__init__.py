"""Figures of the deadlock analyzer: what `manage.py bench deadlocks` runs."""

from deadlocks.bench.analyzer import deadlocks

BENCHES = {"deadlocks": deadlocks}
