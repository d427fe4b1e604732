"""The endpoints of the deadlocks app, mounted under /api/v1/."""

from ninja import Router

from deadlocks.api.findings import router as findings

router = Router(tags=["deadlocks"])
router.add_router("", findings)

__all__ = ["router"]
