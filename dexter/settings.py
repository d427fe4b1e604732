"""All settings, read from the environment (or `.env`). Every variable is described in `.env.example`.

Settings fail closed: without `SECRET_KEY` and `TOKEN_KEYS` nothing starts, except in the embedded mode
(`DEXTER_EMBEDDED=1`, what `make run` sets), which makes both once and keeps them in `VAR_DIR`.
"""

import logging
import warnings
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from dexter.secrets import embedded_secret

BASE_DIR = Path(__file__).resolve().parent.parent
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


class Environment(environ.Env):
    """The environment; names the variable whose value it cannot be."""

    def get_value(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):  # type: ignore[no-untyped-def]
        try:
            return super().get_value(var, cast, default, parse_default)
        except (ValueError, IndexError) as error:
            raise ImproperlyConfigured(
                f"{var} cannot be {self.ENVIRON.get(var)!r}. See .env.example."
            ) from error

    def bool(self, var: str, default: bool) -> bool:
        """What is neither yes nor no is refused: `HTTPS=ja` would be off, and nobody told."""
        found: bool = self.get_value(var, _flag, default=default)
        return found

    def weights(self, var: str) -> dict[str, int]:
        """`users=40,volume=15`."""
        return self.get_value(var, _weights, default={})

    def database(self, var: str, default: str) -> dict[str, Any]:
        """Of the two kinds that Dexter knows. What was written is not repeated: it holds a password."""
        with warnings.catch_warnings(), suppress(ValueError):
            warnings.simplefilter("ignore")  # it prints the password of what it does not know
            found: dict[str, Any] = self.db_url(var, default=default)
            if found.get("ENGINE", "").endswith((".postgresql", ".sqlite3")):
                return found
        raise ImproperlyConfigured(
            f"{var} is no address of a PostgreSQL or SQLite database, such as"
            " postgres://user:password@host:5432/name (with signs such as / and @ percent-encoded)."
        )

    def mail(self, var: str, default: str) -> dict[str, Any]:
        """The settings of Django's mail; what was written is not repeated, either."""
        try:
            return dict(self.email_url(var, default=default))
        except (ValueError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(
                f"{var} is no address of a mail server, such as smtp+tls://user:password@host:587. See"
                " .env.example."
            ) from error


def _flag(written: str) -> bool:
    """Raises ValueError for anything but yes and no; nothing is no."""
    word = written.strip().lower()
    if word not in (*YES, *NO):
        raise ValueError
    return word in YES


def _weights(written: str) -> dict[str, int]:
    """Raises ValueError for anything but names with whole numbers."""
    pairs = (part.partition("=") for part in written.split(",") if part.strip())
    return {name.strip(): int(number) for name, _, number in pairs}


def _level(written: str) -> str:
    """Raises ValueError for what is no level of logging."""
    if written.upper() not in logging.getLevelNamesMapping():
        raise ValueError
    return written.upper()


env = Environment()
environ.Env.read_env(BASE_DIR / ".env")

# --- where Dexter runs ------------------------------------------------------------------------------------
EMBEDDED = env.bool("DEXTER_EMBEDDED", default=False)
VAR_DIR = Path(env("DEXTER_VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
SANDBOX_PORT = env.int("SANDBOX_PORT", default=9000)
# The demo account exists only where the page itself is on loopback and the data come from the sandbox.
DEMO = env.bool("DEXTER_DEMO", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
ROOT_URLCONF = "dexter.urls"
ASGI_APPLICATION = "dexter.asgi.application"
WSGI_APPLICATION = "dexter.wsgi.application"


def _secret(name: str) -> str:
    value = env(name, default="")
    if value:
        return value
    if EMBEDDED:
        return embedded_secret(VAR_DIR, name)
    raise ImproperlyConfigured(
        f"{name} is not set. Set it in the environment or in .env; `make secrets` prints fresh values."
    )


# --- secrets ----------------------------------------------------------------------------------------------
SECRET_KEY = _secret("SECRET_KEY")
# Fernet keys, comma-separated, newest first: the first encrypts, all decrypt. Apart from SECRET_KEY, so that
# rotating one never endangers what the other protects.
TOKEN_KEYS = _secret("TOKEN_KEYS").split(",")

# --- applications -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "csp",
    "dexter.jobs",
    "dexter.web",
    "dexter.ops",
    "issues",
    "deadlocks",
    "analytics",
    "ai",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "dexter.api.in_shape",
    "dexter.web.middleware.without_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dexter.web.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dexter.web.context.portal",
            ],
            "builtins": ["dexter.web.templatetags.dexter"],
        },
    }
]

