"""``python deadlocks/analyzer/tests/fuzz.py --inputs N``: random and mutated inputs; no exception, no hang.

Inputs are noise, pieces of PostgreSQL's wording, provoked logs and events with bytes changed, lines dropped,
doubled, swapped, cut or spliced into each other. Each is read as a log, and every tenth as an event. An
exception or an input that takes longer than a second of CPU is written to stderr with the seed that makes it
again. Exit 1 if there was any. DEADLOCK_SAMPLES names a folder with more logs and events to start from.
"""

import argparse
import gzip
import json
import os
import pathlib
import random
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from deadlocks.analyzer import analyze_event, analyze_log  # noqa: E402
from deadlocks.analyzer.render import markdown, plain, svg, to_value  # noqa: E402
from deadlocks.analyzer.tests import reports, shippers  # noqa: E402
from deadlocks.analyzer.wording import labels, messages  # noqa: E402
from deadlocks.performance import findings  # noqa: E402

SLOW = 1.0  # seconds of CPU
SLOW_LONG = 4.0  # the same for a stretched input, which is 40 times as long
LONG, EVERY = 100_000, 1000  # bytes of a stretched input; every so many inputs is one
PIECES = [
    *(
        "deadlock detected",
        "ERROR:  ",
        "DETAIL:  ",
        "CONTEXT:  ",
        "STATEMENT:  ",
        "Process 1: ",
        "40P01",
        "{",
        "}",
    ),
    *(
        "\n\t",
        "\n",
        "\t",
        "\r\n",
        "'",
        '"',
        "$$",
        "/*",
        "*/",
        "--",
        "(",
        "((((",
        "#011",
        "#012",
        "[5-2] ",
        "\0",
    ),
    *(
        "\x1b[31m",
        "\ufeff",
        "\\n",
        "' +\n '",
        ',40P01,"',
        '"state_code":"40P01"',
        "SELECT ",
        " WHERE ",
        "CASE ",
    ),
    "Process 1 waits for ShareLock on transaction 2; blocked by process 3.",
    "LOG:  process 1 still waiting for ShareLock on transaction 2 after 1.5 ms",
]
WORDS = [
    b"\xff",
    *(text.encode() for text in PIECES),
    *(text.encode() for text in messages.DEADLOCK.values()),
    *(text.encode() for table in labels.SEVERITIES.values() for text in table.values()),
]


def seeds() -> list[bytes]:
    """Real and generated texts to start from."""
    found = [log.encode() for case in reports.provoked() for log in case["logs"].values()]
    dice = random.Random(1)
    samples = pathlib.Path(os.environ.get("DEADLOCK_SAMPLES", ""))
    if samples.name:
        files = [f for name in ("server.*", "uncaught.txt", "event*.json") for f in samples.rglob(name)]
        found += [file.read_bytes() for file in sorted(files)]
    found += [
        reports.rendered(reports.random_report(dice), layout).encode()
        for layout in reports.LAYOUTS
        for _ in range(3)
    ]
    return [text[:2500] for text in found]


def mutated(dice: random.Random, base: list[bytes]) -> bytes:
    """One input."""
    kind = dice.random()
    if kind < 0.15:
        return dice.randbytes(dice.randrange(0, 400))
    if kind < 0.4:
        return b"".join(dice.choice(WORDS) for _ in range(dice.randrange(1, 40)))
    text = dice.choice(base)
    for _ in range(dice.randrange(1, 5)):
        text = dice.choice(_CHANGES)(dice, text, base)
    return dice.choice(_CARRIERS)(dice, text, base) if dice.random() < 0.1 else text


