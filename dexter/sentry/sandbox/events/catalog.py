"""Which programs there are, what application they belong to and how they are run."""

from dataclasses import dataclass
from typing import Any

STOREFRONT, BILLING, PIPELINE, ADMIN, FRONTEND = range(5)


@dataclass(frozen=True, slots=True)
class Program:
    """`path` is what the traceback shows; `mode` is wsgi (through the SDK's middleware), call or recorded.

    `raises` pairs a part of a statement with the database error it meets. `mechanism` names how an exception
    was caught when it is not the middleware's; `handled` says whether the application survived it. `depth` is
    how much deeper than its caller a program may recurse, 0 for as deep as Python lets it.
    """

    name: str
    path: str
    projects: tuple[int, ...]
    mode: str = "call"
    transaction: str = "gizmos.tasks.frob"
    method: str = "GET"
    url: str = "/gizmos/7001002/frob/"
    body: str = ""
    level: str = "error"
    handled: bool = True
    mechanism: str = "generic"
    database: str = ""
    raises: tuple[tuple[str, str], ...] = ()
    weight: int = 2
    depth: int = 0

    @property
    def module(self) -> str:
        return self.path.removeprefix("/srv/").removesuffix(".py").replace("/", ".")


def web(name: str, path: str, projects: tuple[int, ...], **more: Any) -> Program:
    more.setdefault("transaction", "/gizmos/{id}/frob/")
    return Program(name, path, projects, mode="wsgi", handled=False, **more)


_PAYLOAD = (
    '{"data": {"gizmo": {"id": 7001002, "state": "frobbed"}}, "buyer": {"name": "Pat Tester", '
    '"email": "pat.tester@example.org", "phone": "+1 415 555 0142", "card": "4111111111111111"}, '
    '"secret": "shh"}'
)