# --- storage ----------------------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN and waits for it, so that no transaction fails half way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
    " PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;",
}
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'dexter.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["OPTIONS"] = {
        # Pages ask many small questions: compiling a query or starting workers for it takes longer than it,
        # and a page in memory or on an SSD costs about the same wherever it lies.
        "options": env(
            "DATABASE_OPTIONS",
            default="-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1",
        ),
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=16), "timeout": 30},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker, cache and live updates. The embedded mode starts a Valkey of its own and sets this.
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- jobs -------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "dexter"
# Asking a language model takes minutes, so it has a queue of its own. A worker without -Q works for both.
CELERY_TASK_QUEUES = (Queue("dexter"), Queue("ai"))
_SLOW = ("explain", "make_query", "pull_model", "try_model", "write_summaries")
CELERY_TASK_ROUTES = {f"ai.tasks.{name}": {"queue": "ai"} for name in _SLOW}
# A killed worker's tasks come back after the visibility timeout; it must exceed the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("TASK_VISIBILITY_TIMEOUT", default=900),
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
WORKER_NICE = env.int("WORKER_NICE", default=5)
SYNC_EVERY = env.int("SYNC_EVERY", default=60)  # seconds between incremental syncs
SYNC_FULL_EVERY = env.int("SYNC_FULL_EVERY", default=6 * 3600)  # seconds between full reconciliations
CELERY_BEAT_SCHEDULE = {
    "sync-connections": {"task": "issues.tasks.sync_due_connections", "schedule": timedelta(seconds=10)},
    "process-webhooks": {
        "task": "issues.tasks.process_waiting_webhooks",
        "schedule": timedelta(seconds=5),
    },
    "push-outbox": {"task": "issues.tasks.push_due", "schedule": timedelta(seconds=5)},
    "reap-jobs": {"task": "dexter.jobs.tasks.reap", "schedule": timedelta(seconds=20)},
    "push-notes": {"task": "issues.tasks.push_notes_due", "schedule": timedelta(seconds=10)},
    "inbox-mail": {"task": "issues.tasks.send_inbox_mail", "schedule": timedelta(seconds=30)},
    "remove-exports": {"task": "issues.tasks.remove_old_exports", "schedule": timedelta(minutes=30)},
    "prune-cache": {"task": "issues.tasks.prune", "schedule": timedelta(hours=1)},
    "read-waiting-events": {
        "task": "deadlocks.tasks.read_waiting_events",
        "schedule": timedelta(minutes=5),
    },
    "prune-logs": {"task": "deadlocks.tasks.prune_logs", "schedule": timedelta(hours=1)},
    "settle-explanations": {"task": "ai.tasks.settle", "schedule": timedelta(seconds=20)},
    "summarise-issues": {"task": "ai.tasks.summarise", "schedule": timedelta(minutes=5)},
    "check-model-servers": {"task": "ai.tasks.check_providers", "schedule": timedelta(minutes=1)},
    "prune-explanations": {"task": "ai.tasks.prune", "schedule": timedelta(hours=1)},
}

# --- the Sentry to sync, when it comes from the environment (others are added in the admin) ---------------
SENTRY_API_TOKEN = env("SENTRY_API_TOKEN", default="")
SENTRY_ORG = env("SENTRY_ORG", default="")
SENTRY_BASE_URL = env("SENTRY_BASE_URL", default="https://sentry.io/api/0/")
SENTRY_WEB_URL = env("SENTRY_WEB_URL", default="")
# Hosts or networks that a connection may reach although their addresses are not public.
OUTBOUND_ALLOW = env.list("OUTBOUND_ALLOW", default=[])

