"""Secrets at rest: unreadable in the table, readable with any key, never compared."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection

from tests.factories import Pair, make_pair
from tiktoksync.lib.secrets import UnreadableSecret, digest, seal, unseal
from tiktoksync.shops.models import ApiToken, Credential, PlatformApp
from tiktoksync.shops.services.tokens import mint_token


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair()


def raw(table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What the table really holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return list(cursor.fetchall())


def test_tokens_are_unreadable_in_the_table(pair: Pair) -> None:
    rows = raw("shops_credential", "access_token", "refresh_token")
    stored = " ".join(str(value) for row in rows for value in row)
    for row in Credential.objects.all():
        assert row.access_token not in stored
    assert "TTP_" not in stored
    assert "shpat_" not in stored
    assert {row.access_token for row in Credential.objects.all()} == {
        "TTP_749Anna",
        "shpat_anna.myshopify.com",
    }


def test_app_secrets_and_api_keys_are_unreadable_too(pair: Pair) -> None:
    token = mint_token(pair.merchant)
    stored = str(raw("shops_platformapp", "secret", "old_secret")) + str(
        raw("shops_apitoken", "token", "digest")
    )
    assert token not in stored
    assert "app-secret" not in stored
    assert {app.secret for app in PlatformApp.objects.all()} == {
        "shopify-app-secret",
        "tiktok-app-secret",
    }
    assert ApiToken.objects.get(digest=digest(token)).token == token


def test_the_same_secret_looks_different_each_time() -> None:
    assert seal("secret") != seal("secret")
    assert unseal(seal("secret")) == "secret"


@pytest.mark.parametrize("secret", ["", "ü 🎁", "x" * 5000])
def test_every_text_comes_back(secret: str) -> None:
    assert unseal(seal(secret)) == secret


def test_an_empty_secret_is_stored_empty(pair: Pair) -> None:
    assert ("",) in raw("shops_platformapp", "old_secret")
    assert Credential.objects.get(store=pair.store).refresh_token == ""


def test_an_older_key_still_opens_and_the_newest_seals(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.TOKEN_KEYS = [old]
    sealed = seal("secret")
    settings.TOKEN_KEYS = [new, old]
    assert unseal(sealed) == "secret"
    again = seal("secret")
    settings.TOKEN_KEYS = [new]
    assert unseal(again) == "secret"
    with pytest.raises(UnreadableSecret):
        unseal(sealed)


def test_what_no_key_opens_is_told_without_showing_it(pair: Pair, settings: Any) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UnreadableSecret) as caught:
        Credential.objects.get(store=pair.store)
    assert "gAAAA" not in str(caught.value)


@pytest.mark.parametrize("lookup", ["exact", "contains", "in"])
def test_an_encrypted_column_cannot_be_searched(pair: Pair, lookup: str) -> None:
    value = ["x"] if lookup == "in" else "x"
    with pytest.raises(FieldError, match="encrypted column"):
        Credential.objects.filter(**{f"access_token__{lookup}": value}).exists()
    assert Credential.objects.filter(access_token__isnull=False).count() == 2


def test_an_update_of_many_rows_is_encrypted_too(pair: Pair) -> None:
    Credential.objects.update(access_token="shpat_new")
    assert "shpat_new" not in str(raw("shops_credential", "access_token"))
    assert {row.access_token for row in Credential.objects.all()} == {"shpat_new"}


def test_a_digest_is_no_secret_and_always_the_same() -> None:
    assert digest("token") == digest("token")
    assert (len(digest("token")), "token" in digest("token")) == (64, False)
