"""The request as the views of signed-in pages get it, and what is read from one."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """Sign-in is required by middleware, so there is a user; `htmx` tells whether HTMX asks."""

    user: User
    htmx: HtmxDetails


def number_in(text: str) -> int | None:
    """The whole number in a field of a form; None for none, and for what no column holds."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def keys_in(texts: Iterable[str]) -> list[int]:
    """The primary keys among the texts of a form, without what no column holds: a database fails on it."""
    return [key for text in texts if (key := number_in(text)) is not None]
