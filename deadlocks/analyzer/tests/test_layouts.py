# ruff: noqa: E501  texts and tables stay on one line
"""Copies of a log by other programs, and damage: the reports stay the same."""

import codecs
import gzip
import html
import json
import re
import time

import pytest

from deadlocks.analyzer import analyze_log

from . import reports
from .shippers import cloudwatch, cri, docker, each, google, loki

CHOSEN = (
    "update",
    "tuple-queue",
    "long",
    "log-like",
    "comment",
    "trailing",
    "alter",
    "function",
    "cast",
    "literal-lines",
)
CASES = [
    c
    for c in reports.provoked()
    if c["name"] in CHOSEN and c["language"] == "en" and c["verbosity"] == "default"
]


def cell(text):
    return '"' + text.replace('"', '""') + '"'


WRAPPED = {
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "docker": each(lambda line, n: json.dumps({"log": line + "\n", "stream": "stderr"}, ensure_ascii=False)),
    "cloud logging": each(lambda line, n: json.dumps({"insertId": str(n), "textPayload": line})),
    "journald json": each(lambda line, n: json.dumps({"MESSAGE": line, "_PID": "5"})),
    "docker timestamps": each(lambda line, n: f"2026-11-20T22:50:36.{n:09}Z {line}"),
    "kubernetes": each(lambda line, n: f"2026-11-20T22:50:36.{n:09}Z stderr F {line}"),
    "compose": each(lambda line, n: f"db-1  | {line}"),
    "pod": each(lambda line, n: f"[pod/pg-0/postgres] {line}"),
    "quoted mail": each(lambda line, n: f"> {line}"),
    "grep -n": each(lambda line, n: f"{n + 1}:{line}"),
    "grep -H": each(lambda line, n: f"server.log:{line}"),
    "cat -n": each(lambda line, n: f"{n + 1:6}\t{line}"),
    "aws logs tail": each(lambda line, n: f"2026-11-20T22:50:36.{n:06}+00:00 mydb.0 {line}"),
    "heroku drain": each(
        lambda line, n: f"2026-11-20T22:50:36+00:00 app[postgres.12]: [DATABASE] [{n}-1] {line}"
    ),
    "terminal, 8 blanks": lambda text: text.replace("\n\t", "\n        "),
    "tabs lost": lambda text: text.replace("\n\t", "\n"),
    "double spaced": lambda text: text.replace("\n", "\n\n"),
    "indented": each(lambda line, n: "    " + line),
    "indented by a tab": each(lambda line, n: "\t" + line),
    "colours": each(lambda line, n: f"\x1b[31m{line}\x1b[0m"),
    "json string": json.dumps,
    "bom": lambda text: "\ufeff" + text,
    "no end of line": lambda text: text.rstrip("\n"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "two gzip members": lambda text: gzip.compress(text[:300].encode()) + gzip.compress(text[300:].encode()),
    "docker in pieces": lambda text: docker(text, 700),
    "docker, escaped": lambda text: docker(text, ascii_only=True),
    "kubernetes in pieces": lambda text: cri(text, 700),
    "google": google,
    "google, newest first": lambda text: google(text, newest_first=True),
    "cloudwatch": cloudwatch,
    "loki": loki,
    "azure": each(lambda line, n: json.dumps({"time": "x", "properties": {"message": line, "processId": n}})),
    "less -N": each(lambda line, n: f"{n + 1:7} {line}"),
    "journalctl": lambda text: (
        "Nov 20 22:54:46 db1 postgres[51]: " + text.rstrip("\n").replace("\n", "\n" + " " * 34)
    ),
    "nul": lambda text: "\0" * 64 + text + "\0" * 64,
    "utf-32": lambda text: text.encode("utf-32"),
    "utf-16, big endian, no bom": lambda text: text.encode("utf-16-be"),
    "hard blanks": lambda text: text.replace(":  ", ":\u00a0 "),
    "html page": lambda text: f"<html><body><pre>{html.escape(text)}</pre></body></html>",
    "html lines": lambda text: html.escape(text).replace("\n", "<br>\n"),
    "html text": html.escape,
    "carriage returns": lambda text: text.replace("\n", "\r"),
    "two carriage returns": lambda text: text.replace("\n", "\r\r\n"),
    "one line": lambda text: text.replace("\n", "\\n"),
    "python": repr,
    "table": lambda text: "ts,message\n" + each(lambda line, n: f"{n:06},{cell(line)}")(text),
    "table of entries": lambda text: f"message\n{cell(text)}\n",
    "one object": lambda text: json.dumps({"message": text}),
    "aws rds": lambda text: json.dumps({"LogFileData": text, "Marker": "0"}),
    "two objects": lambda text: json.dumps({"log": text}) + "\n" + json.dumps({"log": "end\n"}),
    "fluentd": each(lambda line, n: "2026-11-20 22:50:36 +0000 pg.log: " + json.dumps({"log": line})),
    "kubectl": each(lambda line, n: f"[pod/pg-0/postgres] 2026-11-20T22:50:36.{n:09}Z {line}"),
    "stern": each(lambda line, n: f"pg-0 postgres 2026-11-20T22:50:36.{n:09}Z {line}"),
    "timestamp and tab": each(lambda line, n: f"2026-11-20T22:50:36.{n:09}Z\t{line}"),
    "milliseconds": each(lambda line, n: f"1795215286{n:03}\t{line}"),
    "papertrail": each(lambda line, n: f"Nov 20 22:54:46 db1 pg.log {line}"),
    "patch": each(lambda line, n: "+" + line),
    "a blank for a tab": lambda text: text.replace("\n\t", "\n "),
    "utf-16": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
}


def read(data):
    return [
        (r.edges, tuple((p.pid, (p.statement or "").strip()) for p in r.processes), r.victim.pid)
        for r in analyze_log((data if isinstance(data, bytes) else data.encode(),))
    ]


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['name']} {c['prefix']}")
def test_a_copy_says_the_same(case, wrapped):
    text = case["logs"]["stderr"]
    assert read(WRAPPED[wrapped](text)) == read(text)


