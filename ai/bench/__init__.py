"""Figures of explanations: what `manage.py bench` runs, by name."""

from ai.bench.explaining import explaining

BENCHES = {"ai": explaining}
