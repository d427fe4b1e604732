"""A column that is encrypted at rest."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from dexter.secrets import Undecryptable, decrypt, encrypt


class Sealed(bytes):
    """A secret as the database has it."""

    def open(self) -> str:
        """Raises dexter.secrets.Undecryptable when no key of `settings.TOKEN_KEYS` fits."""
        return decrypt(self, settings.TOKEN_KEYS)


class _Opened(DeferredAttribute):
    """Decrypts when it is looked at: a lost key spoils nothing but what needs the secret itself."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        found = super().__get__(instance, cls)
        if isinstance(found, Sealed):
            found = instance.__dict__[self.field.attname] = found.open()
        return found

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.Field):
    """Text, stored as bytes under the first of `settings.TOKEN_KEYS`; empty text is stored as no bytes.

    Looking at it raises dexter.secrets.Undecryptable when no key fits; such a one stays as it is when the row
    is saved. Never log or render the value. `values()` and `values_list()` give a Sealed.
    """

    empty_values = [None, ""]
    descriptor_class = _Opened

    def get_internal_type(self) -> str:
        return "BinaryField"

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        try:
            return getattr(instance, self.attname)
        except Undecryptable:
            return instance.__dict__[self.attname]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = encrypt(value, settings.TOKEN_KEYS) if value else b""
        return connection.Database.Binary(value or b"")

    def from_db_value(self, value: Any, *_: object) -> "Sealed | str":
        return Sealed(value) if value else ""

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # a fixture never holds a secret