QUOTING = [
    c
    for c in reports.provoked()
    if c["name"] in ("raise-detail", "literal-lines", "cast", "application", "syntax")
]
#: What cuts the only sign there is of a record or of an entry.
LOSSY = ("tabs lost", "terminal, 8 blanks", "double spaced", "journalctl", "kubernetes in pieces")


@pytest.mark.parametrize("wrapped", [name for name in WRAPPED if name not in LOSSY])
@pytest.mark.parametrize("layout", ["stderr", "csvlog", "jsonlog"])
@pytest.mark.parametrize("case", QUOTING, ids=lambda c: c["name"])
def test_a_copy_of_what_is_no_deadlock_is_none(case, layout, wrapped):
    assert read(WRAPPED[wrapped](case["logs"][layout])) == []


LOWER = ("ERROR", "DETAIL", "HINT", "CONTEXT", "STATEMENT", "LOG", "FATAL", "WARNING", "NOTICE")


@pytest.mark.parametrize("layout", ["csvlog", "jsonlog"])
def test_a_record_that_a_crash_cut_leaves_the_next_one_whole(layout):
    text = CASES[0]["logs"][layout]
    (whole,) = read(text)
    end = text.index("Process", text.index("blocked by process", text.index('"deadlock detected"')) + 40)
    first, second = read(text[:end] + "\n" + text)
    assert (first[0], second) == (whole[0], whole)


@pytest.mark.parametrize("end", ['"', ""], ids=["short", "open"])
def test_broken_records_are_read_in_linear_time(end):
    record = '2026-11-20 22:54:46.909 UTC,"u","d",1,"x",y,1,"U",2026-11-20 22:54:46 UTC,4/1,1,ERROR,40P01,'
    data = (record + '"deadlock detected' + end + "\n").encode() * 10_000
    start = time.process_time()
    assert len(list(analyze_log((data,)))) >= 9_999
    assert time.process_time() - start < 4


def test_labels_in_small_letters():
    text = CASES[0]["logs"]["stderr"]
    assert read(re.sub("|".join(f"{word}:  " for word in LOWER), lambda m: m[0].lower(), text)) == read(text)


@pytest.mark.parametrize("case", CASES[:4], ids=lambda c: f"{c['name']} {c['prefix']}")
def test_a_head_in_the_file_before_leaves_the_report_in_this_one(case):
    text = case["logs"]["stderr"]
    lines = text.splitlines(True)
    head = next(
        n for n, line in enumerate(lines) if re.search(r"ERROR:  deadlock detected( at .*)?$", line.rstrip())
    )
    assert read("".join(lines[head + 1 :])) == read(text)
    assert [r.edges for r in analyze_log(("".join(lines[: head + 1]).encode(),))] == [()]


FOREIGN = [
    c for c in reports.provoked() if c["name"] in ("tuple-queue", "lock-table") and c["language"] != "en"
]
CHANGED = (
    "html text",
    "html page",
    "html lines",
    "carriage returns",
    "hard blanks",
    "one object",
    "papertrail",
)


