"""A tree of processes that lives and dies with this one.

All children share one process group, led by a watchdog: a shell that waits on a pipe which only this process
holds open. When this process ends in whatever way, kill -9 included, the pipe closes and the watchdog ends
the group. That works alike on Linux and macOS, and for the children's own children.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# The first line ends it all at once: that is the orderly stop, when the children have gone already.
WATCHDOG = "trap '' INT TERM HUP; read line; kill -TERM 0; sleep 2; kill -KILL 0"
LONGEST_LOG = 5_000_000  # bytes; a log that grew past it starts again
_Process = subprocess.Popen[bytes]
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0  # seconds before a child that died is started again
STEADY_AFTER = 60.0  # a child that lived this long starts again with the first delay


@dataclass(frozen=True)
class Child:
    """What to start. `is_base` ones carry the others and are stopped last; `typed` goes to its input."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str] = field(repr=False)
    is_base: bool = False
    typed: str = field(default="", repr=False)


@dataclass
class _Running:
    child: Child
    process: _Process
    started_at: float
    delay: float = FIRST_DELAY
    restart_at: float | None = None


class Tree:
    """Starts children, starts them again when they die, stops them in order. For one thread."""

    def __init__(self, say: Callable[[str], None], *, hold: int | None = None) -> None:
        """`hold` is an open lock file: it stays locked for as long as anything of the tree may still run."""
        self._say = say
        self._running: dict[str, _Running] = {}
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", WATCHDOG],
            stdin=subprocess.PIPE,
            process_group=0,
            pass_fds=[] if hold is None else [hold],
        )

    def start(self, child: Child) -> None:
        """Start `child` and look after it from now on; raises OSError where it cannot be executed."""
        self._running[child.name] = _Running(child, self._spawn(child), time.monotonic())

    def run(self, child: Child, wait: Callable[[float], object]) -> int:
        """Run `child` to its end, answer its exit code; `wait(seconds)` is called meanwhile and may raise."""
        process = self._spawn(child)
        while process.poll() is None:
            wait(0.1)
        return process.returncode

    def is_alive(self, name: str) -> bool:
        """Whether the child of that name runs at this moment."""
        return name in self._running and self._running[name].process.poll() is None

    def look_after(self) -> None:
        """Start dead children again after a growing delay, saying so, and keep the logs short."""
        for running in self._running.values():
            if running.restart_at is None and running.process.poll() is not None:
                self._note_death(running)
            elif running.restart_at is not None and time.monotonic() >= running.restart_at:
                running.process = self._spawn(running.child)
                running.started_at, running.restart_at = time.monotonic(), None
            _shorten(running.child.log)

    def stop(self, seconds: float, is_hurried: Callable[[], bool]) -> None:
        """End everything: what works, then what it stands on; kill what is left after `seconds`."""
        deadline = time.monotonic() + seconds
        for is_base in (False, True):
            wave = [item.process for item in self._running.values() if item.child.is_base is is_base]
            _terminate(wave, deadline if is_base else deadline - seconds / 4, is_hurried)
        self._running.clear()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._watchdog.pid, signal.SIGKILL)
        self._watchdog.wait()
        self._watchdog.stdin and self._watchdog.stdin.close()

    def _spawn(self, child: Child) -> _Process:
        child.log.parent.mkdir(parents=True, exist_ok=True)
        with child.log.open("ab") as log:
            process = subprocess.Popen(
                child.command,
                env=dict(child.environment),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                process_group=self._watchdog.pid,
            )
        assert process.stdin
        with contextlib.suppress(BrokenPipeError), process.stdin:  # it may have ended already
            process.stdin.write(child.typed.encode())
        return process

    def _note_death(self, running: _Running) -> None:
        if time.monotonic() - running.started_at > STEADY_AFTER:
            running.delay = FIRST_DELAY
        running.restart_at = time.monotonic() + running.delay
        self._say(
            f"{running.child.name} ended ({_reason(running.process.returncode)}); it starts again in"
            f" {running.delay:.0f} s. Its log: {running.child.log}"
        )
        running.delay = min(2 * running.delay, LONGEST_DELAY)


def _terminate(processes: list[_Process], deadline: float, is_hurried: Callable[[], bool]) -> None:
    for process in processes:
        process.terminate()
    while any(process.poll() is None for process in processes):
        if time.monotonic() > deadline or is_hurried():
            break
        time.sleep(0.05)
    for process in processes:
        process.kill()
        process.wait()


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _shorten(log: Path) -> None:
    # Children write in append mode, so they go on at the new end of the file.
    if log.stat().st_size > LONGEST_LOG:
        os.truncate(log, 0)


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a person who has to know why something failed."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""