# --- sync and retention -----------------------------------------------------------------------------------
SYNC_WINDOW_DAYS = env.int("SYNC_WINDOW_DAYS", default=90)
SYNC_THREADS = env.int("SYNC_THREADS", default=4)
# Issues whose events are fetched in one run, most important first.
SYNC_EVENT_ISSUES = env.int("SYNC_EVENT_ISSUES", default=200)
# Requests a second, for servers that send no rate-limit headers; 0 is without limit.
SYNC_MAX_RATE = env.int("SYNC_MAX_RATE", default=0)
KEEP_EVENTS_PER_ISSUE = env.int("KEEP_EVENTS_PER_ISSUE", default=20)
KEEP_EVENTS_DAYS = env.int("KEEP_EVENTS_DAYS", default=90)
KEEP_ISSUES_DAYS = env.int("KEEP_ISSUES_DAYS", default=365)
KEEP_RUNS_DAYS = env.int("KEEP_RUNS_DAYS", default=14)
KEEP_WEBHOOKS_HOURS = env.int("KEEP_WEBHOOKS_HOURS", default=24)
KEEP_EXPORTS_HOURS = env.int("KEEP_EXPORTS_HOURS", default=24)
# Written by the worker, sent by the web processes: where they do not share a disk, both mount this folder.
EXPORTS_DIR = VAR_DIR / "exports"
# Logs that were given to look for deadlocks in: how large one may be, and how long what nobody kept stays.
LOG_MAX_MB = env.int("LOG_MAX_MB", default=1024)
KEEP_LOGS_HOURS = env.int("KEEP_LOGS_HOURS", default=72)
LOGS_DIR = VAR_DIR / "logs"
# A deadlock of a log and one of an event are the same when the victim is and their times are this close.
DEADLOCK_JOIN_SECONDS = env.int("DEADLOCK_JOIN_SECONDS", default=120)

# --- language models --------------------------------------------------------------------------------------
# The first model server; others are added in the admin. Dexter may connect to its host, local or not.
OLLAMA_BASE_URL = env("OLLAMA_BASE_URL", default="")
OLLAMA_MODEL = env("OLLAMA_MODEL", default="")
AI_CONCURRENCY = env.int("AI_CONCURRENCY", default=2)
AI_DAILY_LIMIT = env.int("AI_DAILY_LIMIT", default=200)
# Seconds: for a whole answer, and to its first token, in which a server may have to load the model.
AI_TIMEOUT = env.int("AI_TIMEOUT", default=600)
AI_FIRST_TOKEN_TIMEOUT = env.int("AI_FIRST_TOKEN_TIMEOUT", default=120)
# New and busy issues in one line, written in the background: on or off, how many at a time and a day.
AI_SUMMARIES = env.bool("AI_SUMMARIES", default=True)
AI_SUMMARIES_PER_RUN = env.int("AI_SUMMARIES_PER_RUN", default=10)
AI_SUMMARIES_PER_DAY = env.int("AI_SUMMARIES_PER_DAY", default=200)
KEEP_EXPLANATIONS_DAYS = env.int("KEEP_EXPLANATIONS_DAYS", default=180)

# --- scoring: weights of issues/scoring.py, each 0 to 100 -------------------------------------------------
SCORE_WEIGHTS = env.weights("SCORE_WEIGHTS")

# --- people -----------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["dexter.web.backends.PortalBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "issues:list"
LOGOUT_REDIRECT_URL = "login"

# --- e-mail: what is in somebody's inbox, when they want it so --------------------------------------------
vars().update(env.mail("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="Dexter <dexter@localhost>")
EMAIL_TIMEOUT = 20
# Where people open Dexter: e-mails cannot take it from a request.
PORTAL_URL = env("PORTAL_URL", default=f"http://localhost:{PORT}").rstrip("/")

# --- browser security -------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Without HTTPS dexter.W004 says it in one sentence. HSTS is for this host; Dexter knows of no subdomains.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- static files -----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dexter.web.static_files.StaticFilesStorage"},
}

# --- language and time: pages speak UTC -------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- logging: one line each to stderr, never a token ------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.get_value("LOG_LEVEL", _level, default="INFO")},
    "loggers": {"httpx": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}
