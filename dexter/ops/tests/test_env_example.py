"""`.env.example` names exactly the variables that are read, with their defaults."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Read by `make run` before there are settings.
BY_THE_RUN = {"DEXTER_HOST"}
READERS = {"env", "_secret"}


def _reads() -> dict[str, ast.expr | None]:
    """The variables that dexter/settings.py reads, each with the expression of its default."""
    found: dict[str, ast.expr | None] = {}
    for call in ast.walk(ast.parse((ROOT / "dexter/settings.py").read_text())):
        if isinstance(call, ast.Call) and _reader(call.func) in READERS and call.args:
            name = call.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found[name.value] = next(
                    (item.value for item in call.keywords if item.arg == "default"), None
                )
    return found


def _reader(function: ast.expr) -> str:
    inner = function.value if isinstance(function, ast.Attribute) else function
    return inner.id if isinstance(inner, ast.Name) else ""


EXAMPLE = (ROOT / ".env.example").read_text()
SHOWN = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_every_variable_is_shown_and_nothing_else() -> None:
    assert set(SHOWN) == set(_reads()) | BY_THE_RUN


def test_every_variable_has_a_comment_above_it() -> None:
    blocks = re.split(r"\n\s*\n", EXAMPLE)
    bare = [block for block in blocks if re.match(r"#[A-Z_]+=", block)]
    assert bare == []
    assert re.search(r"^# [A-Z]", EXAMPLE, re.MULTILINE)


SIMPLE = {
    name: value
    for name, default in _reads().items()
    if default
    and not [part for part in ast.walk(default) if isinstance(part, ast.Name)]
    and (value := eval(ast.unparse(default))) is not None  # numbers and texts of our own settings
}


@pytest.mark.parametrize("name", SIMPLE)
def test_the_value_shown_is_the_default(name: str) -> None:
    if name == "REDIS_URL":
        assert SHOWN[name] == ""  # without it `make run` brings its own server
        return
    value = SIMPLE[name]
    shown = (
        ",".join(value) if isinstance(value, list) else str(int(value) if isinstance(value, bool) else value)
    )
    assert SHOWN[name] == ("" if value == {} else shown)
