"""What carries a server log somewhere else: syslog as elog.c writes it, container runtimes, log services."""

import json

_LIMIT = 900


def syslog(entries, *, whole=False, numbered=True, header="Nov 20 22:54:46 db1 postgres[{pid}]: "):
    """Entries (pid, lines) as write_syslog sends them: split at newlines and above 900 bytes, or
    ``whole``.
    """
    out = []
    for count, (pid, lines) in enumerate(entries, 6):
        pieces = ["\n".join(lines)] if whole else [p for line in lines for p in _chunks(line)]
        split = len(pieces) > 1
        for chunk, piece in enumerate(pieces, 1):
            number = (f"[{count}-{chunk}] " if split else f"[{count}] ") if numbered else ""
            out.append(header.format(pid=pid) + number + _escaped(piece))
    return "\n".join(out) + "\n"


def _escaped(piece):
    return piece.replace("\t", "#011").replace("\n", "#012").replace("\r", "#015")


def _chunks(line):
    """At most 900 bytes each, cut at the last blank below that, which starts the next one."""
    while line:
        head = line.encode()[:_LIMIT].decode("utf-8", "ignore")
        if len(head) < len(line) and not line[len(head)].isspace():
            at = max(head.rfind(" "), head.rfind("\t"))
            head = head[:at] if at > 0 else head
        yield head
        line = line[len(head) :]


def each(change):
    """A copy that changes every line by itself."""
    return lambda text: "".join(
        change(line, n) + "\n" for n, line in enumerate(text.removesuffix("\n").split("\n"))
    )


def pieces(text, size):
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]


def docker(text, size=16_000, *, ascii_only=False):
    """json-file: lines above a size in several objects, of which only the last ends the line."""
    found = [piece for line in text.splitlines(True) for piece in pieces(line, size)]
    return "".join(json.dumps({"log": p, "stream": "stderr"}, ensure_ascii=ascii_only) + "\n" for p in found)


def cri(text, size=16_000):
    """Kubernetes: lines above a size in several parts, all but the last marked P."""
    out = []
    for line in text.removesuffix("\n").split("\n"):
        *first, last = pieces(line, size)
        out += [f"2026-11-20T22:50:36.000000001Z stderr P {piece}" for piece in first]
        out.append(f"2026-11-20T22:50:36.000000001Z stderr F {last}")
    return "\n".join(out) + "\n"


def google(text, *, newest_first=False):
    """``gcloud logging read --format=json``."""
    lines = text.removesuffix("\n").split("\n")
    found = [{"textPayload": line, "timestamp": f"2026-11-20T22:{n:06}Z"} for n, line in enumerate(lines)]
    return json.dumps(found[::-1] if newest_first else found, indent=2)


def cloudwatch(text):
    lines = text.removesuffix("\n").split("\n")
    return json.dumps(
        {"events": [{"timestamp": n, "message": line} for n, line in enumerate(lines)]}, indent=1
    )


def loki(text):
    lines = text.removesuffix("\n").split("\n")
    values = [[f"{17000 + n}", line] for n, line in enumerate(lines)]
    return json.dumps({"data": {"result": [{"stream": {"app": "pg"}, "values": values}]}})
