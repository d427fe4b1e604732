"""Finding and masking in one text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dexter.pii import assignments, contact, credentials, payment
from dexter.pii.filtered import filtered
from dexter.pii.findings import Finding, settle
from dexter.pii.kinds import Kind

Detector = Callable[[str], Iterator[Finding]]

# Each with what a text must hold to be worth the search: most texts are short and hold none of it.
DETECTORS: tuple[tuple[Detector, Callable[[str], bool]], ...] = (
    (filtered, lambda text: "[" in text or "***" in text or "<" in text or "•" in text),
    (credentials.private_keys, lambda text: "-----BEGIN" in text),
    (credentials.url_credentials, lambda text: "://" in text and "@" in text),
    (credentials.json_web_tokens, lambda text: "eyJ" in text),
    (credentials.authorizations, lambda text: len(text) >= 12 and " " in text or "\t" in text),
    (credentials.api_keys, lambda text: len(text) >= 14),
    (assignments.assignments, lambda text: "=" in text or ":" in text),
    (contact.emails, lambda text: "@" in text),
    (contact.ip_addresses, lambda text: text.count(".") > 2 or text.count(":") > 1),
    (contact.mac_addresses, lambda text: text.count(":") > 4 or text.count("-") > 4),
)
DETECTORS_OF_NUMBERS: tuple[Detector, ...] = (
    contact.phones,
    payment.cards,
    payment.ibans,
    payment.social_security_numbers,
)
_MANY_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,3}[0-9]){7}")
_SHORTEST = 4  # nothing personal is recognisable in less


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text. `text` is None when the piece is masked, `kind` is None when it is plain."""

    text: str | None
    kind: Kind | None = None

    @property
    def is_masked(self) -> bool:
        return self.text is None


@dataclass
class Pseudonyms:
    """Numbers for masked values: the same value of the same kind always gets the same number."""

    numbers: dict[tuple[Kind, str], int] = field(default_factory=dict)
    counts: dict[Kind, int] = field(default_factory=dict)

    def name(self, kind: Kind, value: str) -> str:
        """`<email-1>`. Case, spaces and hyphens make no difference, as in a card number."""
        key = kind, "".join(char for char in value.casefold() if char not in " -\u00a0'\"")
        if key not in self.numbers:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.numbers[key] = self.counts[kind]
        return f"<{kind.value}-{self.numbers[key]}>"


def find(text: str) -> tuple[Finding, ...]:
    """Personal data and secrets in the text, in order, none overlapping; of two in one place the longer.

    Takes time linear in the length of the text and never raises. What was scrubbed before is found as
    `Kind.FILTERED`.
    """
    if len(text) < _SHORTEST:
        return ()
    found = [finding for detect, worth_it in DETECTORS if worth_it(text) for finding in detect(text)]
    if _MANY_DIGITS.search(text):
        found += [finding for detect in DETECTORS_OF_NUMBERS for finding in detect(text)]
    return settle(found)


def mask_text(text: str, *, pseudonyms: Pseudonyms | None = None) -> str:
    """`call ada@example.com` becomes `call [email]`, or `call <email-1>` with pseudonyms."""
    return replaced(text, find(text), pseudonyms)


def replaced(text: str, findings: tuple[Finding, ...], pseudonyms: Pseudonyms | None = None) -> str:
    """The text with these findings masked; what was filtered before stays as it is."""
    parts: list[str] = []
    place = 0
    for finding in findings:
        value = text[finding.start : finding.end]
        parts += text[place : finding.start], _mark(finding.kind, value, pseudonyms)
        place = finding.end
    return "".join(parts) + text[place:]


def _mark(kind: Kind, value: str, pseudonyms: Pseudonyms | None) -> str:
    if kind is Kind.FILTERED:
        return value
    return pseudonyms.name(kind, value) if pseudonyms else f"[{kind.value}]"


def segments(text: str) -> tuple[Segment, ...]:
    """The text cut into plain pieces and masked ones, for a page that shows a chip for each masked one."""
    return cut(text, find(text))


def cut(text: str, findings: tuple[Finding, ...]) -> tuple[Segment, ...]:
    """The text cut at these findings."""
    pieces: list[Segment] = []
    place = 0
    for finding in findings:
        pieces.append(Segment(text[place : finding.start]))
        shown = text[finding.start : finding.end] if finding.kind is Kind.FILTERED else None
        pieces.append(Segment(shown, finding.kind))
        place = finding.end
    pieces.append(Segment(text[place:]))
    return tuple(piece for piece in pieces if piece.text != "")
