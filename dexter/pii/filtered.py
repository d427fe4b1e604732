"""What Sentry, the SDKs and Dexter itself leave in the place of a value that was taken out."""

import re
from collections.abc import Iterator

from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind

_OURS = "|".join(re.escape(kind.value) for kind in Kind if kind is not Kind.FILTERED)

FILTERED = re.compile(
    # The SDKs and Relay write [Filtered]; Relay's rules write [email], [creditcard], [ip] and the like.
    r"\[(?:filtered|redacted|scrubbed|masked|removed|hidden|creditcard|iban|usssn|urlauth|pemkey|imei|uuid|"
    rf"password|bearer|{_OURS})\]"
    rf"|<(?:redacted|filtered|hidden|(?:{_OURS})-\d{{1,9}})>"
    r"|\*(?<![*\w].)\*{3,63}+(?![*\w])|•(?<![•\w].)•{2,63}+",
    re.IGNORECASE,
)


def filtered(text: str) -> Iterator[Finding]:
    for match in FILTERED.finditer(text):
        yield Finding(match.start(), match.end(), Kind.FILTERED)
