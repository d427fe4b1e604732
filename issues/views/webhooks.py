"""Where Sentry posts: checked, stored, answered; a task does the rest. Sentry waits one second at most."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dexter.secrets import Undecryptable
from dexter.sentry.webhooks import verify
from issues.models import Connection, WebhookRefusal
from issues.services.webhooks import MAX_BODY, note_refusal, store_delivery
from issues.tasks import wake_webhooks

Reason = WebhookRefusal.Reason
SIGNATURE = "Sentry-Hook-Signature"


@csrf_exempt
@require_POST
def sentry(request: HttpRequest, slug: str) -> HttpResponse:
    """200 stored (or known already), 401 not signed by this connection's secret, 404 no such connection,
    413 larger than MAX_BODY.
    """
    found = _find(slug)
    if found is None:
        return _answer("There is no such connection.", 404)
    key, secret = found
    raw_body = _read(request)
    if raw_body is None:
        return _refuse(request, key, Reason.TOO_LARGE)
    if not verify(secret, raw_body, request.headers.get(SIGNATURE)):
        return _refuse(request, key, _why(secret, request))
    store_delivery(key, request.headers, raw_body)
    wake_webhooks(key)
    return _answer("Stored.", 200)


def _find(slug: str) -> tuple[int, str] | None:
    """Key and secret of the connection; the secret is empty when no key decrypts it."""
    found = Connection.objects.filter(slug=slug).only("pk", "webhook_secret").first()
    if found is None:
        return None
    try:
        return found.pk, found.webhook_secret
    except Undecryptable:
        return found.pk, ""


def _read(request: HttpRequest) -> bytes | None:
    """The raw body; None when it is too large, whatever Content-Length says."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > MAX_BODY:
        return None
    raw_body = request.read(MAX_BODY + 1)
    return raw_body if len(raw_body) <= MAX_BODY else None


def _why(secret: str, request: HttpRequest) -> WebhookRefusal.Reason:
    if not secret:
        return Reason.NO_SECRET
    return Reason.WRONG_SIGNATURE if request.headers.get(SIGNATURE) else Reason.UNSIGNED


def _refuse(request: HttpRequest, connection_id: int, reason: WebhookRefusal.Reason) -> HttpResponse:
    note_refusal(connection_id, reason, request.headers, request.META.get("REMOTE_ADDR") or "")
    return _answer(f"{reason.label}.", 413 if reason == Reason.TOO_LARGE else 401)


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")
