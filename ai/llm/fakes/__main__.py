"""`python -m ai.llm.fakes --kind ollama --port 11434`: a fake model server to try Dexter out with."""

import argparse
import sys

from ai.llm.fakes import FakeOllama, FakeOpenAI
from ai.llm.fakes.behaviour import ways

WAYS = ["plain", "slow", "cut", "stalled", "garbage", "missing"]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ai.llm.fakes", description="A model server without a model.")
    parser.add_argument("--kind", choices=["ollama", "openai"], default="ollama")
    parser.add_argument("--port", type=int, default=11434)
    parser.add_argument("--model", action="append", help="a name to answer to; may be given again")
    parser.add_argument("--behave", choices=WAYS, default="plain")
    given = parser.parse_args(arguments)
    models = given.model or ["fake-small", "fake-large"]
    made = FakeOllama if given.kind == "ollama" else FakeOpenAI
    FakeOllama.pull_pause = 2.0
    try:
        server = made(*ways(given.behave, models[0]), models=models, port=given.port)
    except OSError as error:
        print(f"It cannot listen on port {given.port}: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"fake {given.kind} on {server.url} with {', '.join(models)}; it understands nothing", flush=True)
    try:
        server.serve()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
