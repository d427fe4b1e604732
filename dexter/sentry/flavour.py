"""What differs between the servers that speak the Sentry Web API: Sentry itself and GlitchTip.

A `Flavour` is a value; the client asks it for paths and parameters, the pages ask it what to offer and why
not. GlitchTip's ways were seen on a running server (after 5.2.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dexter.sentry.errors import Unsupported

# what a server may or may not be able to do
CAPABILITIES: frozenset[str] = frozenset(
    {
        "assign", "priority", "bookmark", "seen", "subscribe", "share", "review", "discard",
        "substatus", "status_details", "merge", "unmerge", "delete", "notes", "activities",
        "stats", "issue_stats", "user_count", "sessions", "tags", "tag_values", "org_tags", "hashes",
        "oldest_event", "recommended_event", "attachments", "deploys", "commits", "window",
        "webhooks", "short_ids", "issue_releases",
    }
)  # fmt: skip

# key of a PUT body -> capability it needs; `status` is always there
CHANGE_NEEDS: Mapping[str, str] = {
    "assignedTo": "assign",
    "priority": "priority",
    "isBookmarked": "bookmark",
    "hasSeen": "seen",
    "isSubscribed": "subscribe",
    "isPublic": "share",
    "inbox": "review",
    "discard": "discard",
    "substatus": "substatus",
    "statusDetails": "status_details",
    "merge": "merge",
}


@dataclass(frozen=True, slots=True)
class Flavour:
    """`page_sort` is the issue sort under which paging is complete, `recent_sort` the one by last seen
    (descending).

    `issue_root` is the path of an issue, with `{org}` and `{id}`;
    `merge_keeps` says which issue survives a merge: "most_events" or "newest" (highest id). `needs_dedupe`:
    pages may repeat rows. `lists_have_stats`: rows of a list carry counts over time.
    """

    name: Literal["sentry", "glitchtip"]
    title: str
    supports: frozenset[str]
    reasons: Mapping[str, str] = field(hash=False)
    page_sort: str
    recent_sort: str
    page_size_param: str
    issue_root: str
    notes_path: str
    note_in_data: bool
    merge_keeps: Literal["most_events", "newest"]
    merge_value: bool | int
    needs_dedupe: bool
    html_is_unsupported: bool
    snake_case: bool
    lists_have_stats: bool

    def can(self, capability: str) -> bool:
        """Raises KeyError for a capability that does not exist (a typing error must not read as "no")."""
        if capability not in CAPABILITIES:
            raise KeyError(capability)
        return capability in self.supports

    def why_not(self, capability: str) -> str | None:
        """The sentence to show where something is not offered; None if it is supported."""
        if self.can(capability):
            return None
        return self.reasons.get(capability, f"{self.title} does not offer this.")

    def require(self, capability: str) -> None:
        """Raises `Unsupported`, before any request is made."""
        reason = self.why_not(capability)
        if reason:
            raise Unsupported(reason, capability=capability)

    def require_changes(self, changes: Mapping[str, object]) -> None:
        """Raises `Unsupported` for the first key (or status) that this server would ignore or refuse."""
        for key in changes:
            needed = CHANGE_NEEDS.get(key)
            if needed:
                self.require(needed)
        if changes.get("status") == "resolvedInNextRelease":
            self.require("status_details")


SENTRY = Flavour(
    name="sentry",
    title="Sentry",
    supports=CAPABILITIES,
    reasons={},
    page_sort="new",
    recent_sort="date",
    page_size_param="per_page",
    issue_root="organizations/{org}/issues/{id}/",
    notes_path="notes/",
    note_in_data=False,
    merge_keeps="most_events",
    merge_value=True,
    needs_dedupe=False,
    html_is_unsupported=False,
    snake_case=False,
    lists_have_stats=True,
)

GLITCHTIP = Flavour(
    name="glitchtip",
    title="GlitchTip",
    supports=frozenset({"merge", "delete", "notes", "stats", "tags", "hashes"}),
    reasons={
        "assign": "GlitchTip does not keep an assignee.",
        "priority": "GlitchTip does not keep a priority.",
        "bookmark": "GlitchTip does not keep bookmarks.",
        "seen": "GlitchTip does not keep who has seen an issue.",
        "subscribe": "GlitchTip does not keep subscriptions to an issue.",
        "share": "GlitchTip cannot share an issue by a public link.",
        "review": "GlitchTip has no inbox of issues for review.",
        "discard": "GlitchTip cannot discard future events of an issue.",
        "substatus": "GlitchTip knows unresolved, resolved and ignored only.",
        "status_details": "GlitchTip cannot resolve in a release or ignore until a condition is met.",
        "unmerge": "GlitchTip cannot take merged issues apart again.",
        "activities": "GlitchTip does not keep the activity of an issue.",
        "issue_stats": "GlitchTip gives event counts for lists of issues only.",
        "user_count": "GlitchTip does not count users.",
        "sessions": "GlitchTip does not keep sessions, so the total number of users is unknown.",
        "tag_values": "GlitchTip gives the most frequent values of a tag only.",
        "org_tags": "GlitchTip does not list the tags of an organization.",
        "oldest_event": "GlitchTip cannot go to the oldest event directly.",
        "recommended_event": "GlitchTip does not recommend an event.",
        "attachments": "GlitchTip does not keep attachments.",
        "deploys": "GlitchTip does not keep deploys.",
        "commits": "GlitchTip does not keep commits of a release.",
        "window": "GlitchTip filters issues by first seen, not by the time of their events.",
        "webhooks": "GlitchTip does not send signed webhooks of changes.",
        "issue_releases": "GlitchTip does not say in which release an issue began.",
        "short_ids": "GlitchTip does not find an issue by its short id.",
    },
    page_sort="-last_seen",
    recent_sort="-last_seen",
    page_size_param="limit",
    issue_root="issues/{id}/",
    notes_path="comments/",
    note_in_data=True,
    merge_keeps="newest",
    merge_value=1,
    needs_dedupe=True,
    html_is_unsupported=True,
    snake_case=True,
    lists_have_stats=False,
)

FLAVOURS: Mapping[str, Flavour] = {SENTRY.name: SENTRY, GLITCHTIP.name: GLITCHTIP}