@pytest.mark.parametrize("wrapped", CHANGED)
@pytest.mark.parametrize("case", FOREIGN, ids=lambda c: f"{c['name']} {c['language']}")
def test_a_copy_says_the_same_in_any_language(case, wrapped):
    for layout, text in case["logs"].items():
        if layout == "stderr" or wrapped not in ("hard blanks", "one object"):
            assert read(WRAPPED[wrapped](text)) == read(text)


def test_a_port_is_no_process():
    head = "2026-11-20 22:54:46 UTC:10.0.0.1(5151):shop@shop:[4711]:"
    (report,) = analyze_log(
        (f"{head}ERROR:  deadlock detected\n{head}STATEMENT:  UPDATE a SET b = 1\n".encode(),)
    )
    assert report.victim.pid == 4711


@pytest.mark.parametrize("layout", ["stderr", "csvlog", "jsonlog"])
@pytest.mark.parametrize("case", CASES[:6], ids=lambda c: f"{c['name']} {c['prefix']}")
def test_a_report_that_is_cut_off_says_nothing_that_was_not_there(case, layout):
    text = case["logs"][layout]
    (whole,) = read(text)
    start = text.index(str(whole[0][0].waiter), text.index("deadlock detected")) + 1
    for end in range(start, len(text), 13):
        for cut in (text[:end], text[:end] + "\n"):
            (found,) = read(cut)
            assert found[0] == whole[0][: len(found[0])]
            said = dict(whole[1])
            assert all(said[pid].startswith(statement) for pid, statement in found[1] if statement)


RECORDS = {
    "docker": docker,
    "docker in pieces": lambda text: docker(text, 700),
    "kubernetes": cri,
    "compose": each(lambda line, n: f"db-1  | {line}"),
    "docker timestamps": each(lambda line, n: f"2026-11-20T22:50:36.{n:09}Z {line}"),
    "syslog": each(lambda line, n: f"Nov 20 22:54:46 db1 postgres[51]: {line}"),
}
NESTED = {
    "array": lambda rows: "[" + ",\n".join(map(json.dumps, rows)) + "]",
    "pretty": lambda rows: "\n".join(json.dumps(row, indent=2) for row in rows),
    "google": lambda rows: "\n".join(json.dumps({"insertId": "x", "jsonPayload": row}) for row in rows),
    "cloudnativepg": lambda rows: "\n".join(
        json.dumps({"logger": "postgres", "record": row}) for row in rows
    ),
}


@pytest.mark.parametrize("wrapped", RECORDS)
@pytest.mark.parametrize("records", ["csvlog", "jsonlog"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['name']} {c['prefix']}")
def test_records_carried_line_by_line_say_the_same(case, records, wrapped):
    assert read(RECORDS[wrapped](case["logs"][records])) == read(case["logs"][records])


@pytest.mark.parametrize("nested", NESTED)
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['name']} {c['prefix']}")
def test_records_in_other_json_say_the_same(case, nested):
    rows = [json.loads(line) for line in case["logs"]["jsonlog"].splitlines()]
    assert read(NESTED[nested](rows)) == read(case["logs"]["jsonlog"])


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_any_blocks_give_the_same(size):
    text = CASES[0]["logs"]["stderr"].encode()
    pieces = tuple(text[at : at + size] for at in range(0, len(text), size))
    found = [r.edges for r in analyze_log(pieces)]
    assert found == [r.edges for r in analyze_log((text,))]


def test_latin1_session_in_a_utf8_log():
    text = CASES[0]["logs"]["stderr"].replace("balance", "größe")
    (report,) = analyze_log((text.encode("latin-1"),))
    assert "größe" in report.processes[0].statement


def test_line_numbers_and_times_are_those_of_the_log():
    text = CASES[0]["logs"]["stderr"]
    report = next(analyze_log((("x\n" * 5000).encode(), text.encode()), "a.log"))
    line = text.split("\n").index(next(row for row in text.split("\n") if row.endswith("deadlock detected")))
    assert (report.source.file, report.source.line) == ("a.log", 5001 + line)
    assert report.source.time.startswith("2026-")


def test_what_a_foreign_server_passes_on_is_no_second_report():
    text = CASES[0]["logs"]["stderr"]
    head = text[text.index("ERROR:  deadlock detected") :]
    prefix = "2026-11-21 00:00:00.000 UTC [99] other@shop "
    edges = [line.strip() for line in head.splitlines() if "waits for" in line]
    copy = (
        f"{prefix}ERROR:  deadlock detected\n{prefix}{edges[0][edges[0].index('DETAIL') :]}\n\t{edges[1]}\n"
    )
    copy += (
        f"{prefix}CONTEXT:  remote SQL command: UPDATE a SET b = 1\n{prefix}STATEMENT:  UPDATE f SET b = 1\n"
    )
    assert read(text + copy) == read(text)
