"""Inbox entries as e-mail: claimed before they are sent, so that nobody gets one twice."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse

from dexter.pii import mask_text
from issues.models import InboxEntry

log = logging.getLogger(__name__)

Email = InboxEntry.Email
ATTEMPTS = 5
AT_ONCE = 100
LONGEST = 2_000
_GONE = "gone"  # in memory only: this one went out


def send_due_mail() -> int:
    """Send what is due; answers how many went out. What the server refuses is tried ATTEMPTS times."""
    sent = 0
    while entries := _claim():
        try:
            with get_connection() as connection:
                for entry in entries:
                    sent += _send(entry, connection)
        except OSError as error:  # the server cannot be reached: none of those that were not sent is
            _give_back(entries, error)
            break
        if len(entries) < AT_ONCE:
            break
    return sent


def _claim() -> list[InboxEntry]:
    """Take entries, marked as sent: a mail that comes twice is worse than one lost in a crash."""
    with transaction.atomic():
        due = InboxEntry.objects.filter(email=Email.DUE, attempts__lt=ATTEMPTS).order_by("pk")
        keys = [entry.pk for entry in due.select_for_update(skip_locked=True)[:AT_ONCE]]
        InboxEntry.objects.filter(pk__in=keys).update(email=Email.SENT, attempts=F("attempts") + 1)
    entries = InboxEntry.objects.filter(pk__in=keys)
    return list(entries.select_related("user", "issue__project", "comment").order_by("pk"))


def _send(entry: InboxEntry, connection: object) -> bool:
    try:
        _message(entry, connection).send()
    except SMTPException as error:
        _give_back([entry], error)
        return False
    entry.email = _GONE
    return True


def _give_back(entries: list[InboxEntry], error: Exception) -> None:
    """Those that did not go out are due again, or given up after ATTEMPTS tries."""
    for entry in entries:
        if entry.email == _GONE:
            continue
        state = Email.FAILED if entry.attempts >= ATTEMPTS else Email.DUE
        InboxEntry.objects.filter(pk=entry.pk).update(email=state)
        log.warning("the mail of inbox entry %s was not sent: %s", entry.pk, error)


def _message(entry: InboxEntry, connection: Any) -> EmailMessage:
    issue = entry.issue
    context = {
        "entry": entry,
        "actor": entry.actor_name or "Somebody",
        "title": mask_text(issue.title),
        # What leaves Dexter is masked.
        "text": mask_text(entry.comment.text)[:LONGEST] if entry.comment else "",
        "url": settings.PORTAL_URL + reverse("issues:inbox-open", args=[entry.pk]),
        "settings_url": settings.PORTAL_URL + reverse("web:settings"),
    }
    name = issue.short_id or issue.sentry_id
    subject = " ".join(f"{context['actor']} {entry.get_kind_display()}: {name} {context['title']}".split())
    return EmailMessage(
        subject[:200],
        render_to_string("issues/inbox_mail.txt", context),
        to=[entry.user.email],
        headers={"References": f"<issue-{issue.pk}@dexter>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
