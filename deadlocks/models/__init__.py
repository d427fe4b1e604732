"""Tables of the deadlocks app. Import them from here."""

from deadlocks.models.query_finding import QueryFinding, ReadEvent

__all__ = ["QueryFinding", "ReadEvent"]
