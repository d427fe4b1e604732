"""The cache of Sentry's data. Every cached row hangs off a Connection; natural key (connection, Sentry id).

issues.sync alone writes what comes from Sentry; pages and other apps read.
"""

from issues.models.activity import Activity, Reveal
from issues.models.connection import Connection
from issues.models.discussion import Comment, InboxEntry, Watch
from issues.models.event import Event, EventPayload
from issues.models.export import Export
from issues.models.issue import Issue, IssueStats, IssueTag, IssueText
from issues.models.knowledge import Pin, ResolutionNote
from issues.models.label import IssueLabel, Label
from issues.models.outbox import Bulk, IssueAction
from issues.models.project import Environment, Member, Project, Team
from issues.models.release import Commit, Deploy, Release
from issues.models.saved_view import SavedView
from issues.models.sync import SyncRun
from issues.models.webhook import WebhookDelivery, WebhookRefusal

__all__ = [
    "Activity",
    "Bulk",
    "Comment",
    "Commit",
    "Connection",
    "Deploy",
    "Environment",
    "Event",
    "EventPayload",
    "Export",
    "InboxEntry",
    "Issue",
    "IssueAction",
    "IssueLabel",
    "IssueStats",
    "IssueTag",
    "IssueText",
    "Label",
    "Member",
    "Pin",
    "Project",
    "Release",
    "ResolutionNote",
    "Reveal",
    "SavedView",
    "SyncRun",
    "Team",
    "Watch",
    "WebhookDelivery",
    "WebhookRefusal",
]
