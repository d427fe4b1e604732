"""Variations of the causes, from ``variations.txt``: other tables, other SQL, other orders of the same."""

import pathlib
import re

from deadlocks.analyzer.tests.scenarios.setting import Scenario

_FILE = pathlib.Path(__file__).with_suffix(".txt")
_BLOCK = re.compile(r"^= (?P<name>\S+) (?P<cause>\S+) (?P<form>two|steps)\n(?P<steps>(?:\w: .*\n)+)", re.M)


def _scenarios(text):
    start = text.index("CREATE TABLE")
    setup = text[start : text.index("\n= ")]
    for found in _BLOCK.finditer(text):
        lines = (line.split(": ", 1) for line in found["steps"].splitlines())
        steps = tuple((session, said.replace("\\n", "\n")) for session, said in lines)
        begin = (("A", "BEGIN"), ("B", "BEGIN")) if found["form"] == "two" else ()
        yield Scenario(found["name"], found["cause"], begin + steps, setup=setup)


VARIATIONS = tuple(_scenarios(_FILE.read_text(encoding="utf-8")))
