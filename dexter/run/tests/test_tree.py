import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dexter.run.tests.conftest import Wait, is_running
from dexter.run.tree import LONGEST_LOG, Child, Tree, last_lines

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); "


def test_nothing_is_left_after_kill_9_of_the_parent(
    family: tuple[subprocess.Popen[bytes], list[int]], wait: Wait
) -> None:
    parent, descendants = family
    assert all(map(is_running, descendants))
    parent.kill()
    parent.wait()
    wait(lambda: not any(map(is_running, descendants)))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def tree(said: list[str]) -> Iterator[Tree]:
    made = Tree(said.append)
    yield made
    made.stop(2, is_hurried=lambda: True)


@pytest.fixture
def child(tmp_path: Path) -> Child:
    return Child("worker", [sys.executable, "-c", SLEEP], tmp_path / "log" / "worker.log", os.environ)


def looked_after(tree: Tree) -> Tree:
    tree.look_after()
    return tree


def test_a_dead_child_starts_again_and_somebody_is_told(
    tree: Tree, child: Child, said: list[str], wait: Wait
) -> None:
    tree.start(child)
    first = tree._running["worker"].process.pid
    os.kill(first, signal.SIGKILL)
    wait(lambda: not tree.is_alive("worker"))
    tree.look_after()
    assert said == [f"worker ended (killed by SIGKILL); it starts again in 1 s. Its log: {child.log}"]
    wait(lambda: looked_after(tree).is_alive("worker"))
    assert tree._running["worker"].process.pid != first


def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    tree: Tree, tmp_path: Path, said: list[str], wait: Wait
) -> None:
    tree.start(Child("web", [sys.executable, "-c", "exit(3)"], tmp_path / "web.log", {}))
    wait(lambda: looked_after(tree) and len(said) == 2)
    assert "exit code 3" in said[0]
    assert "again in 1 s" in said[0]
    assert "again in 2 s" in said[1]


def test_an_orderly_stop_ends_the_base_last(tmp_path: Path, wait: Wait) -> None:
    log = tmp_path / "log"
    tree = Tree(print)
    for name, is_base in (("base", True), ("web", False)):
        say = "lambda word: os.write(1, word.encode() + b'\\n')"  # at once: both write to one file
        leave = f"signal.signal(signal.SIGTERM, lambda *_: exit(say('{name}') and 0))"
        code = f"import os, signal, time; say = {say}; {leave}; say('up'); time.sleep(60)"
        tree.start(Child(name, [sys.executable, "-c", code], log, os.environ, is_base))
    wait(lambda: log.read_text().count("up") == 2)
    tree.stop(5, is_hurried=lambda: False)
    assert log.read_text().split() == ["up", "up", "web", "base"]


@pytest.mark.parametrize(("seconds", "hurried"), [(0.4, False), (60, True)])
def test_what_does_not_heed_is_killed(seconds: float, hurried: bool, tmp_path: Path, wait: Wait) -> None:
    log = tmp_path / "log"
    tree = Tree(print)
    tree.start(Child("deaf", [sys.executable, "-c", STUBBORN + SLEEP], log, {}))
    wait(lambda: "deaf" in last_lines(log))
    started = time.monotonic()
    tree.stop(seconds, is_hurried=lambda: hurried)
    assert time.monotonic() - started < 30
    assert not tree.is_alive("deaf")


def test_run_answers_the_exit_code(tree: Tree, tmp_path: Path) -> None:
    code = "print('no such table'); exit(1)"
    child = Child("prepare", [sys.executable, "-c", code], tmp_path / "log", os.environ)
    assert tree.run(child, time.sleep) == 1
    assert last_lines(child.log) == "no such table"


def test_what_is_typed_reaches_the_input_and_no_log(tree: Tree, tmp_path: Path) -> None:
    code = "import sys; print(len(sys.stdin.readline()))"
    command = [sys.executable, "-c", code]
    child = Child("connect", command, tmp_path / "log", os.environ, typed="sandbox-token")
    assert tree.run(child, time.sleep) == 0
    assert last_lines(child.log) == "13"
    assert "sandbox-token" not in repr(child)


def test_a_program_that_is_not_there_is_an_error(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tree.start(Child("valkey", ["/nowhere/valkey-server"], tmp_path / "log", {}))


def test_logs_stay_short_while_the_child_goes_on_writing(tree: Tree, child: Child) -> None:
    child.log.parent.mkdir()
    child.log.write_bytes(b"x" * (LONGEST_LOG + 1))
    tree.start(child)
    tree.look_after()
    assert child.log.stat().st_size == 0


def test_last_lines_of_no_log_are_none(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.log") == ""
