"""`python -m dexter.run` starts everything, `... manage` runs a command beside it, `... bench` measures."""

import os
import sys

from dexter.run.bench import bench
from dexter.run.plan import ROOT, Misconfigured, Plan, make_plan
from dexter.run.signals import Stopped, Waiter
from dexter.run.startup import Failed, Startup, check_ports, lock, manage
from dexter.run.terminal import Terminal
from dexter.run.tree import Tree

# Ctrl+C to the last process gone, in seconds.
STOP_WITHIN = 8.0


def main(arguments: list[str]) -> int:
    """The exit code: 0 after an orderly stop, 1 when the start failed."""
    terminal = Terminal()
    if arguments[:1] == ["bench"]:
        return bench(arguments[1:])
    try:
        plan = make_plan(os.environ)
        if arguments[:1] == ["manage"]:
            manage(plan, arguments[1:])
        return run(plan, terminal, parent=os.getppid() if "--with-parent" in arguments else None)
    except (Misconfigured, Failed) as error:
        terminal.say(str(error))
        return 1


def run(plan: Plan, terminal: Terminal, parent: int | None = None) -> int:
    """Start the plan, watch over it until somebody stops it, leave nothing behind."""
    os.chdir(ROOT)
    held = lock(plan)
    check_ports(plan)
    waiter = Waiter(parent)
    tree = Tree(terminal.say, hold=held)
    started = Startup(plan, tree, waiter, terminal)
    try:
        started.bring_up()
        started.watch()
    except Stopped:
        terminal.say("Stopping ...")
    finally:
        tree.stop(STOP_WITHIN, is_hurried=lambda: waiter.times > 1)
    terminal.say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
