"""The machine and the installation: Python, packages, disk, static files, settings."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks

from dexter.ops.doctor.findings import Finding, fine, warning, wrong
from dexter.ops.prepare import DEMO_NAME, DEMO_PASSWORD

LEAST_FREE = 500_000_000  # bytes
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)\s*(;.*)?$", re.MULTILINE)


def python() -> Iterator[Finding]:
    yield fine("python", ".".join(map(str, sys.version_info[:3])))


def packages() -> Iterator[Finding]:
    """Installed versions against the pins; a pin for another platform is nobody's fault."""
    pins = _PIN.findall((settings.BASE_DIR / "requirements.txt").read_text())
    off = [
        f"{name} {_installed(name)} instead of {wanted}"
        for name, wanted, marker in pins
        if not marker and _installed(name) != wanted
    ]
    if off:
        yield warning("packages", f"Not as pinned: {', '.join(off)}.", "pip install -r requirements.txt")
    else:
        yield fine("packages", f"{len(pins)} pins of requirements.txt")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def disk() -> Iterator[Finding]:
    folder = Path(settings.VAR_DIR)
    if not folder.exists():
        yield warning("disk", f"{folder} does not exist.", "Start Dexter once, or set DEXTER_VAR_DIR.")
        return
    if reason := _unwritable(folder):
        yield wrong(
            "disk",
            f"Nothing can be written in {folder}: {reason}.",
            "Give the folder to the user that runs Dexter, or set DEXTER_VAR_DIR to another one.",
        )
        return
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield wrong(
            "disk",
            f"{free / 1e6:,.0f} MB free in {folder}.",
            "Free some space, or lower the KEEP_* settings.",
        )
    else:
        yield fine("disk", f"{free / 1e9:,.1f} GB free in {folder}")


def _unwritable(folder: Path) -> str:
    """Why no file can be made there; "" where one can."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def static_files() -> Iterator[Finding]:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() or settings.DEBUG:
        yield fine("static files", f"collected in {settings.STATIC_ROOT}")
    else:
        how = "Run manage.py collectstatic (make run does it by itself)."
        yield wrong("static files", "Not collected: pages would have no style.", how)


def settings_checks() -> Iterator[Finding]:
    """Django's checks and Dexter's own; outside the embedded mode also those for a server."""
    found = checks.run_checks(include_deployment_checks=not settings.EMBEDDED)
    serious = [message for message in found if message.level >= checks.WARNING and not message.is_silenced()]
    for message in serious:
        make = wrong if message.level >= checks.ERROR else warning
        yield make("settings", f"{message.msg} ({message.id})", message.hint or "See .env.example.")
    if not serious:
        yield fine("settings", "nothing contradicts itself")


def demo_account() -> Iterator[Finding]:
    account = get_user_model().objects.filter(username=DEMO_NAME, is_active=True).first()
    if not settings.DEMO and account and account.check_password(DEMO_PASSWORD):
        yield wrong(
            "accounts",
            "The demo account is open, with the password everybody knows.",
            "Close it in the admin, or run manage.py prepare.",
        )
    elif not get_user_model().objects.filter(is_active=True).exists():
        yield wrong("accounts", "Nobody can sign in.", "make user, or manage.py createsuperuser")
    else:
        yield fine("accounts", f"{get_user_model().objects.filter(is_active=True).count()} may sign in")
