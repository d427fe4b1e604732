"""What a fake server answers, and how badly."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What looks like a marker of evidence in a prompt: [F1], [crumb:3].
_MARKER = re.compile(r"\[[A-Za-z]+[:.-]?[\w.]*\d[\w.]*\]")
_WORD = re.compile(r"\S+\s*")
FILLER = "A fake model wrote this and understands nothing"
Answer = str | Callable[[Mapping[str, Any]], str]


@dataclass
class Behaviour:
    """One way to answer a chat.

    `answer`: a text, or a function of the request's body; None is one that says it is a fake. `delay`:
    seconds before the first token, `pause`: between two. After `cut_after` tokens the connection breaks,
    after `stall_after` nothing more comes, after `error_after` an error stands in the stream. `status` and
    `body` refuse at once; `raw` is sent in place of the whole stream. `thinks`: what a reasoning model
    says in the field for it, before the answer; `finish`: why the answer ends.
    """

    answer: Answer | None = None
    delay: float = 0.0
    pause: float = 0.0
    cut_after: int | None = None
    stall_after: int | None = None
    error_after: int | None = None
    status: int = 200
    body: Any = None
    raw: bytes | None = None
    thinks: str = ""
    finish: str = "stop"

    def tokens(self, request: Mapping[str, Any]) -> list[str]:
        """The answer to a request, cut into what a model would send as tokens."""
        given = self.answer(request) if callable(self.answer) else self.answer
        text = own_words(request) if given is None else given
        return _WORD.findall(text) or [text]


def own_words(request: Mapping[str, Any]) -> str:
    """An answer that nobody takes for a model's, with evidence taken from the question."""
    schema = wanted_schema(request)
    if schema is not None:
        return json.dumps(filled(schema))
    asked = "\n".join(str(item.get("content", "")) for item in request.get("messages", []))
    markers = list(dict.fromkeys(_MARKER.findall(asked)))[:3]
    cited = "\n".join(f"- The question itself names this {marker}." for marker in markers)
    return (
        "## This is not an explanation\n\nIt comes from the fake model server of Dexter, which has read"
        f" {len(asked):,} characters and understands none of them.\n\n## Evidence\n\n"
        f"{cited or 'The question held nothing to cite.'}\n- And this was made up, to show what becomes of it"
        " [F999].\n\n## Next\n\nConnect a real model: `OLLAMA_BASE_URL` and `OLLAMA_MODEL`.\n\n```python\n"
        "raise NotImplementedError\n```\n"
    )


def wanted_schema(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON schema that a request asks for, in the words of either kind of server."""
    if isinstance(request.get("format"), Mapping):
        found: Mapping[str, Any] = request["format"]
        return found
    named = request.get("response_format")
    inner = named.get("json_schema") if isinstance(named, Mapping) else None
    return inner.get("schema") if isinstance(inner, Mapping) else None


def filled(schema: Mapping[str, Any]) -> Any:
    """The plainest value that fits a schema."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: filled(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [filled(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    least = schema.get("minLength", 0)
    words = FILLER * (1 + least // len(FILLER)) if least else ""
    plain = {"string": words, "integer": 0, "number": 0.0, "boolean": False}
    return plain.get(kind) if isinstance(kind, str) else None


def ways(name: str, model: str) -> Sequence[Behaviour]:
    """Behaviours by name, for the command line."""
    return {
        "plain": [Behaviour(pause=0.02)],
        "slow": [Behaviour(delay=3.0, pause=0.3)],
        "cut": [Behaviour(pause=0.05, cut_after=20)],
        "stalled": [Behaviour(pause=0.05, stall_after=20)],
        "garbage": [Behaviour(raw=b"<html><body>Welcome to nginx!</body></html>\n")],
        "missing": [Behaviour(status=404, body={"error": f"model '{model}' not found"})],
    }[name]
