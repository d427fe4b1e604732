"""What a rule answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A root cause, how sure it is (0 to 1), and the facts that led to it."""

    name: str
    confidence: float
    evidence: tuple[str, ...]
