"""Repeated and slow statements in the breadcrumbs and spans of an event. Pure: values in, values out.

An event is one request. Five or more statements of one normalised form in it are an N+1 finding; a statement
that took as long as the threshold is a slow one. Works on what the SDKs send and on what Sentry's API
returns.
"""

from .findings import REPEATED, SLOW_MS, Finding, findings
from .queries import Frame, Query, queries

__all__ = ["REPEATED", "SLOW_MS", "VERSION", "Finding", "Frame", "Query", "findings", "queries"]

#: Stored with each event that was read; a change in what is found changes it, and events are read again.
VERSION = "1"
