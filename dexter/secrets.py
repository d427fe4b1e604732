"""Secrets: generated keys of the embedded mode, encryption of what nobody may read in the database."""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


def fresh_secret(name: str) -> str:
    """A new value for the setting `name` (`SECRET_KEY` or `TOKEN_KEYS`)."""
    return Fernet.generate_key().decode() if name == "TOKEN_KEYS" else secrets.token_urlsafe(50)


def embedded_secret(var_dir: Path, name: str) -> str:
    """The embedded mode's own value of `name`, made on first use and kept in `var_dir` with mode 600."""
    path = var_dir / name.lower()
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and linked into place, so that two processes that start together agree on one value.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(fresh_secret(name))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


class Undecryptable(Exception):
    """A stored secret that none of the current `TOKEN_KEYS` opens."""


def encrypt(text: str, keys: list[str]) -> bytes:
    """`text` under the first of `keys` (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return MultiFernet([Fernet(key) for key in keys]).encrypt(text.encode())


def decrypt(stored: bytes, keys: list[str]) -> str:
    """The text behind `encrypt`; raises Undecryptable when no key of `keys` fits."""
    try:
        return MultiFernet([Fernet(key) for key in keys]).decrypt(bytes(stored)).decode()
    except InvalidToken as error:
        raise Undecryptable("TOKEN_KEYS no longer holds the key this was stored with") from error


if __name__ == "__main__":
    for name in ("SECRET_KEY", "TOKEN_KEYS"):
        print(f"{name}={fresh_secret(name)}")
