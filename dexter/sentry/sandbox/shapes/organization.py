"""The organization and its projects, as the API writes them."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.events.variation import ENVIRONMENTS
from dexter.sentry.sandbox.shapes.people import ACCESS, LETTER, team_reference
from dexter.sentry.sandbox.world.model import Project
from dexter.sentry.sandbox.world.organization import ORG_ID, ORG_NAME, ORG_SLUG

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

FEATURES = ["advanced-search", "issue-platform", "discover-basic", "event-attachments"]
_HAS_NOT = [
    "hasFeedbacks",
    "hasFlags",
    "hasMinifiedStackTrace",
    "hasMonitors",
    "hasNewFeedbacks",
    "hasProfiles",
    "hasReplays",
    "hasInsightsHttp",
    "hasInsightsDb",
    "hasInsightsAssets",
    "hasInsightsAppStart",
    "hasInsightsScreenLoad",
    "hasInsightsVitals",
    "hasInsightsCaches",
    "hasInsightsQueues",
    "hasInsightsAgentMonitoring",
    "hasInsightsMCP",
    "hasLogs",
    "hasTraceMetrics",
]


def organization_body(world: "World", host: str) -> dict[str, Any]:
    return {
        "id": ORG_ID,
        "slug": ORG_SLUG,
        "name": ORG_NAME,
        "status": {"id": "active", "name": "active"},
        "dateCreated": iso(world.projects[0].created - 86_400),
        "isEarlyAdopter": False,
        "require2FA": False,
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
        "links": {"organizationUrl": host, "regionUrl": ""},
        "hasAuthProvider": False,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": True,
        "allowSuperuserAccess": False,
        "features": FEATURES,
        "access": ACCESS,
    }


def project_base(world: "World", project: Project) -> dict[str, Any]:
    first = project.releases[0].created + 3600 if project.releases else project.created
    return {
        "id": project.id,
        "slug": project.slug,
        "name": project.name,
        "platform": project.platform,
        "dateCreated": iso(project.created),
        "isBookmarked": False,
        "isMember": True,
        "features": ["releases", "similarity-view"],
        "firstEvent": iso(first),
        "firstTransactionEvent": False,
        "access": ACCESS,
        "hasAccess": True,
        "hasSessions": True,
        **dict.fromkeys(_HAS_NOT, False),
    }


def project_row(world: "World", project: Project) -> dict[str, Any]:
    teams = [team_reference(team) for team in world.teams if team.slug == project.team]
    return {
        **project_base(world, project),
        "team": teams[0],
        "teams": teams,
        "platforms": [project.platform.partition("-")[0]],
        "hasUserReports": False,
        "environments": list(ENVIRONMENTS),
        "latestRelease": {"version": project.releases[-1].version} if project.releases else None,
    }


def project_detail(world: "World", project: Project, host: str) -> dict[str, Any]:
    row = project_row(world, project)
    for name in ("platforms", "hasUserReports", "environments"):
        row.pop(name)
    return {
        **row,
        "isInternal": False,
        "isPublic": False,
        "avatar": {"avatarType": LETTER["avatarType"], "avatarUuid": None},
        "color": project.color,
        "status": "active",
        "options": {},
        "digestsMinDelay": 180,
        "digestsMaxDelay": 600,
        "subjectPrefix": "",
        "allowedDomains": ["*"],
        "resolveAge": 0,
        "dataScrubber": True,
        "dataScrubberDefaults": True,
        "safeFields": [],
        "storeCrashReports": None,
        "sensitiveFields": [],
        "subjectTemplate": "$shortID - $title",
        "securityToken": "5e47a9b1c3d2f80142",
        "securityTokenHeader": None,
        "verifySSL": False,
        "scrubIPAddresses": False,
        "scrapeJavaScript": True,
        "organization": organization_body(world, host),
    }
