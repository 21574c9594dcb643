"""Secrets at rest: text columns encrypted with the keys of TOKEN_KEYS, the newest first."""

import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models


class UnreadableSecret(Exception):
    """A stored secret cannot be decrypted by any key of TOKEN_KEYS."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    """Encrypt with the newest key."""
    return _box(tuple(settings.TOKEN_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with whichever key fits; raises UnreadableSecret if none does."""
    try:
        return _box(tuple(settings.TOKEN_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("no key of TOKEN_KEYS opens a stored secret") from error


def digest(text: str) -> str:
    """A look-up key for a secret that must be found again without being stored in the clear."""
    return hashlib.sha256(text.encode()).hexdigest()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database; it cannot be searched, only tested for emptiness."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return value if not value else unseal(value)

    def get_prep_value(self, value: Any) -> Any:
        return value if not value else seal(str(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"an encrypted column cannot be compared ({lookup_name})")
        return super().get_lookup(lookup_name)