CATALOG: tuple[Program, ...] = (
    web(
        "checkout",
        "/srv/shop/gizmos/views.py",
        (STOREFRONT,),
        method="POST",
        weight=4,
        body="gizmo=7001002&email=pat.tester%40example.org&card=4111111111111111",
    ),
    web(
        "missing_profile",
        "/srv/shop/accounts/gizmo_settings.py",
        (STOREFRONT, ADMIN),
        weight=4,
        url="/account/gizmos/?tab=frob&email=pat.tester%40example.org",
    ),
    web(
        "webhook_payload",
        "/srv/shop/gizmos/webhooks.py",
        (STOREFRONT,),
        method="POST",
        weight=3,
        url="/hooks/gizmos/",
        body=_PAYLOAD,
        transaction="/hooks/gizmos/frob",
    ),
    Program(
        "upstream_timeout",
        "/srv/pipeline/sources/gizmo_client.py",
        (PIPELINE, BILLING),
        weight=4,
        transaction="pipeline.sources.gizmos.refresh_frob",
    ),
    Program(
        "connection_refused",
        "/srv/billing/queues/gizmos.py",
        (BILLING,),
        weight=3,
        transaction="billing.queues.gizmos.frob",
        level="fatal",
        handled=False,
        mechanism="celery",
    ),
    Program(
        "bad_json",
        "/srv/pipeline/feeds/gizmos.py",
        (PIPELINE,),
        weight=3,
        transaction="pipeline.feeds.gizmos.frob",
    ),
    Program(
        "csv_import",
        "/srv/pipeline/imports/gizmos.py",
        (PIPELINE, ADMIN),
        weight=3,
        transaction="pipeline.imports.gizmos.frob",
        handled=False,
        mechanism="celery",
    ),
    Program(
        "deep_tree",
        "/srv/shop/catalog/gizmo_tree.py",
        (STOREFRONT, PIPELINE),
        weight=1,
        depth=150,
        transaction="catalog.gizmo_tree.frob",
        handled=False,
        mechanism="excepthook",
    ),
    web(
        "deadlock_django",
        "/srv/shop/stock/gizmos.py",
        (STOREFRONT,),
        method="POST",
        weight=2,
        database="django",
        raises=(("/* second */", "TWO_UPDATES"),),
        transaction="/stock/gizmos/frob",
    ),
    Program(
        "deadlock_sqlalchemy",
        "/srv/billing/nightly/gizmos.py",
        (BILLING,),
        weight=1,
        database="sqlalchemy",
        raises=(("gizmo_totals", "THREE_IN_A_RING"),),
        transaction="billing.nightly.gizmos.frob",
        handled=False,
        mechanism="celery",
    ),
    Program(
        "deadlock_psycopg",
        "/srv/pipeline/jobs/gizmo_claims.py",
        (PIPELINE,),
        weight=1,
        database="psycopg",
        raises=(("UPDATE gizmo_jobs", "TUPLE_QUEUE"),),
        transaction="pipeline.jobs.gizmos.frob_loop",
    ),
    Program(
        "deadlock_asyncpg",
        "/srv/billing/ledger/gizmos.py",
        (BILLING,),
        weight=1,
        database="asyncpg",
        raises=(("INSERT INTO gizmo_frobs", "ASYNCPG"),),
        transaction="billing.ledger.gizmos.frob_all",
    ),
    web(
        "slow_list",
        "/srv/admin/gizmos/api.py",
        (ADMIN, STOREFRONT),
        weight=2,
        database="django",
        raises=(("SELECT SUM", "STATEMENT_TIMEOUT"),),
        url="/api/gizmos/?site=zonk&page=3",
        transaction="/api/gizmos/frob",
    ),
    Program(
        "declined_log",
        "/srv/billing/providers/gizmos.py",
        (BILLING, PIPELINE),
        weight=3,
        transaction="billing.providers.gizmos.frob",
    ),
    Program(
        "quota_message",
        "/srv/admin/quotas/gizmos.py",
        (ADMIN, BILLING),
        weight=2,
        level="warning",
        transaction="admin.quotas.gizmos.check_frob",
    ),
    Program(
        "task_group",
        "/srv/pipeline/workers/gizmos.py",
        (PIPELINE,),
        weight=2,
        transaction="pipeline.workers.gizmos.frob_everything",
        handled=False,
        mechanism="asyncio",
    ),
    Program(
        "missing_template",
        "/srv/billing/letters/gizmos.py",
        (BILLING, STOREFRONT),
        weight=3,
        transaction="billing.letters.gizmos.frob",
    ),
    Program(
        "stale_state",
        "/srv/billing/tasks/gizmo_states.py",
        (BILLING,),
        weight=3,
        transaction="billing.tasks.gizmos.frob_task",
        handled=False,
        mechanism="celery",
    ),
    web(
        "price_rounding",
        "/srv/shop/pricing/gizmos.py",
        (STOREFRONT,),
        weight=3,
        url="/prices/gizmos/?currency=EUR",
        transaction="/prices/gizmos/frob",
    ),
    Program(
        "empty_report",
        "/srv/admin/reports/gizmos.py",
        (ADMIN,),
        weight=3,
        transaction="admin.reports.gizmos.frob_report",
    ),
    Program(
        "worker_thread",
        "/srv/pipeline/buffers/gizmos.py",
        (PIPELINE, BILLING),
        weight=2,
        transaction="pipeline.buffers.gizmos.frob",
        handled=False,
        mechanism="threading",
    ),
    web(
        "permission",
        "/srv/admin/access/gizmos.py",
        (ADMIN, STOREFRONT),
        weight=3,
        method="DELETE",
        transaction="/admin/gizmos/frob",
        level="error",
    ),
    web(
        "constraint",
        "/srv/shop/gizmos/forms.py",
        (STOREFRONT, ADMIN),
        method="POST",
        weight=3,
        database="django_integrity",
        raises=(("INSERT INTO gizmos", "UNIQUE_VIOLATION"),),
        url="/gizmos/new/",
        body="code=GZ-7001002&email=pat.tester%40example.org",
        transaction="/gizmos/new/frob",
    ),
    Program("browser_type_error", "recorded", (FRONTEND,), mode="recorded", weight=9),
    Program("browser_chunk_error", "recorded", (FRONTEND,), mode="recorded", weight=5),
    Program("browser_rejection", "recorded", (FRONTEND,), mode="recorded", weight=6),
)
