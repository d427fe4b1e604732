"""Bearer tokens and their scopes. Admin contains write contains read, as in Sentry's own scope table."""

from dataclasses import dataclass

READ = ("org:read", "project:read", "team:read", "member:read", "event:read", "alerts:read")
COMPANION = (
    "org:read",
    "org:integrations",
    "project:read",
    "project:releases",
    "team:read",
    "member:read",
    "event:admin",
    "alerts:write",
)
PERSON = (
    "org:read",
    "project:read",
    "project:releases",
    "team:read",
    "member:read",
    "event:write",
    "alerts:read",
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is user, integration or org; `bucket` is what its requests are counted under."""

    value: str
    kind: str
    user_id: int
    scopes: frozenset[str]
    bucket: str

    def may(self, wanted: tuple[str, ...]) -> bool:
        """Whether any of the wanted scopes is held; no wanted scope means any token does."""
        return not wanted or any(scope in self.scopes for scope in wanted)


def expand(scopes: tuple[str, ...]) -> frozenset[str]:
    """Adds what a scope contains: `event:admin` brings `event:write` and `event:read`."""
    found = set(scopes)
    for scope in scopes:
        noun, _, verb = scope.partition(":")
        if verb == "admin":
            found |= {f"{noun}:write", f"{noun}:read"}
        elif verb == "write":
            found.add(f"{noun}:read")
    return frozenset(found)


def known_tokens(default: str, people: int) -> dict[str, Token]:
    """The tokens this server accepts, by value; `sandbox-user-N` acts as member N."""
    tokens = [
        Token(default, "integration", 0, expand(COMPANION), "org"),
        Token("sandbox-readonly", "integration", 0, expand(READ), "org"),
        Token("sandbox-events-only", "integration", 0, expand(("event:read",)), "org"),
        Token("sandbox-org", "org", -1, expand(("org:ci",)), "ip"),
    ]
    for number in range(1, people + 1):
        value = f"sandbox-user-{number}"
        tokens.append(Token(value, "user", number, expand(PERSON), f"user:{number}"))
    return {token.value: token for token in tokens}


def read_bearer(headers: dict[str, str]) -> str | None:
    """The token of an Authorization header, None when there is none of that kind."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value else None
