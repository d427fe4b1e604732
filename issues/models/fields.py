"""A column that is encrypted at rest."""

from typing import Any

from django.conf import settings
from django.db import models

from dexter.secrets import decrypt, encrypt


class EncryptedTextField(models.Field):
    """Text, stored as bytes under the first of `settings.TOKEN_KEYS`; empty text is stored as no bytes.

    Reading raises dexter.secrets.Undecryptable when no key fits; never log or render the value.
    """

    empty_values = [None, ""]

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.Database.Binary(encrypt(value, settings.TOKEN_KEYS) if value else b"")

    def from_db_value(self, value: Any, *_: object) -> str:
        return decrypt(bytes(value), settings.TOKEN_KEYS) if value else ""

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # a fixture never holds a secret
