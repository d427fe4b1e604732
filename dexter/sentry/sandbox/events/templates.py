"""The captured events, one per program, and what an issue list needs of them: title, culprit, metadata."""

import json
from dataclasses import dataclass
from typing import Any

from dexter.sentry.sandbox.events.capture import capture
from dexter.sentry.sandbox.events.catalog import CATALOG, Program
from dexter.sentry.sandbox.events.naming import event_words, issue_words, renamed
from dexter.sentry.sandbox.world.streams import Stream

TITLE_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Template:
    """`text` is the SDK's event as JSON, stand-ins and all; `head` is JSON of what the list shows; free text
    looks at `words`."""

    program: Program
    text: str
    head: str
    words: str
    head_has_event_words: bool
    static_tags: dict[str, str]
    level: str
    platform: str
    is_web: bool
    is_browser: bool
    unhandled: bool

    def head_of(self, stream: Stream) -> dict[str, Any]:
        """`{title, culprit, metadata, type, location, message}` with the stream's own names."""
        words = issue_words(stream)
        if self.head_has_event_words:
            words |= event_words(stream, stream.total - 1)
        return json.loads(renamed(self.head, words))  # type: ignore[no-any-return]


def head_of_event(event: dict[str, Any]) -> dict[str, Any]:
    """Title, culprit and metadata as Sentry derives them: from the last exception, else from the message."""
    values = (event.get("exception") or {}).get("values") or []
    if not values:
        entry = event.get("logentry") or {}
        text = entry.get("formatted") or event.get("message") or "<unlabeled event>"
        title = text.splitlines()[0][:TITLE_LIMIT]
        return {"title": title, "culprit": event.get("transaction") or "", "metadata": {"title": title},
                "type": "default", "location": None, "message": text}  # fmt: skip
    main = values[-1]
    frame = crash_frame(main)
    lines = (main.get("value") or "").splitlines()
    metadata = {"type": main["type"], "value": main.get("value") or "", "filename": frame.get("filename"),
                "function": frame.get("function"), "in_app_frame_mix": "mixed"}  # fmt: skip
    return {
        "title": f"{main['type']}: {lines[0] if lines else ''}"[:TITLE_LIMIT],
        "culprit": event.get("transaction") or f"{frame.get('module')} in {frame.get('function')}",
        "metadata": {key: value for key, value in metadata.items() if value is not None},
        "type": "error",
        "location": frame.get("filename"),
        "message": "",
    }


def crash_frame(exception: dict[str, Any]) -> dict[str, Any]:
    """The innermost frame of the application, else the innermost of all."""
    frames = (exception.get("stacktrace") or {}).get("frames") or [{}]
    for frame in reversed(frames):
        if frame.get("in_app"):
            return frame  # type: ignore[no-any-return]
    return frames[-1]  # type: ignore[no-any-return]


def _static_tags(event: dict[str, Any], program: Program) -> dict[str, str]:
    tags = {"level": event.get("level") or "error"}
    if event.get("transaction"):
        tags["transaction"] = event["transaction"]
    values = (event.get("exception") or {}).get("values") or []
    if values:
        mechanism = values[-1].get("mechanism") or {}
        tags["handled"] = "no" if mechanism.get("handled") is False else "yes"
        tags["mechanism"] = mechanism.get("type") or "generic"
    if event.get("logger"):
        tags["logger"] = event["logger"]
    if "request" in event:
        tags["url"] = event["request"]["url"].partition("?")[0]
    return tags | {key: str(value) for key, value in (event.get("tags") or {}).items()}


def _searchable(head: dict[str, Any]) -> tuple[str, str, str]:
    return head["title"], head["culprit"], head["metadata"].get("value", "")


def make_template(program: Program) -> Template:
    event = capture(program)
    head = json.dumps(head_of_event(event))
    tags = _static_tags(event, program)
    probe = ("7001002", "2406", "2043", "pat", "4111", "203.0", "DE89", "078-05")
    return Template(
        program=program,
        text=json.dumps(event),
        head=head,
        words="\n".join(_searchable(head_of_event(event))),
        head_has_event_words=any(word in head for word in probe),
        static_tags=tags,
        level=tags["level"],
        platform=event.get("platform") or "python",
        is_web=program.mode == "wsgi",
        is_browser=program.mode == "recorded",
        unhandled=tags.get("handled") == "no",
    )


def make_templates() -> tuple[Template, ...]:
    """Runs all programs once; about 0.2 s."""
    return tuple(make_template(program) for program in CATALOG)
