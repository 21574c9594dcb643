"""Secrets at rest: the platforms' tokens, API tokens of programs, and re-encrypting them all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tiktoksync.lib.secrets import EncryptedTextField, UnreadableSecret, digest, seal, unseal
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ApiToken, Credential, Merchant

TOKEN_PREFIX = "tts_"
ROTATION_BATCH = 500
#: Tokens are renewed when a tenth of their life is left, and not later than this before their end;
#: those that live shorter are renewed in the middle of their life.
LATEST_RENEWAL = timedelta(minutes=5)
#: A platform that hands out dead tokens is not asked for one after another.
BETWEEN_RENEWALS = timedelta(seconds=10)
#: How long a token lives when nobody says: TikTok Shop's week, Shopify's hour.
USUAL_TIKTOK_LIFE = timedelta(days=7)
USUAL_SHOPIFY_LIFE = timedelta(hours=1)


def moment(epoch: float | None) -> datetime | None:
    """Unix seconds as an aware time; None and 0 mean unknown."""
    return datetime.fromtimestamp(epoch, UTC) if epoch else None


def store_tokens(
    credential: Credential,
    *,
    access_token: str,
    access_expires_at: datetime | None,
    refresh_token: str,
    refresh_expires_at: datetime | None,
) -> bool:
    """Write new tokens and when to renew them, if nobody stored others since `credential` was read.

    Returns whether something was written. An expiry of None means that nobody knows.
    """
    new: dict[str, Any] = {
        "access_token": access_token,
        "access_expires_at": access_expires_at,
        "refresh_token": refresh_token,
        "refresh_expires_at": refresh_expires_at,
    }
    if all(getattr(credential, name) == value for name, value in new.items()):
        return False
    given = Credential(shop_id=credential.shop_id, store_id=credential.store_id, **new)
    new["next_attempt_at"] = (
        renewal_time(credential, access_expires_at, database_now()) if is_renewable(given) else None
    )
    new["version"] = credential.version + 1
    rows = Credential.objects.filter(pk=credential.pk, version=credential.version)
    if not rows.update(**new):
        return False
    for name, value in new.items():
        setattr(credential, name, value)
    return True


def is_renewable(credential: Credential) -> bool:
    """Whether there is a way to a new access token without a person."""
    return bool(credential.refresh_token) or is_asked_anew(credential)


def is_asked_anew(credential: Credential) -> bool:
    """Whether it is a Shopify token that ends and has no refresh token: the app asks for another.

    Such are the tokens of the client credentials grant.
    """
    ends = credential.access_expires_at is not None
    return credential.store_id is not None and ends and not credential.refresh_token


def renewal_time(
    credential: Credential, access_expires_at: datetime | None, now: datetime
) -> datetime:
    """When to renew an access token that was just stored; in the past if it is dead."""
    usual = USUAL_TIKTOK_LIFE if credential.shop_id else USUAL_SHOPIFY_LIFE
    expires = access_expires_at or now + usual
    left = expires - now
    return expires - min(max(left / 10, LATEST_RENEWAL), left / 2)


def mint_token(merchant: Merchant, name: str = "API") -> str:
    """A new key to a merchant's API, in the clear."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(merchant=merchant, name=name, digest=digest(token), token=token)
    return token


def existing_or_new_token(merchant: Merchant, name: str = "API") -> str:
    """The merchant's key of this name, made if there is none that still works."""
    found = merchant.api_tokens.filter(name=name, revoked_at=None).order_by("pk").first()
    return found.token if found else mint_token(merchant, name)


@dataclass(slots=True)
class Rotation:
    """How many secrets were re-encrypted, had the newest key already, or open to no key."""

    rotated: int = 0
    current: int = 0
    unreadable: int = 0


def rotate_secrets() -> Rotation:
    """Encrypt every stored secret with the newest key of TOKEN_KEYS, batch by batch.

    A secret that is replaced meanwhile is left as its writer wrote it: with the newest key.
    """
    done = Rotation()
    for model, column in _encrypted_columns():
        for key, sealed in _sealed_values(model, column):
            _rotate(model, column, key, sealed, done)
    return done


def count_unreadable_secrets() -> int:
    """How many stored secrets no key of TOKEN_KEYS opens."""
    unreadable = 0
    for model, column in _encrypted_columns():
        for _, sealed in _sealed_values(model, column):
            try:
                unseal(sealed)
            except UnreadableSecret:
                unreadable += 1
    return unreadable


def _encrypted_columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield model, str(field.column)


def _sealed_values(model: type[models.Model], column: str) -> Iterator[tuple[int, str]]:
    """Keys and ciphertexts, read past the field that would decrypt them."""
    quote = connection.ops.quote_name
    table, name = quote(model._meta.db_table), quote(column)
    key = quote(str(model._meta.pk.column))
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {name} FROM {table} WHERE {key} > %s AND {name} <> '' "
                f"ORDER BY {key} LIMIT {ROTATION_BATCH}",
                [last],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


def _rotate(
    model: type[models.Model], column: str, row_id: int, sealed: str, done: Rotation
) -> None:
    if is_current(sealed):
        done.current += 1
        return
    try:
        renewed = seal(unseal(sealed))
    except UnreadableSecret:
        done.unreadable += 1
        return
    quote = connection.ops.quote_name
    table, name = quote(model._meta.db_table), quote(column)
    key = quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s",
            [renewed, row_id, sealed],
        )
        done.rotated += cursor.rowcount


def is_current(sealed: str) -> bool:
    """Whether the newest key encrypted it."""
    try:
        Fernet(settings.TOKEN_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True