def _bytes(dice, text, base):
    data = bytearray(text or b"x")
    for _ in range(dice.randrange(1, 12)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def _insert(dice, text, base):
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(WORDS) * dice.choice((1, 1, 1, 40)) + text[at:]


def _lines(dice, text, base):
    lines = text.split(b"\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    change = dice.randrange(4)
    if change == 0:
        lines[first], lines[second] = lines[second], lines[first]
    elif change == 1:
        del lines[first]
    elif change == 2:
        lines.insert(second, lines[first])
    else:
        lines = lines[min(first, second) : max(first, second) + 1]
    return b"\n".join(lines)


def _cut(dice, text, base):
    at = dice.randrange(len(text) + 1)
    return text[:at] if dice.random() < 0.5 else text[at:]


def _splice(dice, text, base):
    other = dice.choice(base)
    at, there = dice.randrange(len(text) + 1), dice.randrange(len(other) + 1)
    return (text[:at] + other[there:] + text[at:])[:5000]


def _bits(dice, text, base):
    data = bytearray(text or b"x")
    for _ in range(dice.randrange(1, 30)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _interleave(dice, text, base):
    """Two logs line by line, as two processes write into one pipe; or cut into each other in mid-line."""
    other = dice.choice(base)
    if dice.random() < 0.5:
        at = dice.randrange(len(text) + 1)
        return text[:at] + other + text[at:]
    both = text.split(b"\n"), other.split(b"\n")
    return b"\n".join(line for pair in zip(*both, strict=False) for line in pair)


def _wrap(dice, text, base):
    """Carried by something that puts a header before every line, or all into JSON."""
    said = text.decode("utf-8", "replace")
    carrier = dice.choice(
        (shippers.docker, shippers.cri, shippers.google, shippers.loki, _syslogged, json.dumps)
    )
    return carrier(said).encode("utf-8", "replace")


def _syslogged(text):
    lines = text.split("\n")
    return shippers.syslog([(n % 7, [line]) for n, line in enumerate(lines)], numbered=len(lines) % 2 == 0)


def _encode(dice, text, base):
    said = text.decode("utf-8", "replace")
    return said.encode(
        dice.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252")), "replace"
    )


def _zip(dice, text, base):
    data = gzip.compress(text, 1)
    return data if dice.random() < 0.5 else data[: dice.randrange(len(data))]


_CHANGES = (_bytes, _bits, _insert, _lines, _cut, _splice, _interleave)
_CARRIERS = (_wrap, _encode, _zip)


def stretched(dice: random.Random, base: list[bytes], size: int) -> bytes:
    """A pattern again and again, to ``size`` bytes, alone or inside a log; time must grow like it."""
    word = b"".join(dice.choice(WORDS) for _ in range(dice.randrange(1, 4)))
    if dice.random() < 0.3:
        lines = dice.choice(base).split(b"\n")
        word = dice.choice(lines) + dice.choice((b"", b"\n", b"\n\t"))
    long = word * (size // max(1, len(word)) + 1)
    if dice.random() < 0.3:
        return long[:size]
    text = dice.choice(base)
    at = dice.randrange(len(text) + 1)
    return text[:at] + long[:size] + text[at:]


def event_of(dice: random.Random, text: str) -> object:
    """An event that holds a text somewhere, with parts of wrong types."""
    holder = dice.randrange(7)
    value = dice.choice((text, [text], {"detail": text, "code": "40P01"}, None, 5))
    if holder == 0:
        return {
            "exception": {
                "values": [
                    {"type": "X", "value": value, "stacktrace": {"frames": [{"vars": {"sql": value}}]}}
                ]
            }
        }
    if holder == 1:
        return {"entries": [{"type": "exception", "data": {"values": [{"value": value}]}}, value]}
    if holder == 2:
        return {"breadcrumbs": [{"category": "query", "message": value}] * 6, "contexts": {"error": value}}
    if holder == 3:
        return {"spans": [{"op": "db", "description": value, "timestamp": 2, "start_timestamp": 1}] * 6}
    if holder == 4:
        return {"logentry": {"formatted": value}, "message": value, "metadata": value}
    return {"extra": {"a": {"b": [value]}}} if holder == 5 else value


def one(seed: int, base: list[bytes]) -> None:
    dice = random.Random(seed)
    data = stretched(dice, base, LONG) if seed % EVERY == 0 else mutated(dice, base)
    for report in analyze_log((data,)):
        if seed % 20 == 0:
            json.dumps(to_value(report, timeline=True))
            plain(report), markdown(report), svg(report)
    if seed % 10 == 0:
        event = event_of(dice, data.decode("utf-8", "replace"))
        analyze_event(event)
        findings(event)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=2_000_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    options = parser.parse_args()
    base, bad, slowest = seeds(), 0, 0.0
    one(20, base)  # imports what is imported on first use
    start = time.perf_counter()
    for seed in range(options.first, options.first + options.inputs):
        began = time.process_time()
        try:
            one(seed, base)
        except Exception:  # every one is a finding
            bad += 1
            print(f"seed {seed}\n{traceback.format_exc()}", file=sys.stderr)
        spent = time.process_time() - began
        slowest = max(slowest, spent)
        if spent > (SLOW if seed % EVERY else SLOW_LONG):
            bad += 1
            print(f"seed {seed} took {spent:.1f} s", file=sys.stderr)
        if (seed + 1) % 100_000 == 0:
            print(json.dumps({"done": seed + 1, "bad": bad, "slowest": round(slowest, 3)}), flush=True)
    seconds = round(time.perf_counter() - start, 1)
    print(
        json.dumps({"inputs": options.inputs, "bad": bad, "seconds": seconds, "slowest": round(slowest, 3)})
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
