"""The request as the views of signed-in pages get it; for type checkers only."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """Sign-in is required by middleware, so there is a user; `htmx` tells whether HTMX asks."""

    user: User
    htmx: HtmxDetails
