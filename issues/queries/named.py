"""Issues by what people paste: links of Sentry or Dexter, short ids, numbers."""

import re
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from issues.models import Issue

_NUMBER = re.compile(r"/issues/(\d{1,18})(?!\d)")
# Of a text that is longer the rest is no longer read.
MOST = 200


def named_issues(text: str, connections: Iterable[int]) -> list[Issue]:
    """Issues named by links of Sentry or Dexter, short ids or Sentry's numbers, in the order of the text.

    One query, whatever is pasted.
    """
    names = [_name(word) for word in text.split()[:MOST]]
    by_name = defaultdict(list)
    for issue in _found(names, connections):
        for name in _names_of(issue):
            by_name[name].append(issue)
    found = (by_name[kind, value] or by_name["number", value] for kind, value in names)
    return list(dict.fromkeys(issue for issues in found for issue in issues))


def unknown_words(text: str, found: Iterable[Issue]) -> list[str]:
    """The words of a text that name none of the issues."""
    known = {name for issue in found for name in _names_of(issue)}
    names = ((word, *_name(word)) for word in text.split()[:MOST])
    return [word for word, kind, value in names if not {(kind, value), ("number", value)} & known]


def _names_of(issue: Issue) -> list[tuple[str, str]]:
    return [("key", str(issue.pk)), ("number", issue.sentry_id), ("short", issue.short_id)]


def _name(word: str) -> tuple[str, str]:
    """What a word may be: Dexter's `key` (or else Sentry's number), Sentry's `number`, a `short` id.

    Short ids are of capitals, digits and dashes, however they are typed.
    """
    number = _NUMBER.search(word)
    if number:
        return ("number" if "/organizations/" in word else "key", number[1])
    if word.isdecimal():
        return ("number", word)
    return ("short", word.rstrip("/").rpartition("/")[2].upper())


def _found(names: list[tuple[str, str]], connections: Iterable[int]) -> Iterable[Issue]:
    if not names:
        return ()
    numbers = [value for kind, value in names if kind != "short"]
    shorts = [value for kind, value in names if kind == "short"]
    keys = [int(value) for kind, value in names if kind == "key"]
    here = Issue.objects.filter(connection__in=list(connections), gone="").select_related("project")
    is_named = Q(sentry_id__in=numbers) | Q(short_id__in=shorts) | Q(pk__in=keys)
    return here.filter(is_named).order_by("pk")
