"""Clients for the model servers, and the first one from the environment."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from ai.llm import Client, Timeouts, make_client
from ai.llm.errors import KeyUnreadable
from ai.models import LanguageModel, Provider
from dexter.outbound import OutboundRefused, PinnedTransport, guard, transport_for
from dexter.secrets import Undecryptable

FROM_ENVIRONMENT = "Ollama"


def allowed_hosts() -> list[str]:
    """Where model servers may be although it is not public: what the installation says, in either setting."""
    own = urlsplit(settings.OLLAMA_BASE_URL)
    return [*settings.OUTBOUND_ALLOW, *([own.netloc] if own.hostname else [])]


def check_address(url: str) -> None:
    """Raises OutboundRefused for an address that Dexter does not connect to."""
    guard(url, allowed_hosts())


def client_of(provider: Provider, *, timeouts: Timeouts | None = None) -> Client:
    """A client for the server. Raises KeyUnreadable and OutboundRefused; what its name resolves to is checked
    each time.
    """
    check_address(provider.base_url)
    try:
        api_key = provider.api_key
    except Undecryptable as error:
        raise KeyUnreadable from error

    def connect() -> PinnedTransport:
        return transport_for(provider.base_url, allowed_hosts())

    return make_client(
        provider.kind,
        provider.base_url,
        api_key=api_key,
        connect=connect,
        timeouts=timeouts or usual_timeouts(),
    )


def usual_timeouts() -> Timeouts:
    return Timeouts(first=settings.AI_FIRST_TOKEN_TIMEOUT, whole=settings.AI_TIMEOUT)


def take_over_environment() -> LanguageModel | None:
    """Make or correct the rows for OLLAMA_BASE_URL and OLLAMA_MODEL; the model where both are set.

    What an administrator changed of the model stays; without the variables the server is switched off.
    """
    if not settings.OLLAMA_BASE_URL:
        Provider.objects.filter(is_from_environment=True, enabled=True).update(enabled=False)
        return None
    with transaction.atomic():
        provider, _ = Provider.objects.update_or_create(
            is_from_environment=True,
            defaults={"base_url": settings.OLLAMA_BASE_URL.rstrip("/"), "enabled": True},
            create_defaults={
                "name": _free_name(),
                "base_url": settings.OLLAMA_BASE_URL.rstrip("/"),
                "position": 1,
            },
        )
        if not settings.OLLAMA_MODEL:
            return None
        model, _ = LanguageModel.objects.get_or_create(
            provider=provider,
            name=settings.OLLAMA_MODEL,
            defaults={
                "position": 1,
                "is_default": not LanguageModel.objects.filter(is_default=True).exists(),
            },
        )
    return model


def _free_name() -> str:
    name, number = FROM_ENVIRONMENT, 2
    while Provider.objects.filter(name=name).exists():
        name, number = f"{FROM_ENVIRONMENT} {number}", number + 1
    return name


__all__ = [
    "OutboundRefused",
    "allowed_hosts",
    "check_address",
    "client_of",
    "take_over_environment",
    "usual_timeouts",
]
