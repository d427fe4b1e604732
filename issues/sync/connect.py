"""Making a connection: find out what server it is and what the token may do, then keep it."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from dexter.outbound import PinnedTransport, transport_for
from dexter.sentry.probe import ProbeResult, probe
from issues.models import Connection
from issues.sync.client import token_of


@dataclass(frozen=True)
class Connected:
    """The stored connection, whether it is new, and what the probe found."""

    connection: Connection
    is_new: bool
    found: ProbeResult


def connect(*, url: str, organization: str, token: str, name: str = "", web_url: str = "") -> Connected:
    """Probe the server and store the connection; the same server and organisation updates the one there is.

    Raises SentryError or OutboundRefused, ValidationError for a name that is too long or another
    connection's, and then stores nothing.
    """
    found = _probe(url, organization, token)
    same = Connection.objects.filter(organization=organization, base_url__in={url, found.api_base}).first()
    connection = same or Connection(name=name or _free_name(organization), base_url=found.api_base)
    connection.slug = connection.slug or _free_slug(connection.name)
    connection.name = name or connection.name
    connection.base_url = found.api_base
    connection.web_url = web_url or found.web_url or connection.web_url
    connection.organization = organization
    connection.organization_id = str(found.organization.get("id") or "")
    connection.flavour = found.flavour.name
    connection.token = token
    keep_scopes(connection, found)
    connection.retry_at = None
    connection._meta.get_field("name").clean(connection.name, connection)
    connection.validate_unique()
    connection.save()
    return Connected(connection, is_new=same is None, found=found)


def keep_scopes(connection: Connection, found: ProbeResult) -> None:
    connection.scopes = dict(found.scopes)
    connection.missing_scopes = [list(pair) for pair in found.missing]


def check(connection: Connection) -> ProbeResult:
    """Probe an existing connection again. Raises what `connect` raises."""
    found = _probe(connection.base_url, connection.organization, token_of(connection))
    keep_scopes(connection, found)
    Connection.objects.filter(pk=connection.pk).update(
        scopes=connection.scopes, missing_scopes=connection.missing_scopes
    )
    return found


def _probe(url: str, organization: str, token: str) -> ProbeResult:
    with ExitStack() as opened:

        def transport(host: str) -> PinnedTransport:
            return opened.enter_context(transport_for(host, settings.OUTBOUND_ALLOW))

        return probe(url, organization, token, transport(url), transport_for=transport)


def _free_name(organization: str) -> str:
    return _free(organization, lambda name: Connection.objects.filter(name=name).exists())


def _free_slug(name: str) -> str:
    slug = slugify(name)[:50].strip("-") or "sentry"  # the column holds 60, and a number may follow
    return _free(slug, lambda slug: Connection.objects.filter(slug=slug).exists(), join="-")


def _free(wanted: str, taken: Any, join: str = " ") -> str:
    candidate, number = wanted, 2
    while taken(candidate):
        candidate, number = f"{wanted}{join}{number}", number + 1
    return candidate
