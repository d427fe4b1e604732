"""The request as the views of signed-in pages get it, and what is read from one."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """Sign-in is required by middleware, so there is a user; `htmx` tells whether HTMX asks."""

    user: User
    htmx: HtmxDetails


def keys_in(texts: Iterable[str]) -> list[int]:
    """The primary keys among the texts of a form, without what no column holds: a database fails on it."""
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]
