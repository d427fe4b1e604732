"""Issues by what one types into the palette: a short id or words of the title, the last one perhaps not
finished; a bounded look.
"""

from django.db.models import Q

from issues.models import Issue
from issues.queries.found import Search, found_issues
from issues.search import SearchError, parse
from issues.search.quoting import quote

MOST = 8
SHORTEST = 2


def find_issues(text: str) -> list[Issue]:
    """Up to MOST issues: those whose short id begins so, then the newest whose words are these."""
    if len(text) < SHORTEST:
        return []
    named = list(_present().filter(short_id__istartswith=text).order_by("short_id")[:MOST])
    if len(named) == MOST or " " not in text and "-" in text:
        return named
    *whole, last = text.split()
    search = Search(" ".join([*(quote((word,)) for word in whole), quote((last, ""))]))
    try:
        found = found_issues(search, parse(search.text), search.context())
    except SearchError:
        return named
    keys = list(found.order_by("-last_seen", "-pk").values_list("pk", flat=True)[:MOST])
    worded = _present().filter(Q(pk__in=keys)).order_by("-last_seen", "-pk")
    return list(dict.fromkeys([*named, *worded]))[:MOST]


def _present():  # type: ignore[no-untyped-def]
    return Issue.objects.filter(gone="").only("short_id", "sentry_id", "title", "error_type", "level")
