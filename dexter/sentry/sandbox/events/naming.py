"""Gives a captured event the names of its issue and the person of its event: replaces the stand-ins.

One pass over the JSON text: paths, functions, source lines, SQL, messages and locals change together, so a
renamed event is as consistent as the captured one.
"""

import re

from dexter.sentry.sandbox.events.words import DOMAINS, FIRST, LAST, NOUNS, PLACES, VERBS
from dexter.sentry.sandbox.world.streams import Stream, mix

STAND_INS = re.compile(
    r"GIZMO|Gizmo|gizmo|frobbing|frobbed|Frob|frob|Zonk|zonk|7001001|7001002|pat\.tester(?:@|%40)example\.org"
    r"|Pat Tester|pattester|\+1 415 555 0142|4111 ?1111 ?1111 ?1111|203\.0\.113\.77"
    r"|DE89 3704 0044 0532 0130 00"
    r"|DE89370400440532013000|078-05-1120|2406[246]|2043[1-6]"
)


class Person:
    """Somebody who uses the failing application; number 1 upwards, always the same for the same number."""

    def __init__(self, number: int) -> None:
        chance = mix(number, 77)
        first, last = FIRST[chance % len(FIRST)], LAST[chance // 64 % len(LAST)]
        self.number = number
        self.name = f"{first} {last}"
        self.email = f"{first}.{last}.{number}@{DOMAINS[chance // 4096 % len(DOMAINS)]}".lower()
        self.username = f"{first}{last[0]}{number}".lower()
        self.ip = f"{('203.0.113', '198.51.100', '192.0.2')[chance % 3]}.{number % 250 + 1}"
        self.phone = f"+1 415 555 {chance // 65536 % 10000:04d}"


def luhn_card(chance: int) -> str:
    """A card number that passes the Luhn check: 15 digits by chance and the digit that completes them."""
    digits = [4] + [int(digit) for digit in f"{chance % 10**14:014d}"]
    total = sum(digit if place % 2 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def german_iban(chance: int) -> str:
    """An IBAN with valid ISO 7064 check digits."""
    account = f"{chance % 10**18:018d}"
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02d}{account}"


def grouped(digits: str) -> str:
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def issue_words(stream: Stream) -> dict[str, str]:
    """Stand-in -> word, for what all events of a stream share."""
    variant = stream.variant
    noun = NOUNS[variant % len(NOUNS)]
    verb, done, doing = VERBS[variant // len(NOUNS) % len(VERBS)]
    place = PLACES[variant // (len(NOUNS) * len(VERBS)) % len(PLACES)]
    return {
        "gizmo": noun, "Gizmo": noun.capitalize(), "GIZMO": noun.upper(),
        "frob": verb, "Frob": verb.capitalize(), "frobbed": done, "frobbing": doing,
        "zonk": place, "Zonk": place.capitalize(),
        "7001001": str(100_000 + mix(stream.key, 1) % 900_000),
    }  # fmt: skip


def event_words(stream: Stream, n: int) -> dict[str, str]:
    """Stand-in -> word, for what belongs to one event."""
    chance = mix(stream.key, n, 5)
    person = Person(stream.user_of(n) or mix(stream.key, n) % 9973 + 1)
    pid, transaction = 2000 + chance % 29_000, 10_000 + chance // 64 % 900_000
    card, iban = luhn_card(chance), german_iban(chance)
    return {
        "7001002": str(1_000_000 + chance % 9_000_000),
        "pat.tester@example.org": person.email, "pat.tester%40example.org": person.email.replace("@", "%40"),
        "Pat Tester": person.name, "pattester": f"{chance & 0xFFFFFFFF:08x}",
        "+1 415 555 0142": person.phone, "203.0.113.77": person.ip,
        "4111111111111111": card, "4111 1111 1111 1111": grouped(card),
        "DE89370400440532013000": iban, "DE89 3704 0044 0532 0130 00": grouped(iban),
        "078-05-1120": f"{chance % 665 + 1:03d}-{chance // 700 % 98 + 1:02d}-{chance % 9998 + 1:04d}",
        "24066": str(pid + 4), "24062": str(pid), "24064": str(pid + 2),
        "20431": str(transaction), "20432": str(transaction + 1), "20433": str(transaction + 2),
        "20434": str(transaction + 3), "20435": str(16_400 + stream.key % 3000), "20436": str(16_384),
    }  # fmt: skip


def renamed(text: str, words: dict[str, str]) -> str:
    """The text with every stand-in that has a word replaced."""
    return STAND_INS.sub(lambda found: words.get(found.group(), found.group()), text)
