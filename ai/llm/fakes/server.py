"""The HTTP shell of the fake servers: threads, chunked streams, a journal of what was asked."""

import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

from ai.llm.fakes.behaviour import Behaviour

STALL = 60.0  # seconds that a stalled stream is kept open at most


@dataclass(frozen=True)
class Asked:
    """A request as it came. `at` is from time.monotonic."""

    method: str
    path: str
    headers: Mapping[str, str]
    text: str
    at: float

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None


class Cut(Exception):
    """The connection is to break now."""


@dataclass
class Sent:
    """When the first token of an answer went onto the wire (time.monotonic)."""

    at: list[float] = field(default_factory=list)


class FakeServer:
    """A server on a free port of 127.0.0.1, or on `port`, until the `with` block ends.

    `behaviours` are used one for each chat; the last one goes on. `asked` holds every request.
    """

    kind: ClassVar[str] = ""
    stream_type: ClassVar[str] = ""

    def __init__(self, *behaviours: Behaviour, models: Iterable[str] = (), port: int = 0) -> None:
        self.behaviours = list(behaviours) or [Behaviour()]
        self.models = list(models) or ["fake-small", "fake-large"]
        self.asked: list[Asked] = []
        self.first_tokens = Sent()
        self.running = 0  # chats being answered now
        self.most_running = 0
        self.is_closing = threading.Event()
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def chats(self) -> list[Any]:
        """The bodies of all chats."""
        return [item.body for item in self.asked if "chat" in item.path]

    @property
    def texts(self) -> str:
        """All that was ever sent here, to search it for what must not leave."""
        return "\n".join(f"{item.path} {dict(item.headers)} {item.text}" for item in self.asked)

    def serve(self) -> None:
        """Answer in this thread, until somebody interrupts it."""
        self._http.serve_forever()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def next_behaviour(self) -> Behaviour:
        with self._lock:
            return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def note(self, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)

    def count(self, by: int) -> None:
        with self._lock:
            self.running += by
            self.most_running = max(self.most_running, self.running)

    # --- what a kind of server adds ---
    def get(self, path: str) -> Any:
        """The JSON at a path; None for 404."""
        raise NotImplementedError

    def post(self, path: str, body: Mapping[str, Any], behaviour: Behaviour) -> Iterator[bytes] | None:
        """The stream that answers; None for 404."""
        raise NotImplementedError

    def missing(self, model: str) -> Any:
        """The body of a 404 for a model that is not here."""
        raise NotImplementedError

    def spoken(self, body: Mapping[str, Any], behaviour: Behaviour) -> Iterator[str]:
        """The tokens of an answer at their times; raises Cut."""
        self.wait(behaviour.delay)
        for number, token in enumerate(behaviour.tokens(body)):
            if behaviour.cut_after is not None and number >= behaviour.cut_after:
                raise Cut
            if behaviour.stall_after is not None and number >= behaviour.stall_after:
                self.wait(STALL)
                raise Cut
            if number == 0:
                self.first_tokens.at.append(time.monotonic())
            else:
                self.wait(behaviour.pause)
            yield token

    def thought(self, behaviour: Behaviour) -> Iterator[str]:
        """The thoughts before an answer, at the pace of its tokens."""
        for word in behaviour.thinks.split():
            self.wait(behaviour.pause)
            yield f"{word} "

    def wait(self, seconds: float) -> None:
        if seconds:
            self.is_closing.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: FakeServer) -> None:
        self.fake = fake
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sys_version = ""
    # Tokens leave at once, as with the real servers.
    disable_nagle_algorithm = True

    @property
    def fake(self) -> FakeServer:
        assert isinstance(self.server, _Server)  # noqa: S101 - nothing else makes handlers
        return self.server.fake

    def version_string(self) -> str:
        return f"dexter-fake-{self.fake.kind}"

    def log_message(self, *_: Any) -> None:
        """The journal is `FakeServer.asked`."""

    def do_GET(self) -> None:  # noqa: N802 - the name http.server calls
        self.fake.note(self._asked(""))
        found = self.fake.get(self.path)
        self._json(404 if found is None else 200, {"error": "not found"} if found is None else found)

    def do_POST(self) -> None:  # noqa: N802
        text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        asked = self._asked(text)
        self.fake.note(asked)
        try:
            body = asked.body or {}
        except ValueError:
            self._json(400, {"error": "invalid JSON"})
            return
        self.fake.count(1)
        try:
            self._answer(body)
        finally:
            self.fake.count(-1)

    def _answer(self, body: Mapping[str, Any]) -> None:
        is_chat, model = "chat" in self.path, str(body.get("model", ""))
        behaviour = self.fake.next_behaviour() if is_chat else Behaviour()
        if behaviour.status != 200:
            self._json(behaviour.status, behaviour.body)
        elif is_chat and model not in self.fake.models:
            self._json(404, self.fake.missing(model))
        elif behaviour.raw is not None:
            self._stream(iter([behaviour.raw]))
        elif (found := self.fake.post(self.path, body, behaviour)) is None:
            self._json(404, {"error": "not found"})
        else:
            self._stream(found)

    def _asked(self, text: str) -> Asked:
        return Asked(self.command, self.path, dict(self.headers.items()), text, time.monotonic())

    def _json(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, pieces: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.fake.stream_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except Cut:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
