"""The thin shell around httpx: JSON requests, and streams of lines that can be stopped at any moment.

A stream is read in a thread of its own, because a model can be silent for minutes: the caller's loop goes on
looking whether somebody asked to stop, and ends the reading by shutting the socket down.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpx

from ai.llm.errors import (
    Cancelled,
    CutOff,
    Garbage,
    LLMError,
    NoFirstToken,
    Stalled,
    TookTooLong,
    Unreachable,
)
from ai.llm.values import Timeouts

POLL = 0.1  # seconds between two looks whether somebody asked to stop
BODY_MAX = 4 * 1024 * 1024  # bytes of an answer that is no stream
LINE_MAX = 1024 * 1024  # bytes of one line of a stream
_END = object()

IsCancelled = Callable[[], bool]
Connect = Callable[[], httpx.BaseTransport]
Refusal = Callable[[int, Mapping[str, str], bytes], LLMError]


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Shell:
    """Sends requests to one server. `refusal(status, headers, body)` makes the error for a status not 2xx.

    `connect` makes the transport of a request, such as one that checks where the address leads.
    """

    def __init__(
        self,
        base_url: str,
        *,
        refusal: Refusal,
        api_key: str = "",
        connect: Connect | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.base = base_url.rstrip("/")
        self.timeouts = timeouts or Timeouts()
        self._refusal = refusal
        self._connect = connect or httpx.HTTPTransport
        self._headers = {"User-Agent": "dexter", "Accept-Encoding": "identity", "Connection": "close"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises LLMError."""
        with self._client(read=self.timeouts.connect * 2) as client:
            try:
                response = client.get(self.base + path)
            except httpx.HTTPError as error:
                raise _network(error, self.timeouts.connect * 2) from error
        if not response.is_success:
            raise self._refusal(response.status_code, response.headers, response.content)
        return parse(response.text)

    def lines(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        is_cancelled: IsCancelled = never,
        begins: Callable[[str], bool] = bool,
    ) -> Iterator[str]:
        """The non-empty lines of the answer to a POST, each as soon as it is there.

        `begins` tells a line that holds a token: from then on silence is measured by `Timeouts.idle`.

        Raises LLMError, and Cancelled within POLL seconds of `is_cancelled` turning true.
        """
        reading = _Reading(self, path, body)
        started = time.monotonic()
        last: float | None = None  # when the last line came, once the answer has begun
        reading.start()
        try:
            while True:
                try:
                    line = reading.found.get(timeout=POLL)
                except queue.Empty:
                    self._look(is_cancelled, started, last)
                    continue
                if line is _END:
                    return
                if isinstance(line, BaseException):
                    raise line
                last = time.monotonic() if last is not None or begins(line) else None
                yield line
                self._look(is_cancelled, started, last)
        finally:
            reading.end()

    def _look(self, is_cancelled: IsCancelled, started: float, last: float | None) -> None:
        if is_cancelled():
            raise Cancelled
        now = time.monotonic()
        if now - started > self.timeouts.whole:
            raise TookTooLong(seconds=self.timeouts.whole)
        if last is None and now - started > self.timeouts.first:
            raise NoFirstToken(seconds=self.timeouts.first)
        if last is not None and now - last > self.timeouts.idle:
            raise Stalled(seconds=self.timeouts.idle)

    def _client(self, *, read: float) -> httpx.Client:
        timeout = httpx.Timeout(read, connect=self.timeouts.connect)
        # Without redirects: one could lead to a place that was never checked.
        return httpx.Client(
            transport=self._connect(),
            timeout=timeout,
            headers=self._headers,
            follow_redirects=False,
            trust_env=False,
        )


class _Reading:
    """A thread that posts and reads lines into `found`, until `_END` or an error."""

    def __init__(self, shell: Shell, path: str, body: Mapping[str, Any]) -> None:
        self._shell, self._path, self._body = shell, path, body
        self.found: queue.Queue[Any] = queue.Queue()
        self._socket: Any = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Let go of the server, whatever the thread waits for."""
        self._is_over.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=2)

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore tells what it does; the newest network stream is the one to shut down."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._is_over.is_set():
                raise httpx.ReadError("no longer wanted")

    def _run(self) -> None:
        try:
            self._read()
        except LLMError as error:
            self.found.put(error)
        except httpx.HTTPError as error:
            self.found.put(_network(error, self._shell.timeouts.connect))
        except Exception as error:  # the caller's loop must hear of everything, or it would wait
            self.found.put(error)
        else:
            self.found.put(_END)

    def _read(self) -> None:
        shell = self._shell
        read = max(shell.timeouts.first, shell.timeouts.idle) + 5
        with (
            shell._client(read=read) as client,
            client.stream(
                "POST", shell.base + self._path, json=dict(self._body), extensions={"trace": self._note}
            ) as response,
        ):
            if not response.is_success:
                raise shell._refusal(response.status_code, response.headers, _start(response))
            if "text/html" in response.headers.get("content-type", ""):
                raise Garbage("a web page", status=response.status_code)
            for line in split(response.iter_bytes()):
                if self._is_over.is_set():
                    return
                if line:
                    self.found.put(line)


def split(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines in a stream of bytes, without their ends. Raises Garbage for one that goes on and on."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace").rstrip("\r")
        if len(rest) > LINE_MAX:
            raise Garbage("a line without end")
    if rest:
        yield rest.decode("utf-8", "replace").rstrip("\r")


def _start(response: httpx.Response) -> bytes:
    """The first bytes of an answer: enough for an error's words."""
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > BODY_MAX:
            break
    return body


def parse(text: str) -> Any:
    """JSON, or Garbage."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Garbage(text[:200]) from error


def _network(error: httpx.HTTPError, seconds: float) -> LLMError:
    words = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol):
        return Unreachable(words)
    if isinstance(error, httpx.TimeoutException):
        return NoFirstToken(words, seconds=seconds)
    if isinstance(error, httpx.DecodingError):
        return Garbage(words)
    return CutOff(words)
