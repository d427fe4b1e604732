"""What `make run` does before the web starts. Every step does nothing when nothing changed."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from issues.models import Connection

SANDBOX_NAME = "Sandbox"  # what `make run` calls its own connection
DEMO_NAME = DEMO_PASSWORD = "demo"  # noqa: S105 - said on the sign-in page, on loopback only


def migrate() -> bool:
    """Apply what is not applied; whether there was anything."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static() -> bool:
    """Collect the static files when one of them changed since the last time; whether it did."""
    stamp = Path(settings.STATIC_ROOT) / ".fingerprint"
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """Of the paths, sizes and times of all static files: reading their contents would cost a second."""
    digest = hashlib.sha256()
    for path in sorted(_static_files()):
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))


def accounts(first_password: Path) -> str | None:
    """Make the first account: demo / demo for the demo, else `admin` with a password that is shown once.

    The password goes into the file `first_password` (mode 600), from where the caller shows and removes it.
    Outside the demo an account that still has the demo password is closed. Answers the name of a new account.
    """
    people = get_user_model().objects
    demo = people.filter(username=DEMO_NAME).first()
    if settings.DEMO:
        if demo and demo.is_active and demo.check_password(DEMO_PASSWORD):
            return None
        demo = demo or people.model(username=DEMO_NAME)
        demo.is_active = demo.is_staff = demo.is_superuser = True
        demo.set_password(DEMO_PASSWORD)
        demo.save()
        return DEMO_NAME
    if demo and demo.is_active and demo.check_password(DEMO_PASSWORD):
        demo.is_active = False
        demo.save(update_fields=["is_active"])
    if people.filter(is_active=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    people.create_superuser("admin", password=password)
    first_password.touch(mode=0o600)
    first_password.write_text(password)
    return "admin"


def sandbox_connection(base_url: str | None) -> int:
    """Point the sandbox's connection at the running sandbox, or switch it off; how many rows changed.

    `base_url` is that of the running sandbox (its port may differ from last time), None where there is none.
    """
    kept = Connection.objects.filter(name=SANDBOX_NAME, base_url__startswith="http://127.0.0.1:")
    if base_url is None:
        return kept.filter(enabled=True).update(enabled=False)
    return kept.exclude(enabled=True, base_url=base_url).update(enabled=True, base_url=base_url, web_url="")
