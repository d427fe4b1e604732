"""Words for the person at the terminal: whole lines, and on a real terminal one line that keeps changing."""

import contextlib
import sys
from typing import TextIO


class Terminal:
    """`say` prints a line; `show` replaces the line before it on a terminal, and prints changes elsewhere."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._shown = ""

    def say(self, text: str) -> None:
        """Print `text` for good."""
        self._write(f"{self._erase()}{text}\n")
        if self._out.isatty():
            self._shown = ""

    def show(self, text: str) -> None:
        """Print `text` until something newer is shown; the same text twice is printed once."""
        if text == self._shown:
            return
        self._write(f"{self._erase()}{text}" if self._out.isatty() else f"{text}\n")
        self._shown = text

    def _erase(self) -> str:
        return "\r\x1b[2K" if self._shown and self._out.isatty() else ""

    def _write(self, text: str) -> None:
        # The terminal may be gone; what runs is more than its words.
        with contextlib.suppress(OSError):
            self._out.write(text)
            self._out.flush()
