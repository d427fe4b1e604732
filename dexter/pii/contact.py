"""Detectors of e-mail, IP and MAC addresses and phone numbers.

A detector takes a text and yields findings, in time linear in the length of the text: every pattern is
anchored where a token begins and bounded in length, so nothing is read over and over.
"""

import ipaddress
import re
from collections.abc import Iterator

from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind

_LOCAL_BACKWARDS = re.compile(r"[\w.+%'-]{1,64}+")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}([^\W\d_]{2,24}|xn--[\w-]{2,59})(?![\w-])")
_NOT_A_DOMAIN = frozenset(
    {
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "ico",
        "js",
        "mjs",
        "ts",
        "css",
        "map",
        "py",
        "rb",
        "java",
        "so",
        "dll",
    }
)

# Patterns begin with the first character itself and look behind it afterwards: the search for a character
# is many times faster than a look-behind at every place.
_IPV4 = re.compile(r"[0-9](?<![\w.].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?!\w|\.\d)")
_VERSION_BEFORE = re.compile(
    r"(?:(?:^|[^\w/.])[A-Za-z][\w-]{0,40}/|\b(?:v|ver|version|release|build|chrome|chromium|edge|opera|firefox|"
    r"safari|windows|revision)[ =:\"']{1,3})$",
    re.IGNORECASE,
)
_IPV6 = re.compile(
    r"(?<![\w.])(?<![0-9A-Fa-f]:)(?<!::)(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:)"
    r"[0-9A-Fa-f:]{2,39}+(?:(?:\.\d{1,3}){3})?(?!\w)"
)
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
_MAC_OF_NOBODY = frozenset({"000000000000", "ffffffffffff"})

_PHONE_ABROAD = re.compile(r"\+(?<![\w+/=].)[1-9](?:[ .\-/()\u00a0\u2011]{0,2}\d){6,14}(?!\w|\.\d)")
_PHONE_US = re.compile(
    r"(?:\((?<![\w+].)[2-9]\d\d\) ?[2-9]\d\d[-. ]\d{4}"
    r"|[2-9](?<![\w.+/].)\d\d([-.])[2-9]\d\d\1\d{4})(?![\w-]|\.\d)"
)
_PHONE_HOME = re.compile(
    r"0(?<![\w.,:+\-/].)(?<!\d .)[1-9]\d{0,3}(?:[ /-]|/ | - )\d{2,8}(?:[ -]\d{2,4}){0,4}(?![\w:-]|[ .,/-]\d)"
)


def emails(text: str) -> Iterator[Finding]:
    """Addresses with a dotted domain; not a release (`a@1.5.0`), a file (`a@2x.png`), a remote (`git@`)."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        start = _local_start(text, at) if domain else at
        if domain and start < at and domain[1].lower() not in _NOT_A_DOMAIN and text[start:at] != "git":
            yield Finding(start, domain.end(), Kind.EMAIL)
        at = text.find("@", at + 1)


def _local_start(text: str, at: int) -> int:
    """Where the part before the @ begins; `at` when there is none. Read backwards: an @ is rare."""
    match = _LOCAL_BACKWARDS.match(text[max(0, at - 64) : at][::-1])
    if not match:
        return at
    start = at - match.end()
    while start < at and text[start] in ".'-%+":
        start += 1
    return start


def ip_addresses(text: str) -> Iterator[Finding]:
    """IPv4 and IPv6, but not loopback and unspecified addresses and not versions (`Chrome/142.0.0.0`)."""
    for match in _IPV4.finditer(text):
        before = text[max(0, match.start() - 48) : match.start()]
        if _is_somebodys_ipv4(match[0]) and not _VERSION_BEFORE.search(before):
            yield Finding(match.start(), match.end(), Kind.IP)
    if text.count(":") < 2:
        return
    for match in _IPV6.finditer(text):
        address = match[0][:-1] if match[0].endswith(":") and not match[0].endswith("::") else match[0]
        if _is_ipv6(address):
            yield Finding(match.start(), match.start() + len(address), Kind.IP)


def _is_somebodys_ipv4(text: str) -> bool:
    octets = [int(octet) for octet in text.split(".")]
    return max(octets) <= 255 and octets[0] != 127 and any(octets)


def _is_ipv6(text: str) -> bool:
    """`a::b` may be an address, but in a stack trace it is a name: at least a digit is asked for."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified) and any(char.isdigit() for char in text)


def mac_addresses(text: str) -> Iterator[Finding]:
    for match in _MAC.finditer(text):
        if match[0].replace(match[1], "").lower() not in _MAC_OF_NOBODY:
            yield Finding(match.start(), match.end(), Kind.MAC)


def phones(text: str) -> Iterator[Finding]:
    """International numbers (+49 151 ...), North American ones, and national ones that begin with 0.

    Bare runs of digits are never taken: they are ids and timestamps far more often.
    """
    for match in _PHONE_ABROAD.finditer(text):
        yield Finding(match.start(), match.end(), Kind.PHONE)
    for match in _PHONE_US.finditer(text):
        yield Finding(match.start(), match.end(), Kind.PHONE)
    for match in _PHONE_HOME.finditer(text):
        if 9 <= sum(char.isdigit() for char in match[0]) <= 12:
            yield Finding(match.start(), match.end(), Kind.PHONE)
