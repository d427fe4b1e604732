"""What the events of an issue say under a key, over all of them, without going through them one by one."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.events.naming import issue_words, renamed
from dexter.sentry.sandbox.events.variation import phase_tags
from dexter.sentry.sandbox.world.model import Issue, Release
from dexter.sentry.sandbox.world.streams import PHASES, Stream

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

PHASE_KEYS = frozenset(
    ("environment", "plan", "region", "browser", "browser.name", "os", "os.name", "client_os",
     "client_os.name", "server_name", "runtime", "runtime.name")
)  # fmt: skip
_INVERSE_OF_17 = pow(17, -1, 9973)


def head_of(world: "World", issue: Issue) -> dict[str, Any]:
    """Title, culprit, metadata of an issue: those of its stream with the newest event."""
    stream = issue.streams[0] if len(issue.streams) == 1 else max(issue.streams, key=lambda each: each.newest)
    return world.templates[stream.kind].head_of(stream)


def text_of(world: "World", issue: Issue) -> str:
    """Title, culprit and value of its streams, for free text."""
    return "\n".join(
        renamed(world.templates[stream.kind].words, issue_words(stream)) for stream in issue.streams
    )


def phases_of(stream: Stream) -> list[int]:
    return [stream.phase(n) for n in range(min(stream.total, PHASES))]


def values_of(world: "World", issue: Issue, key: str) -> set[str]:
    """All values of a tag key among the events of an issue, releases and users left out."""
    found: set[str] = set()
    for stream in issue.streams:
        template = world.templates[stream.kind]
        if key in template.static_tags:
            found.add(renamed(template.static_tags[key], issue_words(stream)))
        elif key in PHASE_KEYS:
            for phase in phases_of(stream):
                value = phase_tags(phase, stream.environments, template.is_web, template.is_browser).get(key)
                if value is not None:
                    found.add(value)
        elif key == "release":
            found |= {
                each.version
                for each in world.projects[stream.project].releases
                if has_release(world, issue, each)
            }
    return found


def release_span(world: "World", release: Release) -> tuple[float, float]:
    """From when until when a release was the newest of its project."""
    releases = world.projects[release.project].releases
    place = releases.index(release)
    return release.created, releases[place + 1].created if place + 1 < len(releases) else float("inf")


def has_release(world: "World", issue: Issue, release: Release) -> bool:
    if release.project != issue.project:
        return False
    start, end = release_span(world, release)
    if issue.last < start or issue.first >= end:
        return False
    return any(stream.count_before(end) > stream.count_before(start) for stream in issue.streams)


def has_user(issue: Issue, number: int) -> bool:
    """Whether person `number` is among those who hit the issue (the inverse of `Stream.person`)."""
    for stream in issue.streams:
        index = (number - 1 - stream.key * 31) * _INVERSE_OF_17 % 9973
        if index < min(stream.users, stream.total):
            return True
    return False
