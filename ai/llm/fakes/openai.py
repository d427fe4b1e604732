"""A fake server of OpenAI's kind: /v1/chat/completions as server-sent events, /v1/models."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ai.llm.fakes.behaviour import Behaviour
from ai.llm.fakes.server import FakeServer


class FakeOpenAI(FakeServer):
    kind = "openai"
    stream_type = "text/event-stream"

    def get(self, path: str) -> Any:
        if path != "/v1/models":
            return None
        models = [{"id": name, "object": "model", "owned_by": "dexter-fake"} for name in self.models]
        return {"object": "list", "data": models}

    def missing(self, model: str) -> Any:
        message = f"The model `{model}` does not exist."
        return {"error": {"message": message, "type": "NotFoundError", "param": None, "code": 404}}

    def post(self, path: str, body: Mapping[str, Any], behaviour: Behaviour) -> Iterator[bytes] | None:
        return self._chat(body, behaviour) if path == "/v1/chat/completions" else None

    def _chat(self, body: Mapping[str, Any], behaviour: Behaviour) -> Iterator[bytes]:
        count = 0
        yield self._chunk(body, {"role": "assistant", "content": ""})
        for thought in self.thought(behaviour):
            yield self._chunk(body, {"reasoning_content": thought})
        for count, token in enumerate(self.spoken(body, behaviour), start=1):
            yield self._chunk(body, {"content": token})
            if count == behaviour.error_after:
                yield _event({"error": {"message": "the engine died", "type": "server_error", "code": 500}})
                return
        yield self._chunk(body, {}, finish=behaviour.finish)
        if (body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": len(json.dumps(body)) // 4, "completion_tokens": count}
            yield _event({**self._head(body), "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def _head(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": "chatcmpl-fake",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": body.get("model"),
        }

    def _chunk(self, body: Mapping[str, Any], delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**self._head(body), "choices": [choice]})


def _event(value: Any) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"
