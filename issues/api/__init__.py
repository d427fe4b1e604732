"""The JSON API of the cache, mounted under /api/v1/: the same queries, search and actions as the pages."""

from ninja import Router

from issues.api import actions, discussion, endpoints, exports

router = Router()
# First, so that /issues/bulk/ is not taken for an issue.
router.add_router("", actions.router)
router.add_router("", endpoints.router)
router.add_router("", discussion.router)
router.add_router("", exports.router)

__all__ = ["router"]
