"""When to stop: Ctrl+C, a signal, or the end of the process that started this one."""

import os
import select
import signal

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody wants this process to stop."""


class Waiter:
    """Sleeps that end with `Stopped`. Signals wake a sleep through a pipe, so none is ever missed."""

    def __init__(self, parent: int | None = None) -> None:
        """With `parent`, its end counts as a signal too: kill -9 of `make` reaches nobody else."""
        self._parent = parent
        self.times = 0
        self._read, write = os.pipe()
        for end in (self._read, write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in STOPPING:
            # Under nohup the end of the terminal is to be ignored, and so it stays.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a child that ends wakes the sleep as well

    def _note(self, *_: object) -> None:
        self.times += 1

    def wait(self, seconds: float) -> None:
        """Sleep at most `seconds`; raises Stopped when it is time to stop."""
        ready, _, _ = select.select([self._read], [], [], seconds)
        if ready:
            os.read(self._read, 4096)
        if self.times or (self._parent and os.getppid() != self._parent):
            raise Stopped
