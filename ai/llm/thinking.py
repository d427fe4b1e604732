"""Tells what a reasoning model thinks from what it answers.

Most servers send it in a field of its own: `message.thinking` (Ollama), `reasoning_content` (llama.cpp, LM
Studio, older vLLM), `reasoning` (vLLM). Others leave it in the text, as `<think>...</think>` before the
answer, or, where the model's chat template has opened the block already, as text before a `</think>` that was
never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ai.llm.values import Piece

_OPEN = re.compile(r"\s*<(think|thinking)>", re.IGNORECASE)
_NEVER_OPENED = re.compile(r"(?:^|\n)[ \t]*</(?:think|thinking)>", re.IGNORECASE)
_TAGS = ("<thinking>", "<think>", "</thinking>", "</think>")


def without_thinking(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces with thoughts as pieces that say `is_thinking` and nothing else."""
    reader = _Reader()
    for piece in pieces:
        if piece.text:
            yield from reader.read(piece.text)
        if piece.usage:
            yield from reader.rest()
            yield Piece(usage=piece.usage)
        elif not piece.text:
            yield piece


class _Reader:
    """Where in the answer we are; text that may become a tag is held back."""

    def __init__(self) -> None:
        self._read = self._begin
        self._held = ""
        self._close = ""
        self._line = ""  # what was passed on of the line that is being written

    def read(self, text: str) -> Iterator[Piece]:
        self._held += text
        yield from self._read()

    def rest(self) -> Iterator[Piece]:
        """The end has come: what was held back is text, unless it was thought."""
        if self._read != self._think and self._held:
            yield Piece(self._held)

    def _begin(self) -> Iterator[Piece]:
        opened = _OPEN.match(self._held)
        if opened:
            self._close, self._held = f"</{opened[1].lower()}>", self._held[opened.end() :]
            self._read = self._think
            yield from self._think()
        elif not _may_be_tag(self._held):
            self._read = self._answer
            yield from self._answer()

    def _think(self) -> Iterator[Piece]:
        yield Piece(is_thinking=True)
        at = self._held.lower().find(self._close)
        if at < 0:
            self._held = self._held[-len(self._close) :]
            return
        self._held = self._held[at + len(self._close) :]
        self._read = self._blank
        yield from self._blank()

    def _blank(self) -> Iterator[Piece]:
        """Between thoughts and answer."""
        self._held = self._held.lstrip()
        if self._held:
            self._read = self._pass
            yield from self._pass()

    def _answer(self) -> Iterator[Piece]:
        whole = self._line + self._held
        closed = _NEVER_OPENED.search(whole)
        if closed:
            yield Piece(is_thinking=True, forget=True)
            self._held = whole[closed.end() :]
            self._read = self._blank
            yield from self._blank()
            return
        line = whole.rpartition("\n")[2]
        kept = line[-len(self._held) :] if line.strip() and _may_be_tag(line) else ""
        passed = self._held[: len(self._held) - len(kept)]
        self._line, self._held = line[: len(line) - len(kept)], kept
        if passed:
            yield Piece(passed)

    def _pass(self) -> Iterator[Piece]:
        text, self._held = self._held, ""
        yield Piece(text)


def _may_be_tag(text: str) -> bool:
    begun = text.lstrip().lower()
    return any(tag.startswith(begun) for tag in _TAGS)
