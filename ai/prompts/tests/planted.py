"""An event with 105 secrets of 15 kinds in every part of it: none may be in anything that is sent."""

from typing import Any

from issues.payload.tests.events import api_event, entry, exception, frame, library

KINDS = 15
EACH = 7


def secrets() -> dict[str, list[str]]:
    """By kind, each of them different. Made up: numbers with valid check digits, keys of the known forms."""
    return {
        "email": [f"person{n}@customer{n}.example.com" for n in range(EACH)],
        "ip": [f"203.0.113.{70 + n}" for n in range(EACH)],
        "ipv6": [f"2001:db8:85a3::8a2e:370:73{n}4" for n in range(EACH)],
        "mac": [f"00:1b:44:11:3a:b{n}" for n in range(EACH)],
        "phone": [f"+49 30 9018205{n}" for n in range(EACH)],
        "card": [_card(f"411111111111{n:03}") for n in range(EACH)],
        "iban": [_iban("DE", f"37040044053201300{n}") for n in range(EACH)],
        "ssn": [f"123-45-67{n}9" for n in range(EACH)],
        "jwt": [
            f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkw{n}In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9"
            for n in range(EACH)
        ],
        "stripe": [f"sk_live_4eC39HqLyjWDarjtT1zdp7d{n}" for n in range(EACH)],
        "aws": [f"AKIAIOSFODNN7EXAMPL{n}" for n in range(EACH)],
        "github": [f"ghp_16C7e42F292c6912E7710c838347Ae178B4{n}" for n in range(EACH)],
        "url": [f"tulip{n}pass" for n in range(EACH)],
        "password": [f"hunter{n}-correct-horse" for n in range(EACH)],
        "bearer": [f"mF_9.B5f-4.1JqM{n}xyz0123456789" for n in range(EACH)],
    }


def _card(digits: str) -> str:
    total = sum(
        value if place % 2 else (2 * value - 9 if value > 4 else 2 * value)
        for place, value in enumerate(int(char) for char in reversed(digits))
    )
    return f"{digits}{-total % 10}"


def _iban(country: str, account: str) -> str:
    number = int("".join(str(int(char, 36)) for char in f"{account}{country}00"))
    return f"{country}{98 - number % 97:02}{account}"


def in_text(kind: str, secret: str) -> str:
    """The secret as it stands in a sentence or a line of code."""
    forms = {
        "url": f"connect to postgres://shop:{secret}@db.internal/shop",
        "password": f"password={secret} refused",
        "bearer": f"Authorization: Bearer {secret}",
    }
    return forms.get(kind, f"it was {secret} again")


def named(kind: str, secret: str) -> tuple[str, str]:
    """A name and a value as they stand in data."""
    if kind in ("password", "bearer"):
        return ("password", secret) if kind == "password" else ("authorization", f"Bearer {secret}")
    return f"{kind}_value", in_text(kind, secret)


def planted() -> tuple[dict[str, Any], list[str]]:
    """The event and all secrets in it: the n-th of each kind is in the n-th place."""
    kinds = secrets()
    texts = [[in_text(kind, found[n]) for kind, found in kinds.items()] for n in range(EACH)]
    pairs = [[named(kind, found[n]) for kind, found in kinds.items()] for n in range(EACH)]
    unique = [[(f"{name}" if name in ("password", "authorization") else name, value) for name, value in row]
              for row in pairs]  # fmt: skip
    nested = {"order": {"lines": [{name: value} for name, value in unique[0]]}}
    source = [[number, f"    log('{text}')"] for number, text in enumerate(texts[1], start=5)]
    own = frame("reserve", vars={name: f"'{value}'" for name, value in unique[2]} | nested, context=source)
    crumbs = [
        {"timestamp": "2026-11-20T10:00:00Z", "category": "query", "level": "info", "message": text,
         "data": {name: value}}
        for text, (name, value) in zip(texts[3], unique[3], strict=True)
    ]  # fmt: skip
    request = {
        "url": "https://shop.example/carts/7",
        "method": "POST",
        "query": [[name, value] for name, value in unique[4]],
        "headers": [["X-Note", text] for text in texts[4]] + [["Authorization", unique[4][-1][1]]],
        "cookies": [["session", secret] for found in kinds.values() for secret in found[4:5]],
        "data": {"deep": [dict([pair]) for pair in unique[5]]},
        "env": dict(unique[5]),
    }
    event = api_event(
        entries=[
            entry("exception", {"values": [
                exception("Timeout", library(), value="; ".join(texts[6][:7])),
                exception("Full", library(), own, value="; ".join(texts[6][7:])),
            ]}),
            entry("breadcrumbs", {"values": crumbs}),
            entry("request", request),
        ],
        tags=[{"key": name, "value": value} for name, value in unique[0]],
        user={"id": "42", "email": kinds["email"][0], "ip_address": kinds["ip"][0], "username": "ada"},
        context={"notes": texts[1]},
        title=texts[6][0],
    )  # fmt: skip
    return event, [secret for found in kinds.values() for secret in found]
