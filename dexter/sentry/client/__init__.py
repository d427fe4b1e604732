"""The client of the Sentry Web API: `Client`, one method per operation, and the values that they return."""

from dexter.sentry.client.client import Client
from dexter.sentry.client.shell import Counters, Exchange
from dexter.sentry.client.values import IssueDetail, Merged, Page

__all__ = ["Client", "Counters", "Exchange", "IssueDetail", "Merged", "Page"]
