"""Issues by what people paste: links of Sentry or Dexter, short ids, numbers."""

import re
from collections.abc import Iterable

from issues.models import Issue

_NUMBER = re.compile(r"/issues/(\d+)")


def named_issues(text: str, connections: Iterable[int]) -> list[Issue]:
    """Issues named by links of Sentry or Dexter, short ids or Sentry's numbers, any number of them."""
    found: list[Issue] = []
    for word in text.split():
        number = _NUMBER.search(word)
        local = Issue.objects.filter(connection__in=list(connections), gone="").select_related("project")
        if number and "/organizations/" not in word and local.filter(pk=number[1]).exists():
            found += local.filter(pk=number[1])
        elif number or word.isdecimal():
            found += local.filter(sentry_id=number[1] if number else word)
        else:
            found += local.filter(short_id__iexact=word.rstrip("/").rpartition("/")[2])
    return found
