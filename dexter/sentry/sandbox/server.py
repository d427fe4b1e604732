"""Starts the sandbox: binds the port, prints where it is, serves until told to stop."""

import argparse
import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dexter.sentry.sandbox.app import Application
from dexter.sentry.sandbox.options import Options, add_arguments, from_namespace
from dexter.sentry.sandbox.state import Sandbox

_PR_SET_PDEATHSIG = 1


class _Protocol(HttpToolsProtocol):
    """Lets the application reach the connection, to cut it when a fault says so."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["sandbox.transport"] = self.transport  # type: ignore[typeddict-unknown-key]


def watch_parent() -> None:
    """Exits when the parent is gone: by the kernel's signal on Linux, by looking every second elsewhere."""
    parent = os.getppid()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, daemon=True).start()


def banner(options: Options, port: int) -> str:
    return (
        f"sandbox {'GlitchTip' if options.flavour == 'glitchtip' else 'Sentry'} on "
        f"http://{options.host}:{port}/api/0/ , organisation acme, {options.issues} issues"
    )


def serve(options: Options) -> int:
    """Runs until SIGINT or SIGTERM. Returns the exit code; 1 when the port is taken."""
    if options.die_with_parent:
        watch_parent()
    listener = socket.socket(socket.AF_INET6 if ":" in options.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except (OSError, OverflowError) as error:  # OverflowError: no number of a port
        where, why = f"{options.host}:{options.port}", getattr(error, "strerror", None) or error
        print(f"The sandbox cannot listen on {where}: {why}. Choose another --port.", file=sys.stderr)
        return 1
    application = Application(Sandbox(options))
    config = uvicorn.Config(
        application,
        http=_Protocol,
        ws="none",
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    _print_when_started(server, banner(options, listener.getsockname()[1]))
    server.run(sockets=[listener])
    return 0


def _print_when_started(server: uvicorn.Server, line: str) -> None:
    startup = server.startup

    async def announced(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        print(line, flush=True)

    server.startup = announced  # type: ignore[method-assign]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A Sentry Web API to look at and to test against."
    )
    add_arguments(parser)
    return serve(from_namespace(parser.parse_args(arguments)))
