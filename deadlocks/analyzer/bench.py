"""``python -m deadlocks.analyzer.bench``: how fast a server log is read, beside pgBadger when that is
installed.

Makes a log of a given size (default 200 MB) from a fixed seed: ordinary lines, statements of several lines,
lock-wait lines and one report in every 35 kB. Prints one JSON line for each measurement: seconds, MB per
second, peak memory in MB of the measured process, reports found and written.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SEED = 40
BYTES_FOR_EACH_REPORT = 34_990
_TABLES = ("accounts", "orders", "order_items", "stock_level", "stock_audit", "customers", "jobs", "payments")
_ORDINARY = (
    "LOG:  duration: {ms}.{us} ms  statement: SELECT a.id, a.balance, a.owner, a.created_at, a.updated_at, "
    "b.name, b.total "
    "FROM {table} a JOIN customers b ON b.id = a.customer_id WHERE a.id = {n} AND a.balance > {us} ORDER "
    "BY a.id LIMIT 20",
    "LOG:  duration: {ms}.{us} ms  parse <unnamed>: UPDATE {table} SET updated_at = now(), counter = "
    "counter + 1 WHERE id = $1",
    "LOG:  connection authorized: user=shop database=shop application_name=worker-{us} SSL enabled "
    "(protocol=TLSv1.3)",
    "LOG:  disconnection: session time: 0:00:{ms}.{us} user=shop database=shop host=10.0.0.{ms} port={n}",
    'ERROR:  duplicate key value violates unique constraint "{table}_pkey"',
    "DETAIL:  Key (id)=({n}) already exists.",
    "STATEMENT:  INSERT INTO {table} (id, name, created_at) VALUES ({n}, 'somebody', '2026-11-20 "
    "22:00:00+00') RETURNING id",
    "LOG:  duration: {ms}.{us} ms  statement: SELECT *\n\t  FROM {table}\n\t WHERE owner_id = {n}\n\t "
    "ORDER BY created_at DESC",
)


def write_log(path: Path, size: int) -> int:
    """Writes a log of about ``size`` bytes; returns the number of reports in it."""
    dice = random.Random(SEED)  # noqa: S311  the same log every time, nothing secret
    written, reports = 0, 0
    with path.open("wb") as file:
        for text in _entries(dice):
            file.write(text.encode())
            written += len(text)
            if written // BYTES_FOR_EACH_REPORT > reports:
                report = _report(dice)
                file.write(report.encode())
                written += len(report)
                reports += 1
            if written >= size:
                return reports
    return reports


def _entries(dice: random.Random) -> Iterator[str]:
    second = 0
    while True:
        second += 1
        minutes, hours = second // 60 % 60, second // 3600 % 24
        clock = f"2026-11-{20 + second // 86400 % 10:02} {hours:02}:{minutes:02}:{second % 60:02}"
        for _ in range(40):
            pid, n = dice.randrange(1000, 60000), dice.randrange(1, 10**6)
            places = {"ms": n % 60, "us": f"{n % 1000:03}", "table": _TABLES[n % 8], "n": n, "pid": pid}
            body = _ORDINARY[n % 8].format_map(places)
            yield f"{clock}.{n % 1000:03} UTC [{pid}] shop@shop {body}\n"
        if second % 20 == 0:
            wait = f"LOG:  process {pid} still waiting for ShareLock on transaction {n}"
            yield f"{clock}.{n % 1000:03} UTC [{pid}] shop@shop {wait} after 1000.{n % 1000:03} ms\n"


def _report(dice: random.Random) -> str:
    count = dice.choice((2, 2, 2, 2, 3, 4))
    pids = dice.sample(range(1000, 60000), count)
    xid = dice.randrange(10**6, 10**9)
    table = dice.choice(_TABLES)
    head = f"2026-11-20 23:59:59.{xid % 1000:03} UTC [{pids[0]}] shop@shop "
    waits = [
        f"Process {pid} waits for ShareLock on transaction {xid + n}; blocked by process "
        f"{pids[(n + 1) % count]}."
        for n, pid in enumerate(pids)
    ]
    statements = [  # text of a log, nothing runs it
        f"UPDATE {table} SET balance = balance - {xid % 97} WHERE id = {xid % 9999 + n}"  # noqa: S608
        for n in range(count)
    ]
    shown = [f"Process {pid}: {statement}" for pid, statement in zip(pids, statements, strict=True)]
    detail = "\n\t".join(waits + shown)
    return (
        f"{head}ERROR:  deadlock detected\n{head}DETAIL:  {detail}\n{head}HINT:  See server log for query "
        f"details.\n"
        f'{head}CONTEXT:  while updating tuple ({xid % 900},{count}) in relation "{table}"\n'
        f"{head}STATEMENT:  {statements[0]}\n"
    )


def measure(name: str, command: list[str], size: int, count: int | None = None) -> dict[str, object]:
    """Runs a command on one core and tells its time and memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603  our own commands
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2]
    )
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "bench": name,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "mb_per_second": round(size / 1e6 / seconds, 1),
        "peak_mb": round(after.ru_maxrss / 1024, 1),
    }
    if count is not None:
        found["reports"], found["written"] = done.stdout.count(b'"root_cause"'), count
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=200_000_000, help="bytes of log to make")
    parser.add_argument("--keep", help="write the log here and keep it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(options.keep) if options.keep else Path(folder) / "postgresql.log"
        count = write_log(path, options.size)
        size = path.stat().st_size
        one_core = ["taskset", "-c", "0"] if shutil.which("taskset") else []
        ours = [*one_core, sys.executable, "manage.py", "analyze_deadlock", "--format", "json", str(path)]
        print(json.dumps(measure("analyze_deadlock", ours, size, count)), flush=True)
        pgbadger = shutil.which("pgbadger")
        if pgbadger:
            theirs = [
                *one_core,
                pgbadger,
                "-j",
                "1",
                "-q",
                "-f",
                "stderr",
                "-p",
                "%m [%p] %q%u@%d ",
                "-x",
                "json",
            ]
            print(
                json.dumps(
                    measure("pgbadger -j1", [*theirs, "-o", f"{folder}{os.sep}out.json", str(path)], size)
                )
            )
        else:
            print(json.dumps({"bench": "pgbadger -j1", "skipped": "pgbadger is not installed"}))


if __name__ == "__main__":
    main()
