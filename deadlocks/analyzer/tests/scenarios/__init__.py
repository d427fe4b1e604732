"""Deadlocks to provoke on a real server, and what only looks like one."""

from deadlocks.analyzer.tests.scenarios.causes import CAUSES
from deadlocks.analyzer.tests.scenarios.negatives import NEGATIVES
from deadlocks.analyzer.tests.scenarios.setting import SCHEMA
from deadlocks.analyzer.tests.scenarios.texts import TEXTS
from deadlocks.analyzer.tests.scenarios.variations import VARIATIONS

DEADLOCKS = CAUSES + TEXTS + VARIATIONS

__all__ = ["DEADLOCKS", "NEGATIVES", "SCHEMA"]
