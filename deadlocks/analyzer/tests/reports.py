"""Reports to test with: provoked ones from the fixture, and generated ones in every language and layout.

``rendered`` writes a report as PostgreSQL would, from the same tables of wording that the analyzer reads by,
so that what is read can be compared with what was written.
"""

import gzip
import io
import json
import pathlib
import random
import re
from dataclasses import dataclass
from functools import cache

from deadlocks.analyzer import wording
from deadlocks.analyzer.tests import shippers
from deadlocks.analyzer.wording import contexts, labels, locks, messages

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
MODES = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
]
PREFIXES = (
    "2026-11-20 22:54:46.909 UTC [{pid}] shop@shop ",
    "2026-11-20 22:54:46 UTC:10.0.0.1(5151):shop@shop:[{pid}]:",
    "2026-11-20 22:54:46.909 UTC [{pid}]: [{n}-1] db=shop,user=shop,app=web,client=10.0.0.1 ",
    ' sql_error_code = 40P01 time_ms = "2026-11-20 22:54:46.909 UTC" pid="{pid}" log_line="{n}" '
    'database="shop" user="shop" ',
    "1795215286.909 {pid} ",
    "2026-11-20 22:54:46.909 UTC [6b00cfb6.{pid:x}] [{n}] ",
    "[{n}-1] shop@shop ",
    "{n} ",
    "[{pid}] ",
    "2026-11-20 22:54:46 UTC",
    "6b00cfb6.{pid:x}-shop@shop",
    "",
)
LAYOUTS = (
    *("stderr", "csvlog", "jsonlog", "docker", "cri", "gzip-less stderr", "libpq"),
    *("syslog", "syslog whole", "syslog unnumbered", "syslog whole unnumbered"),
)


@dataclass(frozen=True)
class Wait:
    waiter: int
    blocker: int
    mode: str
    kind: str
    numbers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Written:
    """A report before it is written: waits in cycle order, a statement for each waiter."""

    language: str
    waits: tuple[Wait, ...]
    statements: tuple[str, ...]
    doing: str | None
    relation: str
    prefix: str


