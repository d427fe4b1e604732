"""The endpoints of the ai app, mounted under /api/v1/."""

from ninja import Router

from ai.api import explanations, search

router = Router(tags=["explanations"])
router.add_router("", explanations.router)
router.add_router("", search.router)
