import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def wait() -> Wait:
    """Waits until the given function answers something true, 10 seconds at most."""

    def until(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not happen within 10 seconds"
            time.sleep(0.02)

    return until


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


# A parent with two children; the second has a child of its own and neither heeds SIGTERM.
PARENT = """
import sys, time
from pathlib import Path
from dexter.run.tree import Child, Tree
log, pids = Path(sys.argv[1]), sys.argv[2]
note = f"import os, signal, subprocess, sys, time; open('{pids}', 'a').write(str(os.getpid()) + chr(10))"
stubborn = f"{note}; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
nested = f"{stubborn}; subprocess.run([sys.executable, '-c', {stubborn + '; time.sleep(60)'!r}])"
tree = Tree(print)
tree.start(Child("plain", [sys.executable, "-c", f"{note}; time.sleep(60)"], log, {}))
tree.start(Child("nested", [sys.executable, "-c", nested], log, {}))
time.sleep(60)
"""


@pytest.fixture
def family(tmp_path: Path, wait: Wait) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A running parent and the process ids of its three descendants."""
    pids = tmp_path / "pids"
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log"), str(pids)]
    parent = subprocess.Popen(command)
    wait(lambda: pids.exists() and len(pids.read_text().split()) == 3)
    found = [int(pid) for pid in pids.read_text().split()]
    yield parent, found
    for pid in (parent.pid, *found):
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)
    parent.wait()
