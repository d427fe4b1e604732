"""Bytes in, blocks out: files, streams and iterables of bytes, gzip and UTF-16 undone, flat memory."""

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def blocks(source: Readable | Iterable[bytes], size: int = BLOCK) -> Iterator[bytes]:
    """Blocks of about ``size`` bytes of UTF-8 (or whatever the server wrote), unpacked."""
    return (bare for block in _unpacked(_raw(source, size), size) if (bare := _cleaned(block)))


def _cleaned(block: bytes) -> bytes:
    """Without NUL, of which a crash leaves runs and PostgreSQL writes none, and without colours."""
    block = block.replace(b"\0", b"") if b"\0" in block else block
    return _COLOURS.sub(b"", block) if b"\x1b[" in block else block


def _unpacked(raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    first = next(raw, b"")
    while 0 < len(first) < 4 and (more := next(raw, b"")):
        first += more
    if first.startswith(_GZIP):
        yield from _gunzip(first, raw, size)
    elif first.startswith(_UTF32):
        yield from _utf8("utf-32", first, raw)
    elif first.startswith(_UTF16):
        yield from _utf8("utf-16", first, raw)
    elif len(first) > 3 and first[1] == 0 and first[3] == 0 and first[0]:
        yield from _utf8("utf-16-le", first, raw)
    elif len(first) > 3 and first[0] == 0 and first[2] == 0 and first[1] and first[3]:
        yield from _utf8("utf-16-be", first, raw)
    else:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from raw


def _raw(source: Readable | Iterable[bytes], size: int) -> Iterator[bytes]:
    if not hasattr(source, "read"):
        yield from filter(None, source)
        return
    while block := source.read(size):
        yield block


def _gunzip(first: bytes, rest: Iterator[bytes], size: int) -> Iterator[bytes]:
    """All members of a gzip stream; damaged data ends it with what was readable."""
    inflate = zlib.decompressobj(wbits=31)
    for block in _chained(first, rest):
        data = block
        while data:
            try:
                yield inflate.decompress(data, size)
            except zlib.error:
                return
            data = inflate.unconsumed_tail
            if inflate.eof:
                data = inflate.unused_data
                inflate = zlib.decompressobj(wbits=31)


def _utf8(encoding: str, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in _chained(first, rest):
        yield decoder.decode(block).encode("utf-8", "replace")


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


_COLOURS = re.compile(rb"\x1b\[[0-9;]{0,20}m")
#: Server encodings of the languages that PostgreSQL's messages come in, tried when a line is not UTF-8.
_ENCODINGS = ("utf-8", "cp1252", "latin-1")


def text_of(line: bytes) -> str:
    """A line as text. One log can hold several encodings: each session writes its database's."""
    if b"\x1b[" in line:
        line = _COLOURS.sub(b"", line)
    for encoding in _ENCODINGS:
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")  # pragma: no cover - latin-1 decodes everything


def document_of(data: bytes) -> str:
    """Several lines as text, line by line where they are not all UTF-8."""
    try:
        return _COLOURS.sub(b"", data).decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(map(text_of, data.split(b"\n")))
