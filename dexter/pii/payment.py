"""Detectors of card numbers, IBANs and US social security numbers."""

import re
from collections.abc import Iterator

from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind

_GAP = r"[ .\-\u00a0\u2009\u202f]"
# Grouped as printed on cards: 4-4-4-4, 4-4-4-4-3 (19 digits), 4-6-5 (American Express), 4-6-4 (Diners).
_GROUPED = re.compile(
    rf"[2-6](?<![\w.].)(?=(\d{{3}}({_GAP})\d{{4}}\2\d{{4}}\2\d{{4}}(?:\2\d{{1,3}}(?!\w))?(?!\w)"
    rf"|\d{{3}}({_GAP})\d{{6}}\3\d{{4,5}}(?!\w)))"
)
_PLAIN = re.compile(r"[2-6](?<![\w.].)\d{12,18}(?!\w|\.\d)")
# Ranges of issuers by length: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro.
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|(?:6011|64[4-9]\d|65\d{2})\d{12,15}"
    r"|3(?:0[0-5]|[689]\d)\d{11}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|62\d{14,17}"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"
)

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})\d{2}(?=[ -]?[A-Za-z0-9])")
_IBAN_REST = re.compile(r"(?:[ -]?[A-Za-z0-9]){0,40}+")
# Length by country, from the SWIFT IBAN registry.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}

_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")


def cards(text: str) -> Iterator[Finding]:
    """Card numbers of 13 to 19 digits with a known issuer and a right check digit."""
    for match in _PLAIN.finditer(text):
        if _is_card(match[0]):
            yield Finding(match.start(), match.end(), Kind.CARD)
    for match in _GROUPED.finditer(text):
        gap = match[2] or match[3]
        groups = (match[0] + match[1]).split(gap)
        for count in range(len(groups), 2, -1):
            if _is_card("".join(groups[:count])):
                yield Finding(match.start(), match.start() + len(gap.join(groups[:count])), Kind.CARD)
                break


def _is_card(digits: str) -> bool:
    return digits.isascii() and _ISSUERS.fullmatch(digits) is not None and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def ibans(text: str) -> Iterator[Finding]:
    """IBANs of a known country, of that country's length, with right check digits."""
    for match in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get(match[1].upper())
        rest = _IBAN_REST.match(text, match.end())
        end = _end_after(text, match.end(), (length or 4) - 4) if length and rest else None
        if end and not text[end : end + 1].isalnum() and mod97(text[match.start() : end]):
            yield Finding(match.start(), end, Kind.IBAN)


def _end_after(text: str, start: int, count: int) -> int | None:
    """The place after `count` letters and digits, or None when the text ends before that."""
    for place in range(start, min(len(text), start + 2 * count)):
        if text[place].isascii() and text[place].isalnum():
            count -= 1
            if not count:
                return place + 1
        elif text[place] not in " -":
            return None
    return None


def mod97(iban: str) -> bool:
    """Whether the check digits are right (ISO 13616: first four moved last, A..Z as 10..35, mod 97 is 1)."""
    compact = iban.replace(" ", "").replace("-", "").upper()
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def social_security_numbers(text: str) -> Iterator[Finding]:
    """US numbers with hyphens, without the ranges that were never given out."""
    for match in _SSN.finditer(text):
        yield Finding(match.start(), match.end(), Kind.SSN)
