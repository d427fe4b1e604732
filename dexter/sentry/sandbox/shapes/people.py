"""Users, members and teams, as the API writes them."""

from typing import Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.world.model import Person, Project, Team

ACCESS = [
    "alerts:read", "event:read", "event:write", "member:read", "org:read", "project:read", "project:releases",
    "team:read",
]  # fmt: skip
LETTER = {"avatarType": "letter_avatar", "avatarUuid": None, "avatarUrl": None}
NO_FLAGS = {
    "idp:provisioned": False,
    "idp:role-restricted": False,
    "sso:linked": False,
    "sso:invalid": False,
    "member-limit:restricted": False,
    "partnership:restricted": False,
}


def user_body(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.user_id),
        "name": person.name,
        "username": person.email,
        "email": person.email,
        "avatarUrl": f"https://avatars.acme.example/{person.user_id}.png",
        "isActive": True,
        "isSuspended": False,
        "hasPasswordAuth": True,
        "isManaged": False,
        "dateJoined": iso(person.joined),
        "lastLogin": iso(person.joined + 86_400),
        "has2fa": person.role == "owner",
        "lastActive": iso(person.joined + 90_000),
        "isSuperuser": False,
        "isStaff": False,
        "experiments": {},
        "emails": [{"id": str(person.user_id), "email": person.email, "is_verified": True}],
        "avatar": LETTER,
    }


def member_body(person: Person) -> dict[str, Any]:
    return {
        "id": person.member_id,
        "email": person.email,
        "name": person.name,
        "user": {**user_body(person), "canReset2fa": True},
        "orgRole": person.role,
        "pending": False,
        "expired": False,
        "flags": NO_FLAGS,
        "dateCreated": iso(person.joined),
        "inviteStatus": "approved",
        "inviterName": None,
    }


def member_with_teams(person: Person) -> dict[str, Any]:
    roles = [{"teamSlug": slug, "role": "contributor"} for slug in person.teams]
    return {
        **member_body(person),
        "role": person.role,
        "roleName": person.role.capitalize(),
        "teams": person.teams,
        "teamRoles": roles,
        "invite_link": None,
        "isOnlyOwner": person.role == "owner",
        "orgRoleList": [],
        "teamRoleList": [],
    }


def team_member_body(person: Person, team: Team) -> dict[str, Any]:
    return {**member_body(person), "role": person.role, "roleName": person.role.capitalize(),
            "teamRole": "contributor", "teamSlug": team.slug}  # fmt: skip


def team_body(
    team: Team, people: list[Person], projects: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": team.id,
        "slug": team.slug,
        "name": team.name,
        "dateCreated": iso(team.created),
        "isMember": True,
        "teamRole": None,
        "flags": {"idp:provisioned": False},
        "access": ACCESS,
        "hasAccess": True,
        "isPending": False,
        "memberCount": sum(team.slug in person.teams for person in people),
        "avatar": LETTER,
    }
    if projects is not None:
        body["projects"] = projects
    return body


def team_reference(team: Team) -> dict[str, Any]:
    return {"id": team.id, "slug": team.slug, "name": team.name}


def project_reference(project: Project) -> dict[str, Any]:
    return {"id": project.id, "name": project.name, "slug": project.slug, "platform": project.platform}
