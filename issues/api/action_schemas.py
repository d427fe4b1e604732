"""What the writing part of the API takes and answers."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from issues.actions import Kind
from issues.api.schemas import MOST_IDS, Asked, IdOfIssue, IssueOut


class ActionAsked(Asked):
    """An action with its arguments; what belongs to another kind of action is left out."""

    action: str = Field(description=f"One of {', '.join(Kind)}.", examples=["resolve"])
    in_: Literal["next_release"] | None = Field(None, alias="in", description="resolve")
    release: str | None = Field(None, description="resolve: a version, or `latest`")
    repository: str | None = Field(None, description="resolve, with `commit`: as Sentry names it")
    commit: str | None = Field(None, description="resolve, with `repository`: the SHA")
    until: Literal["forever", "escalating"] | None = Field(None, description="archive; `escalating` without")
    minutes: int | None = Field(None, description="archive for so long")
    events: int | None = Field(None, description="archive until so many more events")
    users: int | None = Field(None, description="archive until so many more users")
    window: int | None = Field(None, description="archive: minutes in which the events or users count")
    member: str | None = Field(None, description="assign: Sentry's id of a person, an e-mail address or `me`")
    team: str | None = Field(None, description="assign: Sentry's id of a team, or `#slug`")
    priority: str | None = Field(None, description="priority: low, medium or high")
    on: bool | None = Field(None, description="bookmark, seen, subscribe, share; true without")
    with_: list[IdOfIssue] | None = Field(
        None, max_length=MOST_IDS, alias="with", description="merge: ids of issues, as in the list"
    )
    hashes: list[str] | None = Field(None, description="unmerge: fingerprints that become a new issue")

    def arguments(self) -> dict[str, Any]:
        """What was given beside the action."""
        return self.model_dump(
            by_alias=True, exclude_none=True, include=set(ActionAsked.model_fields) - {"action"}
        )


class BulkAsked(ActionAsked):
    """Either `ids`, or `query` with the scope of a list."""

    ids: list[IdOfIssue] | None = Field(
        None, max_length=MOST_IDS, description="Ids of issues, as in the list."
    )
    query: str | None = Field(None, description="A search: all that match now are meant.")
    connection: list[str] = []
    project: list[str] = []
    environment: list[str] = []
    period: str = ""


class ActionOut(Schema):
    id: int
    issue: int
    short_id: str
    action: str
    arguments: dict[str, Any]
    state: Literal["pending", "sending", "done", "failed", "superseded", "withdrawn", "unchanged", "refused"]
    what: str = Field(description="In words, assignees by name.")
    by: str | None
    attempts: int
    error: str = Field(description="Why Sentry did not take it, or did not answer yet.")
    conflict: dict[str, Any] = Field(description="Columns that changed in Sentry meanwhile: [before, there].")
    next_try: datetime | None
    created: datetime
    finished: datetime | None


class Acted(Schema):
    """`action` is null when the issue was like that already."""

    issue: IssueOut | None = Field(description="As Dexter shows it now; null when it was deleted or merged.")
    action: ActionOut | None


class Counts(Schema):
    total: int
    done: int = Field(description="In Sentry, read back.")
    unchanged: int
    failed: int
    waiting: int
    taken_back: int
    percent: int


class JobOut(Schema):
    id: int
    state: Literal["queued", "running", "done", "failed", "stopped"] = Field(
        description="`running` as long as something waits for Sentry."
    )
    action: str
    arguments: dict[str, Any]
    query: str
    undoes: int | None = Field(description="The job that this one takes back.")
    progress: Counts
    message: str
    error: str
    created: datetime
    finished: datetime | None
    url: str = Field(description="The receipt in the portal.")


class Item(Schema):
    """What became of one issue."""

    id: int
    issue: int
    short_id: str
    outcome: Literal["waiting", "done", "unchanged", "failed", "taken back"]
    state: str
    reason: str
    finished: datetime | None


class JobDetail(JobOut):
    items: list[Item]
    next: str | None = Field(description="Address of the next page of items.")


class JobAsked(Schema):
    outcome: Literal["", "waiting", "done", "unchanged", "failed", "taken back"] = ""
    after: int = Field(0, ge=0, description="From `next`.")


class Backlog(Schema):
    connection: str
    state: str
    waiting: int
    failed: int


class Outbox(Schema):
    connections: list[Backlog]
    waiting: list[ActionOut] = Field(description="Oldest first.")
    failed: list[ActionOut] = Field(description="Newest first.")


class OutboxAsked(Schema):
    limit: int = Field(100, ge=1, le=500)
