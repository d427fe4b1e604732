"""Asking the running web process how things are, over its own `/healthz`.

`python -m dexter.run.health` does it for a container: exit code 0 when pages are served.
"""

import json
import os
import socket
import sys
from collections.abc import Mapping
from typing import Any


def is_taken(host: str, port: int) -> bool:
    """Whether some program listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do: a port whose last connections are only waiting out their time is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def listens(port: int) -> bool:
    """Whether a program on this machine accepts connections at the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def read_health(host: str, port: int, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """What `/healthz` says, None while nothing sensible answers. Plain sockets: http.client costs 4 MB.

    `environ` has the ALLOWED_HOSTS and HTTPS of the web process, which answers nobody else.
    """
    name = (environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].lstrip(".").replace("*", "localhost")
    request = f"GET /healthz HTTP/1.0\r\nHost: {name}\r\nX-Forwarded-Proto: https\r\n\r\n"
    try:
        with socket.create_connection((host, port), timeout=3) as connection:
            connection.sendall(request.encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        found = json.loads(answer.partition(b"\r\n\r\n")[2])
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def describe_sync(health: dict[str, Any]) -> str:
    """One line about the sync, "" when there is nothing to say."""
    sync = health.get("sync") or {}
    if sync.get("running"):
        done, total = sync.get("done", 0), sync.get("total")
        share = f"{done:,} of {total:,}" if total else f"{done:,}"
        return f"Syncing: {share} {sync.get('message') or 'issues'}".rstrip()
    if sync.get("error"):
        return f"The last sync failed: {sync['error']}"
    if sync.get("issues"):
        return f"In step with Sentry: {sync['issues']:,} issues."
    return ""


if __name__ == "__main__":
    answer = read_health("127.0.0.1", int(os.environ.get("PORT") or 8000), os.environ)
    sys.exit(0 if answer and answer.get("status") != "down" else 1)
