"""Runs a program under the official SDK and keeps what the SDK would have sent."""

import inspect
import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.transport import Transport
from sentry_sdk.utils import event_from_exception

from dexter.sentry.sandbox.events.catalog import Program
from dexter.sentry.sandbox.events.middleware import SentryWsgiMiddleware
from dexter.sentry.sandbox.events.recorded import RECORDED
from dexter.sentry.sandbox.events.stage import SITE, load, surroundings

DEEPEST = 50
OWN = "/sentry/sandbox/events/"
DSN = "http://public@sandbox.invalid/1"
AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"


class _Kept(Transport):
    """A transport that sends nothing: envelopes stay in memory, as JSON would have carried them."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        for item in envelope.items:
            if item.type == "event":
                self.events.append(json.loads(item.get_bytes()))


def _client(kept: _Kept) -> sentry_sdk.Client:
    return sentry_sdk.Client(
        dsn=DSN,
        transport=kept,
        project_root="/srv",
        server_name="app-1",
        environment="production",
        max_request_body_size="always",
        default_integrations=False,
        integrations=[LoggingIntegration(level=logging.INFO, event_level=logging.ERROR)],
        auto_session_tracking=False,
    )


def _body_reader(program: Program) -> Any:
    """Adds body and cookies, which the SDK takes from a framework's request object. It scrubs them after."""

    def read(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
        if program.body:
            as_json = program.body.startswith("{")
            event["request"]["data"] = json.loads(program.body) if as_json else dict(parse_qsl(program.body))
        event["request"]["cookies"] = {
            "sessionid": "sess_7001002",
            "theme": "dark",
            "csrftoken": "tok_7001002",
        }
        return event

    return read


def _environ(program: Program) -> dict[str, Any]:
    path, _, query = program.url.partition("?")
    body = program.body.encode()
    return {
        "REQUEST_METHOD": program.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "shop.example.com",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.77",
        "HTTP_HOST": "shop.example.com",
        "HTTP_USER_AGENT": AGENT,
        "HTTP_COOKIE": "sessionid=sess_7001002; csrftoken=tok_live_7001002pattester",
        "HTTP_AUTHORIZATION": "Bearer tok_live_7001002pattester",
        "HTTP_X_FORWARDED_FOR": "203.0.113.77",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json"
        if program.body.startswith("{")
        else "application/x-www-form-urlencoded",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }


def _run_wsgi(program: Program, space: dict[str, Any]) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        sentry_sdk.get_current_scope().set_transaction_name(program.transaction, source="route")
        return space["application"](environ, start_response)

    application.__module__ = "shop.wsgi"
    try:
        SentryWsgiMiddleware(application)(
            _environ(program), lambda status, headers, info=None: lambda data: None
        )
    except Exception as error:
        logging.getLogger(__name__).debug("as meant: %s", error)


@contextmanager
def _recursion_limit(depth: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    if depth:
        sys.setrecursionlimit(len(inspect.stack()) + depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _run_call(program: Program, space: dict[str, Any], client: sentry_sdk.Client) -> None:
    sentry_sdk.get_current_scope().set_transaction_name(program.transaction, source="task")
    sentry_sdk.get_current_scope().set_level(program.level)  # type: ignore[arg-type]
    try:
        with _recursion_limit(program.depth):
            space["main"]()
    except Exception as error:
        mechanism = {"type": program.mechanism, "handled": program.handled}
        event, hint = event_from_exception(error, client_options=client.options, mechanism=mechanism)
        sentry_sdk.capture_event(event, hint=hint)


def capture(program: Program) -> dict[str, Any]:
    """The SDK's own event (snake_case) of one run. Raises RuntimeError when the program did not fail."""
    if program.mode == "recorded":
        return json.loads(json.dumps(RECORDED[program.name]))  # type: ignore[no-any-return]
    kept = _Kept()
    client = _client(kept)
    with sentry_sdk.isolation_scope() as isolation, sentry_sdk.new_scope() as scope:
        isolation.clear()
        scope.clear()
        isolation.set_client(client)
        scope.set_client(client)
        space = load(program.name, program.path, program.module, surroundings(program))
        if program.mode == "wsgi":
            scope.add_event_processor(_body_reader(program))
            _run_wsgi(program, space)
        else:
            _run_call(program, space, client)
    if not kept.events:
        raise RuntimeError(f"the program {program.name} did not leave an event behind")
    return _as_deployed(_without_addresses(kept.events[-1]))


def _without_addresses(event: dict[str, Any]) -> dict[str, Any]:
    """Addresses and numbers in locals differ from run to run; the same seed must give the same bytes."""
    text = re.sub(r"0x7[0-9a-f]{9,13}", "0x7f3ad42c91d0", json.dumps(event))
    text = re.sub(
        r"trace_id='[0-9a-f]+', span_id='[0-9a-f]+'", "trace_id='5b8aa5a2', span_id='37308d69'", text
    )
    text = re.sub(r"Task-\d+", "Task-7", text)
    return json.loads(text)  # type: ignore[no-any-return]


def _as_deployed(event: dict[str, Any]) -> dict[str, Any]:
    """Takes away what belongs to this process: its own frames, its paths, its arguments."""
    for place, value in enumerate(event.get("exception", {}).get("values", [])):
        frames = (value.get("stacktrace") or {}).get("frames", [])
        kept = [at for at, frame in enumerate(frames) if OWN not in (frame.get("abs_path") or "")]
        _move_meta(event, place, kept)
        frames[:] = [frames[at] for at in kept]
        if gone := _shortened(frames):
            value["stacktrace"]["frames_omitted"] = gone
        for frame in frames:
            frame["abs_path"] = _deployed_path(frame.get("abs_path") or "")
            if frame["abs_path"].startswith("/srv/"):
                frame["filename"] = frame["abs_path"].removeprefix("/srv/")
                frame["in_app"] = True
            elif frame["abs_path"].startswith(SITE):
                frame["filename"] = frame["abs_path"].removeprefix(SITE)
                frame["in_app"] = False
            else:
                frame["in_app"] = False
    event["modules"] = {
        "django": "5.2.7",
        "psycopg": "3.3.1",
        "sentry-sdk": sentry_sdk.VERSION,
        "urllib3": "2.5.0",
    }
    event.get("extra", {}).pop("sys.argv", None)
    return event


def _move_meta(event: dict[str, Any], place: int, kept: list[int]) -> None:
    """Notes of the scrubber follow the frames that stay."""
    meta = event.get("_meta") or {}
    for key in ("exception", "values", str(place), "stacktrace"):
        meta = meta.get(key) or {}
    notes = meta.get("frames")
    if notes:
        meta["frames"] = {str(new): notes[str(old)] for new, old in enumerate(kept) if str(old) in notes}


def _shortened(frames: list[dict[str, Any]]) -> list[int] | None:
    """Cuts the middle out of a very deep stack, as Relay does; gives the range that is gone."""
    if len(frames) <= DEEPEST:
        return None
    half = DEEPEST // 2
    gone = [half, len(frames) - half]
    del frames[gone[0] : gone[1]]
    return gone


def _deployed_path(path: str) -> str:
    if "/site-packages/" in path:
        return SITE + path.split("/site-packages/", 1)[1]
    if path.startswith("/srv/"):
        return path
    marker = "/python3."
    if marker in path:
        return "/usr/local/lib/python3.12/" + path.split(marker, 1)[1].split("/", 1)[1]
    return path
