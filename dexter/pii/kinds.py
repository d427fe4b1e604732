"""The kinds of personal data and secrets that Dexter can tell apart."""

from enum import StrEnum


class Kind(StrEnum):
    """What a piece of text is. The value is what `mask_text` prints between brackets."""

    EMAIL = "email"
    IP = "ip"
    MAC = "mac"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    SSN = "ssn"
    NAME = "name"
    USERNAME = "username"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    SECRET = "secret"  # noqa: S105 - the name of a kind, not a secret
    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105 - the name of a kind, not a secret
    JWT = "jwt"
    API_KEY = "api-key"
    CREDENTIAL = "credential"
    PRIVATE_KEY = "private-key"
    FILTERED = "filtered"

    @property
    def label(self) -> str:
        """What a reader sees: "IP address", "card number"."""
        return _LABELS.get(self, self.value.replace("-", " "))


_LABELS = {
    Kind.IP: "IP address",
    Kind.MAC: "MAC address",
    Kind.PHONE: "phone number",
    Kind.CARD: "card number",
    Kind.IBAN: "IBAN",
    Kind.SSN: "social security number",
    Kind.BIRTH_DATE: "date of birth",
    Kind.JWT: "JSON web token",
    Kind.API_KEY: "API key",
    Kind.FILTERED: "already filtered",
}
