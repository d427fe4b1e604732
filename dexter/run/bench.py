"""`python -m dexter.run bench NAME ...`: `manage.py bench` with a scratch folder and a Valkey of its own.

Measured are SQLite and PostgreSQL, each in a database that is made for it and removed again.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dexter.embedded import Server, socket_path
from dexter.run.plan import ROOT

POSTGRES = "postgres://postgres@127.0.0.1:5432/dexter_bench"


def bench(arguments: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """The worst exit code. `DATABASE_URL` names the PostgreSQL, a local one by default."""
    with tempfile.TemporaryDirectory(prefix="dexter-bench-") as folder:
        listen = socket_path(Path(folder) / "valkey")
        databases = [f"sqlite:///{folder}/dexter.sqlite3", environ.get("DATABASE_URL") or POSTGRES]
        with Server(listen):
            return max(_measure(arguments, url, listen, Path(folder), environ) for url in databases)


def _measure(
    arguments: list[str], database: str, listen: Path, folder: Path, environ: Mapping[str, str]
) -> int:
    own = {
        "DEXTER_EMBEDDED": "1",
        "DEXTER_VAR_DIR": str(folder),
        "DATABASE_URL": database,
        "REDIS_URL": f"unix://{listen}",
        "OUTBOUND_ALLOW": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "manage.py", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**environ, **own}, check=False).returncode
