"""A chain of exceptions as the language itself prints it, for copying."""

from collections.abc import Iterator

from issues.payload.frames import Frame
from issues.payload.stacktrace import Chain, ExceptionRecord

_CAUSED = "The above exception was the direct cause of the following exception:"
_DURING = "During handling of the above exception, another exception occurred:"
_JAVA = frozenset({"java", "kotlin", "scala", "android"})
_JAVASCRIPT = frozenset({"javascript", "node", "bun", "deno", "react-native", "electron"})


def raw_text(chain: Chain, *, raw: bool = False) -> str:
    """The chain as a traceback; empty for an empty chain. With `raw`, the frames before source maps.

    Python prints the root cause first and the newest call last, all others the other way round.
    """
    if (chain.platform or "").partition("-")[0] == "python":
        return "\n".join(_python(chain, raw))
    return "\n".join(_outermost_first(chain, raw))


def _frames(exception: ExceptionRecord, raw: bool) -> tuple[Frame, ...]:
    return exception.raw_frames if raw and exception.raw_frames else exception.frames


def _python(chain: Chain, raw: bool) -> Iterator[str]:
    """As the `traceback` module of Python prints a chain."""
    for exception in chain.exceptions:
        if exception.frames:
            yield "Traceback (most recent call last):"
        for frame in _frames(exception, raw):
            where = frame.abs_path or frame.filename or frame.module or "?"
            yield f'  File "{where}", line {frame.line or "?"}, in {frame.function or "?"}'
            if frame.current_line:
                yield f"    {frame.current_line.strip()}"
        yield _last_line(exception)
        if exception is not chain.exceptions[-1]:
            yield f"\n{_CAUSED if exception.mechanism.source in (None, '__cause__') else _DURING}\n"


def _last_line(exception: ExceptionRecord) -> str:
    return f"{exception.qualified_type}: {exception.value}" if exception.value else exception.qualified_type


def _outermost_first(chain: Chain, raw: bool) -> Iterator[str]:
    for exception in reversed(chain.exceptions):
        caused = "" if exception is chain.exceptions[-1] else "Caused by: "
        yield f"{caused}{_last_line(exception)}"
        for frame in reversed(_frames(exception, raw)):
            yield _call(frame, chain.platform or "")


def _call(frame: Frame, platform: str) -> str:
    if platform in _JAVA:
        name = ".".join(part for part in (frame.module, frame.function) if part) or "?"
        place = ":".join(str(part) for part in (frame.filename or "Unknown Source", frame.line) if part)
        return f"\tat {name}({place})"
    place = ":".join(
        str(part)
        for part in (frame.abs_path or frame.path or "?", frame.line, frame.column)
        if part is not None
    )
    if platform in _JAVASCRIPT and not frame.function:
        return f"    at {place}"
    return f"    at {frame.function or '?'} ({place})"
