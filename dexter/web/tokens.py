"""Personal tokens of the JSON API: made, found, revoked. A token is `dxt_` and 40 random URL-safe characters;
the database keeps its SHA-256, which is enough because the token itself has 240 random bits."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from dexter.web.models import ApiToken

PREFIX = "dxt_"
SHOWN = len(PREFIX) + 6
NOTE_USE_EVERY = timedelta(minutes=1)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(user: User, *, name: str, can_write: bool = False) -> tuple[ApiToken, str]:
    """A new token of `user` and its text, which is not kept anywhere and cannot be shown again."""
    text = PREFIX + secrets.token_urlsafe(30)
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest_of(text), prefix=text[:SHOWN], can_write=can_write
    )
    return token, text


def find_token(text: str) -> ApiToken | None:
    """The valid token behind `text`, with its active user; None for an unknown or revoked one."""
    token = (
        ApiToken.objects.select_related("user")
        .filter(digest=digest_of(text), revoked=None, user__is_active=True)
        .first()
    )
    if token is not None:
        _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    """Keeps `last_used` true to the minute, so that reading by API does not write each time."""
    now = timezone.now()
    stale = Q(last_used=None) | Q(last_used__lt=now - NOTE_USE_EVERY)
    if token.last_used is None or token.last_used < now - NOTE_USE_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used=now)


def revoke_token(user: User, pk: int) -> bool:
    """Ends the token `pk` of `user` for good; False when there is no such valid token."""
    return bool(ApiToken.objects.filter(pk=pk, user=user, revoked=None).update(revoked=timezone.now()))