@cache
def provoked() -> list[dict]:
    """What a real server logged for each scenario of scenarios (written by provoke.py)."""
    with gzip.open(FIXTURES / "provoked.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def tag(language: str, kind: str, numbers: tuple[tuple[str, int], ...]) -> str:
    return wording.say(locks.TAGS[kind], language, **dict(numbers))


def places(kind: str) -> list[str]:
    """The names of the numbers in a lock's description."""
    return list(wording.tags()[_english_shape(kind)][1])


def _english_shape(kind: str) -> str:
    return re.sub(r"\{\w+\}", "0", locks.TAGS[kind]["en"])


def detail_lines(report: Written) -> list[str]:
    return [
        wording.say(
            messages.WAITS,
            report.language,
            waiter=w.waiter,
            mode=w.mode,
            lock=tag(report.language, w.kind, w.numbers),
            blocker=w.blocker,
        )
        for w in report.waits
    ]


def shown_lines(report: Written) -> list[str]:
    return [
        wording.say(messages.SHOWS, report.language, pid=w.waiter, statement=s)
        for w, s in zip(report.waits, report.statements, strict=True)
    ]


def context_of(report: Written) -> str:
    if report.doing is None:
        return ""
    return wording.say(
        contexts.TUPLE[report.doing], report.language, page=3, tuple=4, relation=report.relation
    )


def label(report: Written, name: str) -> str:
    """A label of the server in the report's language, as it stands before a field."""
    table = {
        "hint": {
            "de": "TIPP",
            "fr": "ASTUCE ",
            "it": "SUGGERIMENTO",
            "ja": "ヒント",
            "ru": "ПОДСКАЗКА",
            "zh_CN": "提示",
        },
        "detail": {
            "es": "DETALLE",
            "fr": "DÉTAIL",
            "it": "DETTAGLI",
            "ja": "詳細",
            "ru": "ПОДРОБНОСТИ",
            "zh_CN": "详情",
        },
        "context": {
            "de": "ZUSAMMENHANG",
            "fr": "CONTEXTE ",
            "ja": "文脈",
            "ru": "КОНТЕКСТ",
            "zh_CN": "上下文",
        },
        "statement": {
            "de": "ANWEISUNG",
            "fr": "INSTRUCTION ",
            "ja": "文",
            "ko": "명령 구문",
            "ru": "ОПЕРАТОР",
        },
    }[name]
    return table.get(report.language, labels.LABELS[name][0]) + ":  "


def stderr_lines(report: Written) -> list[str]:
    """The entry line by line, newlines of a message as newline and tab."""
    pid = report.waits[0].waiter
    fields = [
        (
            labels.SEVERITIES["ERROR"].get(report.language, "ERROR") + ":  ",
            messages.DEADLOCK[report.language],
        ),
        (label(report, "detail"), "\n".join(detail_lines(report) + shown_lines(report))),
        (label(report, "hint"), messages.HINT.get(report.language, messages.HINT["en"])),
        (label(report, "context"), context_of(report)),
        (label(report, "statement"), report.statements[0]),
    ]
    lines: list[str] = []
    for number, (name, text) in enumerate([f for f in fields if f[1]], 1):
        head = report.prefix.format(pid=pid, n=number)
        lines += (head + name + text.replace("\n", "\n\t")).split("\n")
    return lines


def rendered(report: Written, layout: str) -> str:
    """The report in a layout, with ordinary lines around it."""
    if layout == "csvlog":
        return _csv(report)
    if layout == "jsonlog":
        return _json(report)
    if layout == "libpq":
        return _libpq(report)
    lines = [_ordinary(report), *stderr_lines(report), _ordinary(report)]
    if layout.startswith("syslog"):
        pid = report.waits[0].waiter
        entries = [(99, lines[:1]), (pid, lines[1:-1]), (99, lines[-1:])]
        return shippers.syslog(entries, whole="whole" in layout, numbered="unnumbered" not in layout)
    if layout == "docker":
        return "".join(
            json.dumps({"log": line + "\n", "stream": "stderr"}, ensure_ascii=False) + "\n" for line in lines
        )
    if layout == "cri":
        return "".join(f"2026-11-20T22:54:46.909{n:06}Z stderr F {line}\n" for n, line in enumerate(lines))
    return "\n".join(lines) + "\n"


def _ordinary(report: Written) -> str:
    return report.prefix.format(pid=99, n=1) + "LOG:  checkpoint starting: time"


def _csv(report: Written) -> str:
    out = io.StringIO()
    pid = report.waits[0].waiter
    row = ["2026-11-20 22:54:46.909 UTC", "shop", "shop", pid, "10.0.0.1:5", "6b00cfb6.6c32", 1, "UPDATE"]
    row += [
        "2026-11-20 22:54:46 UTC",
        "4/1108",
        2303,
        labels.SEVERITIES["ERROR"].get(report.language, "ERROR"),
        "40P01",
    ]
    row += [
        messages.DEADLOCK[report.language],
        "\n".join(detail_lines(report) + shown_lines(report)),
        "hint",
        "",
        "",
    ]
    row += [context_of(report), report.statements[0], "", "", "web", "client backend", "", 0]
    for cells in (row[:11] + ["LOG", "00000", "x"] + [""] * 12, row):
        out.write(",".join(_cell(c, n in _QUOTED) for n, c in enumerate(cells)) + "\n")
    return out.getvalue()


#: Columns that csvlog writes as quoted texts when they are not empty (write_csvlog).
_QUOTED = {1, 2, 4, 7, 13, 14, 15, 16, 18, 19, 21, 22, 23}


def _cell(value: object, quoted: bool) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if quoted and text else text


def _json(report: Written) -> str:
    entry = {
        "timestamp": "2026-11-20 22:54:46.909 UTC",
        "user": "shop",
        "dbname": "shop",
        "pid": report.waits[0].waiter,
        "error_severity": "ERROR",
        "state_code": "40P01",
        "message": messages.DEADLOCK[report.language],
        "detail": "\n".join(detail_lines(report) + shown_lines(report)),
        "context": context_of(report),
        "statement": report.statements[0],
    }
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"


def _libpq(report: Written) -> str:
    said = (
        f"{labels.SEVERITIES['ERROR'].get(report.language, 'ERROR')}:  {messages.DEADLOCK[report.language]}\n"
    )
    said += "DETAIL:  " + "\n".join(detail_lines(report)) + "\nHINT:  See server log for query details.\n"
    return said + (f"CONTEXT:  {context_of(report)}\n" if context_of(report) else "")


def random_report(dice: random.Random) -> Written:
    """A report by chance, for the fuzzer; the property tests draw theirs from hypothesis."""
    count = dice.choice((2, 2, 3, 5, 12))
    pids = dice.sample(range(100, 99999), count)
    waits = []
    for n, pid in enumerate(pids):
        kind = dice.choice([k for k in locks.TAGS if k != "unrecognized"])
        numbers = tuple((name, dice.randrange(2**32)) for name in places(kind))
        waits.append(Wait(pid, pids[(n + 1) % count], dice.choice(MODES), kind, numbers))
    statements = tuple(f"UPDATE t SET a = '{'x' * dice.randrange(40)}'\n WHERE id = {pid}" for pid in pids)
    doing = dice.choice((None, *contexts.TUPLE))
    return Written(
        dice.choice(wording.LANGUAGES), tuple(waits), statements, doing, "t", dice.choice(PREFIXES)
    )
