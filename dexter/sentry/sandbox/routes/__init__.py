"""The operations of the Sentry Web API that this server answers, one module per noun."""

from dexter.sentry.sandbox.router import Route, Router
from dexter.sentry.sandbox.routes import events, issues, notes, organization, releases, stats, tags, writes

ROUTES: list[Route] = [
    *organization.ROUTES,
    *issues.ROUTES,
    *events.ROUTES,
    *tags.ROUTES,
    *releases.ROUTES,
    *stats.ROUTES,
    *writes.ROUTES,
    *notes.ROUTES,
]


def make_router() -> Router:
    return Router(ROUTES)
