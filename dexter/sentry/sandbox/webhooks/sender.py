"""Sends signed webhooks in the background; a slow or dead receiver never holds up an answer."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

INSTALLATION = "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"
APP_UUID = "2ebf071f-28df-4989-aca9-c37c763b278f"
APP_SLUG = "dexter-sandbox"
SENTRY_ACTOR = {"type": "application", "id": "sentry", "name": "Sentry"}
OWN_ACTOR = {"type": "application", "id": APP_UUID, "name": "Dexter"}
TIMEOUT = 1.0
QUEUED = 10_000
KEPT = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    request_id: str
    resource: str
    action: str
    body: bytes


def sign(secret: str, body: bytes) -> str:
    """Hex HMAC-SHA256 of the raw body, as Sentry-Hook-Signature carries it."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Sender:
    """Off while `url` is empty. Nothing is retried, as Sentry does not for internal integrations."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret
        self.sent: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.counts = {"queued": 0, "delivered": 0, "failed": 0}
        self._queue: deque[Delivery] = deque(maxlen=QUEUED)
        self._wake: asyncio.Event | None = None

    def send(
        self, resource: str, action: str, data: dict[str, Any], actor: dict[str, Any] | None = None
    ) -> str | None:
        """Queues one delivery; gives its Request-ID, None when webhooks are off."""
        if not self.url:
            return None
        body = {
            "action": action,
            "installation": {"uuid": INSTALLATION},
            "data": data,
            "actor": actor or SENTRY_ACTOR,
        }
        delivery = Delivery(uuid.uuid4().hex, resource, action, json.dumps(body).encode())
        self._queue.append(delivery)
        self.counts["queued"] += 1
        if self._wake is not None:
            self._wake.set()
        return delivery.request_id

    async def run(self) -> None:
        """Delivers until cancelled."""
        self._wake = asyncio.Event()
        if not self._queue:
            await self._wake.wait()
        import httpx  # noqa: PLC0415 - a third of the start-up time, and most sandboxes send nothing

        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            while True:
                while self._queue:
                    await self._deliver(client, self._queue.popleft())
                self._wake.clear()
                await self._wake.wait()

    async def _deliver(self, client: "httpx.AsyncClient", delivery: Delivery) -> None:
        headers = {
            "Content-Type": "application/json",
            "Request-ID": delivery.request_id,
            "Sentry-Hook-Resource": delivery.resource,
            "Sentry-Hook-Timestamp": str(int(time.time())),
            "Sentry-Hook-Signature": sign(self.secret, delivery.body),
        }
        status: int | str
        try:
            answer = await client.post(self.url, content=delivery.body, headers=headers)
            status = answer.status_code
        except Exception as error:  # noqa: BLE001 - whatever it is, the next delivery goes on
            status = type(error).__name__
        good = isinstance(status, int) and status < 300
        self.counts["delivered" if good else "failed"] += 1
        self.sent.append(
            {"request_id": delivery.request_id, "resource": delivery.resource, "action": delivery.action,
             "status": status}
        )  # fmt: skip
