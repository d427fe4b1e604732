"""What of a search Sentry itself can run, and the reason where it cannot."""

import pytest

from issues.search import parse
from issues.search.sentry_query import to_sentry

SAME = [
    # here, there
    ("", ""),
    ("is:unresolved level:error", "is:unresolved level:error"),
    ("is:muted", "is:ignored"),
    ("!is:unhandled", "!error.unhandled:true"),
    ("priority:high", "issue.priority:high"),
    ("first-release:latest", "firstRelease:latest"),
    ("age:-24h timesSeen:>10", "firstSeen:-24h timesSeen:>10"),
    ("lastSeen:>2026-01-31T10:00", "lastSeen:>2026-01-31T10:00"),
    ("lastSeen:2026-01-31", "lastSeen:>=2026-01-31 lastSeen:<2026-02-01"),
    ("assigned:[me, #pay]", "assigned:[me, #pay]"),
    ("!release:shop@2.*", "!release:shop@2.*"),
    ("has:user !has:platform", "has:user !has:platform.name"),
    ('tags[level]:x browser:"Opera Mini"', 'tags["level"]:x browser:"Opera Mini"'),
    ("device.orientation:portrait", "device.orientation:portrait"),
    ('flags["new cart"]:true', 'flags["new cart"]:true'),
    ("error.handled:false", "error.handled:false"),
    ("NOT (NOT level:error)", "level:error"),
    ("timeout is:new", '"timeout" is:new'),
    ('"50 * 3"', '"50 \\* 3"'),
    ("id:f3d0c4d1a7b64d0e9a9f0c2b1e5d6a78", "id:f3d0c4d1a7b64d0e9a9f0c2b1e5d6a78"),
]


@pytest.mark.parametrize(("here", "there"), SAME)
def test_what_sentry_can_run(here: str, there: str) -> None:
    assert to_sentry(parse(here)) == (there, "")


REFUSED = [
    ("a OR b", "Sentry's issue search has no OR"),
    ("is:new (level:info OR level:error)", "Sentry's issue search has no OR"),
    ("NOT (is:new level:error)", "Sentry has no NOT for free text or for several conditions"),
    ("NOT timeout", "Sentry has no NOT for free text or for several conditions"),
    ("two words", "Sentry takes several words of free text as one string, in this order"),
    ("reserv*", "Sentry does not search free text by the beginning of a word"),
    ("users:>20", "Sentry does not know users:"),
    ("score:>60", "Sentry does not know score:"),
    ("connection:main", "Sentry does not know connection:"),
    ("has:culprit", "Sentry does not know culprit:"),
    ("is:growing", "Sentry does not know is:growing"),
    ("!is:deadlock", "Sentry does not know is:deadlock"),
    ("is:n+1", "Sentry does not know is:n+1"),
    ("release:[a*, b]", "Sentry does not take wildcards in a list"),
    ("!lastSeen:2026-01-31", "Sentry cannot leave out a span of time"),
]


@pytest.mark.parametrize(("here", "reason"), REFUSED)
def test_what_sentry_cannot_run(here: str, reason: str) -> None:
    assert to_sentry(parse(here)) == (None, reason)
