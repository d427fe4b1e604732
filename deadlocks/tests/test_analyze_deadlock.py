"""The command as users run it: exit codes, formats, several files, standard input, no settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deadlocks.analyzer.tests import reports

ROOT = Path(__file__).parents[2]
LOG = next(c for c in reports.provoked() if c["name"] == "update")["logs"]["stderr"]


def run(*arguments, data=b""):
    bare = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "SYSTEMROOT")}
    return subprocess.run(
        [sys.executable, "manage.py", "analyze_deadlock", *map(str, arguments)],
        cwd=ROOT, input=data, capture_output=True, env=bare, check=False, timeout=60,
    )  # fmt: skip


def test_json_of_several_files_names_each_file(tmp_path):
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    first.write_text(LOG)
    second.write_text(LOG)
    done = run("--format", "json", first, second)
    found = json.loads(done.stdout)["reports"]
    assert done.returncode == 0
    assert [r["source"]["file"] for r in found] == [str(first), str(second)]
    assert set(json.loads(done.stdout)) == {"analyzer", "reports"}


@pytest.mark.parametrize(
    ("form", "start"), [("text", b"Deadlock on"), ("markdown", b"## Deadlock"), ("svg", b"<svg")]
)
def test_formats_from_standard_input(form, start):
    done = run("--format", form, "-", data=LOG.encode())
    assert (done.returncode, done.stdout[: len(start)]) == (0, start)


def test_nothing_found_is_3():
    done = run("--format", "json", data=b"nothing here\n")
    assert (done.returncode, json.loads(done.stdout)["reports"]) == (3, [])


def test_unreadable_is_2_and_the_rest_is_read(tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    done = run("--format", "json", tmp_path / "no", tmp_path / "a.log")
    assert (done.returncode, len(json.loads(done.stdout)["reports"])) == (2, 1)
    assert b"No such file" in done.stderr


def test_events(tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"exception": {"values": [{"type": "error", "value": "deadlock detected"}]}}))
    done = run("--event", "--format", "json", file)
    assert json.loads(done.stdout)["reports"][0]["missing"][0] == "detail"
    file.write_text("{")
    assert run("--event", "--format", "json", file).returncode == 2
