"""Tables of the deadlocks app. Import them from here."""

from deadlocks.models.advice import FollowedAdvice
from deadlocks.models.log_file import LogFile, LogReport
from deadlocks.models.query_finding import QueryFinding, ReadEvent
from deadlocks.models.report import DeadlockReport

__all__ = ["DeadlockReport", "FollowedAdvice", "LogFile", "LogReport", "QueryFinding", "ReadEvent"]
