"""A fake Ollama: /api/chat, /api/tags, /api/ps, /api/pull, /api/version, as it is documented."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ai.llm.fakes.behaviour import Behaviour
from ai.llm.fakes.server import FakeServer

SIZE = 4_661_224_676


class FakeOllama(FakeServer):
    kind = "ollama"
    stream_type = "application/x-ndjson"
    pull_pause = 0.0  # seconds before each of five steps of a download

    def get(self, path: str) -> Any:
        details = {"format": "gguf", "family": "fake", "parameter_size": "0B", "quantization_level": "none"}
        models = [{"name": name, "size": SIZE, "details": details} for name in self.models]
        until = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        loaded = [{**model, "expires_at": until, "size_vram": SIZE} for model in models[:1]]
        known = {
            "/api/tags": {"models": models},
            "/api/ps": {"models": loaded},
            "/api/version": {"version": "0.0.0-fake"},
        }
        return known.get(path)

    def missing(self, model: str) -> Any:
        return {"error": f"model '{model}' not found"}

    def post(self, path: str, body: Mapping[str, Any], behaviour: Behaviour) -> Iterator[bytes] | None:
        if path == "/api/chat":
            return self._chat(body, behaviour)
        return self._pull(str(body.get("model", ""))) if path == "/api/pull" else None

    def _chat(self, body: Mapping[str, Any], behaviour: Behaviour) -> Iterator[bytes]:
        started, count = time.monotonic_ns(), 0
        for thought in self.thought(behaviour):
            yield self._line(
                body, message={"role": "assistant", "content": "", "thinking": thought}, done=False
            )
        for count, token in enumerate(self.spoken(body, behaviour), start=1):
            yield self._line(body, message={"role": "assistant", "content": token}, done=False)
            if count == behaviour.error_after:
                yield _json({"error": "an error was encountered while running the model"})
                return
        took = time.monotonic_ns() - started
        yield self._line(
            body, message={"role": "assistant", "content": ""}, done=True, done_reason=behaviour.finish,
            total_duration=took, load_duration=0, prompt_eval_count=len(json.dumps(body)) // 4,
            prompt_eval_duration=0, eval_count=count, eval_duration=max(took, 1),
        )  # fmt: skip

    def _line(self, body: Mapping[str, Any], **fields: Any) -> bytes:
        return _json({"model": body.get("model"), "created_at": datetime.now(UTC).isoformat(), **fields})

    def _pull(self, model: str) -> Iterator[bytes]:
        yield _json({"status": "pulling manifest"})
        if "missing" in model:
            yield _json({"error": "pull model manifest: file does not exist"})
            return
        for done in range(0, SIZE + 1, SIZE // 4):
            self.wait(self.pull_pause)
            yield _json({"status": "pulling fake", "digest": "fake", "total": SIZE, "completed": done})
        self.models.append(model)
        yield _json({"status": "success"})


def _json(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"
