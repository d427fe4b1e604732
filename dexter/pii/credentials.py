"""Detectors of secrets that show by their form: keys, tokens, key blocks, credentials in a URL."""

import base64
import binascii
import re
from collections.abc import Iterator

from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind

_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+){1,3}")
_SCHEME = re.compile(
    r"(?<![\w-])(bearer|basic|token|apikey|digest|negotiate)[ \t]{1,4}+([\w.~+/=:-]{6,4096}+)", re.IGNORECASE
)
_LONG_ENOUGH = 16

# Prefixes that issuers document so that leaked keys can be found.
_API_KEY = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"sk-(?:proj-|ant-|or-|svcacct-|lf-)?[\w-]{16,200}+"  # OpenAI, Anthropic, OpenRouter, Langfuse
    r"|[srp]k_(?:live|test)_\w{8,120}+|whsec_\w{16,80}+"  # Stripe
    r"|gh[pousr]_\w{20,255}+|github_pat_\w{20,255}+"  # GitHub
    r"|gl(?:pat|dt|rt|ptt|oas|soat|ft|cbt)-[\w-]{16,80}+"  # GitLab
    r"|xox[abeoprs]-[\w-]{10,250}+|xapp-[\w-]{10,250}+"  # Slack
    r"|(?:AKIA|ASIA|AGPA|AROA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"  # AWS
    r"|sntr(?:ys|yu|ya|yi|yr)_[\w+/=-]{16,400}+"  # Sentry
    r"|AIza[\w-]{35}(?![\w-])|ya29\.[\w-]{20,400}+|GOCSPX-[\w-]{20,60}+"  # Google
    r"|npm_[A-Za-z0-9]{30,60}+|pypi-[\w-]{40,400}+|dckr_pat_[\w-]{20,60}+|rubygems_[0-9a-f]{40,60}+"
    r"|hf_[A-Za-z0-9]{25,60}+|gsk_[A-Za-z0-9]{30,80}+|r8_[A-Za-z0-9]{30,60}+|xai-[A-Za-z0-9]{30,100}+"
    r"|SG\.[\w-]{16,40}+\.[\w-]{16,80}+|key-[0-9a-f]{32}(?![0-9a-f])"  # SendGrid, Mailgun
    r"|do[opr]_v1_[0-9a-f]{40,80}+|hv[sbr]\.[\w-]{20,200}+|glsa_\w{20,60}+|lin_api_\w{20,60}+"
    r"|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|sq0(?:atp|csp)-[\w-]{20,50}+|PMAK-[0-9a-f-]{30,70}+"
    r"|NRAK-[A-Z0-9]{20,40}+|tskey-[\w-]{16,80}+|dapi[0-9a-f]{32}(?![0-9a-f])|figd_[\w-]{30,60}+"
    r"|AGE-SECRET-KEY-1[0-9A-Z]{50,60}+|dex_[A-Za-z0-9]{20,80}+"
    r"|\d{8,10}:AA[\w-]{33}(?![\w-])"  # Telegram
    r")"
)
_HOOK = re.compile(
    r"(?<=hooks\.slack\.com/services/)[\w/]{10,100}+|(?<=discord\.com/api/webhooks/)[\w/-]{10,150}+"
    r"|(?<=discordapp\.com/api/webhooks/)[\w/-]{10,150}+"
)
_USERINFO = re.compile(r"(?<=://)[^\s/?#@\"'<>]{1,512}+(?:@[^\s/?#@\"'<>]{1,512}+(?=@))*@")
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")


def json_web_tokens(text: str) -> Iterator[Finding]:
    """Compact JWS and JWE (RFC 7515, 7516): their header always begins with `{"`, `eyJ` in base64url."""
    for match in _JWT.finditer(text):
        yield Finding(match.start(), match.end(), Kind.JWT)


def authorizations(text: str) -> Iterator[Finding]:
    """What follows Bearer, Basic, Token ... when it looks like a credential rather than a word of prose."""
    for match in _SCHEME.finditer(text):
        if _is_credential(match[1].lower(), match[2]):
            yield Finding(match.start(2), match.end(2), Kind.TOKEN)


def _is_credential(scheme: str, value: str) -> bool:
    if scheme == "basic":
        return _is_user_and_password(value)
    has_digit = any(char.isdigit() for char in value)
    if scheme == "bearer":
        return has_digit or (len(value) >= _LONG_ENOUGH and value != value.lower())
    return has_digit and len(value) >= _LONG_ENOUGH


def _is_user_and_password(value: str) -> bool:
    """RFC 7617: base64 of `user:password`."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def api_keys(text: str) -> Iterator[Finding]:
    for pattern in (_API_KEY, _HOOK):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), Kind.API_KEY)


def url_credentials(text: str) -> Iterator[Finding]:
    """`user:password` (or a lone key) before the @ of a URL's host, without the @."""
    for match in _USERINFO.finditer(text):
        yield Finding(match.start(), match.end() - 1, Kind.CREDENTIAL)


def private_keys(text: str) -> Iterator[Finding]:
    """PEM blocks, up to their end line, or up to the end of the text when they were cut off."""
    place = 0
    while match := _KEY_BLOCK.search(text, place):
        closing = _KEY_BLOCK_END.search(text, match.end())
        place = closing.end() if closing else len(text)
        yield Finding(match.start(), place, Kind.PRIVATE_KEY)
