from pathlib import Path

import environ
import pytest

from dexter.run.dotenv import read_dotenv

LINES = [
    "PLAIN=value",
    "EMPTY=",
    "export EXPORTED=1",
    "URL=postgres://u:p#w@host/db?x=y",
    "SINGLE='a b # c'",
    'DOUBLE="a \\"b\\" \\n c"',
    "SPACED= a ",
    "TRAILING=value # stays part of the value",
    "QUOTE='",
    "# COMMENTED=1",
    "",
    "no pair at all",
    "lower_case9=x",
    "EQUALS=a=b=c",
]


def test_the_same_values_as_the_settings_get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    path.write_text("\n".join(LINES))
    monkeypatch.setattr(environ.Env, "ENVIRON", {})
    environ.Env.read_env(path)
    assert read_dotenv(path) == environ.Env.ENVIRON
    assert len(environ.Env.ENVIRON) == 11


def test_no_file_sets_nothing(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}
