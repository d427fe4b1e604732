"""Settings of the test suite: the real ones, with secrets, a scratch folder and a Valkey of their own.

`DATABASE_URL` and `REDIS_URL` are honoured, so the same suite runs on PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile

from dexter.secrets import fresh_secret

SCRATCH = tempfile.mkdtemp(prefix="dexter-test-")
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
# An xdist worker inherits what the process that started it put below: it takes a folder and a server, or at
# least a Redis database (the named one, the next one, ...), of its own.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["DEXTER_VAR_DIR"] = SCRATCH
    named, _, number = os.environ["REDIS_URL"].rpartition("/")
    if named.startswith("unix://"):
        del os.environ["REDIS_URL"]
    elif number.isdigit():
        os.environ["REDIS_URL"] = f"{named}/{int(number) + int(worker.removeprefix('gw'))}"
os.environ.setdefault("SECRET_KEY", fresh_secret("SECRET_KEY"))
os.environ.setdefault("TOKEN_KEYS", fresh_secret("TOKEN_KEYS"))
os.environ.setdefault("DEXTER_VAR_DIR", SCRATCH)
# conftest.py starts the server behind this socket.
os.environ.setdefault("REDIS_URL", f"unix://{SCRATCH}/valkey.sock")
for name in ("SENTRY_API_TOKEN", "SENTRY_ORG", "DEXTER_EMBEDDED", "OLLAMA_BASE_URL", "OLLAMA_MODEL"):
    os.environ.pop(name, None)

from dexter.settings import *  # noqa: E402, F403

OUTBOUND_ALLOW = ["127.0.0.1"]
# A file, as in production: threads that share SQLite's memory lock each other's tables instead of waiting.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"{SCRATCH}/test.sqlite3"}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - WhiteNoise warns where it is missing
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Eager tasks still serialise their arguments, so that what the queue would refuse fails here too.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_STORE_EAGER_RESULT = False
