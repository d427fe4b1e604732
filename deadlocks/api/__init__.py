"""The endpoints of the deadlocks app, mounted under /api/v1/."""

from ninja import Router

from deadlocks.api.findings import router as findings
from deadlocks.api.logs import router as logs
from deadlocks.api.reports import router as reports

router = Router(tags=["deadlocks"])
router.add_router("", findings)
router.add_router("", logs)
router.add_router("", reports)

__all__ = ["router"]
