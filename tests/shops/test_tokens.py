"""Tokens: stored by version, renewed in time, minted, encrypted anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from tests.shops.fakes import World
from tests.shops.pairs import anna
from tests.shops.rows import dump_rows
from tiktoksync.lib.secrets import UnreadableSecret, digest
from tiktoksync.shops.models import ApiToken, Credential, Merchant, PlatformApp
from tiktoksync.shops.services import tokens
from tiktoksync.shops.services.connect import connect_pair
from tiktoksync.shops.services.tokens import (
    count_unreadable_secrets,
    existing_or_new_token,
    mint_token,
    moment,
    rotate_secrets,
    store_tokens,
)

LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def credential(world: World) -> Credential:
    credential = connect_pair(anna()).shop.credential
    credential.refresh_from_db()
    return credential


def sealed(credential: Credential) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM shops_credential WHERE id = %s", [credential.pk])
        return str(cursor.fetchone()[0])


def store(credential: Credential, token: str, **changes: Any) -> bool:
    values = {
        "access_expires_at": LATER,
        "refresh_token": "refresh",
        "refresh_expires_at": None,
        **changes,
    }
    return store_tokens(credential, access_token=token, **values)


def test_new_tokens_raise_the_version_and_are_encrypted(credential: Credential) -> None:
    assert store(credential, "TTP_new")
    assert "TTP_new" not in sealed(credential)
    stored = Credential.objects.get(pk=credential.pk)
    assert (stored.access_token, stored.version) == ("TTP_new", credential.version)
    assert stored.version == 3


def test_the_same_tokens_are_not_written_again(credential: Credential) -> None:
    store(credential, "TTP_new")
    before = dump_rows()
    assert not store(credential, "TTP_new")
    assert dump_rows() == before


def test_tokens_stored_by_somebody_else_meanwhile_are_not_overwritten(
    credential: Credential,
) -> None:
    stale = Credential.objects.get(pk=credential.pk)
    assert store(credential, "TTP_new")
    assert not store(stale, "TTP_stale")
    assert Credential.objects.get(pk=credential.pk).access_token == "TTP_new"
    assert stale.access_token == "TTP_good"


@pytest.mark.parametrize(
    ("life", "left"),
    [
        (timedelta(days=7), timedelta(hours=16.8)),
        (timedelta(hours=1), timedelta(minutes=6)),
        (timedelta(minutes=10), timedelta(minutes=5)),
        (timedelta(minutes=1), timedelta(seconds=30)),
    ],
)
def test_a_token_is_renewed_before_it_ends(
    credential: Credential, monkeypatch: pytest.MonkeyPatch, life: timedelta, left: timedelta
) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    monkeypatch.setattr(tokens, "database_now", lambda: now)
    store(credential, "TTP_new", access_expires_at=now + life)
    assert Credential.objects.get(pk=credential.pk).next_attempt_at == now + life - left


def test_a_token_that_is_dead_is_due_at_once(
    credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    monkeypatch.setattr(tokens, "database_now", lambda: now)
    store(credential, "TTP_dead", access_expires_at=now - timedelta(hours=1))
    assert Credential.objects.get(pk=credential.pk).next_attempt_at <= now


def test_a_token_of_unknown_life_is_taken_to_live_as_long_as_usual(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    monkeypatch.setattr(tokens, "database_now", lambda: now)
    pair = connect_pair(anna())
    assert pair.shop.credential.next_attempt_at == now + timedelta(days=6.3)


def test_without_a_refresh_token_nothing_is_ever_due(world: World) -> None:
    pair = connect_pair(anna())
    assert pair.store.credential.refresh_token == ""
    assert pair.store.credential.next_attempt_at is None


def test_moments_are_read_from_unix_seconds() -> None:
    assert moment(1700000000) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert moment(4878250317) == datetime(2124, 8, 2, 5, 31, 57, tzinfo=UTC)
    assert (moment(None), moment(0)) == (None, None)


def test_a_minted_token_is_found_by_its_digest_and_not_stored_in_the_clear(db: None) -> None:
    merchant = Merchant.objects.create(name="Anna")
    token = mint_token(merchant, "ERP")
    row = ApiToken.objects.get(digest=digest(token))
    assert (row.merchant, row.name, row.token) == (merchant, "ERP", token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM shops_apitoken")
        assert token not in cursor.fetchone()[0]
    assert mint_token(merchant, "ERP") != token


def test_a_token_of_a_name_is_made_once_and_again_after_it_was_revoked(db: None) -> None:
    merchant, other = (Merchant.objects.create(name=name) for name in ("Anna", "Ben"))
    token = existing_or_new_token(merchant, "ERP")
    assert existing_or_new_token(merchant, "ERP") == token
    assert existing_or_new_token(merchant, "BI") != token
    assert existing_or_new_token(other, "ERP") != token
    ApiToken.objects.filter(digest=digest(token)).update(revoked_at=LATER)
    assert existing_or_new_token(merchant, "ERP") != token


def test_every_secret_is_encrypted_with_the_newest_key(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "ROTATION_BATCH", 2)
    pair = connect_pair(anna())
    old, new = settings.TOKEN_KEYS[0], Fernet.generate_key().decode()
    settings.TOKEN_KEYS = [new, old]
    done = rotate_secrets()
    # Two apps, two access tokens, one refresh token, one API token.
    assert (done.rotated, done.current, done.unreadable) == (6, 0, 0)
    settings.TOKEN_KEYS = [new]
    assert count_unreadable_secrets() == 0
    stored = Credential.objects.get(shop=pair.shop)
    assert (stored.access_token, stored.refresh_token) == ("TTP_good", "TTP_refresh")
    assert {app.secret for app in PlatformApp.objects.all()} == {"tiktok-secret", "shopify-secret"}
    assert ApiToken.objects.get().token == pair.api_token


def test_encrypting_anew_twice_writes_nothing_the_second_time(world: World, settings: Any) -> None:
    connect_pair(anna())
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.TOKEN_KEYS]
    rotate_secrets()
    before = dump_rows()
    done = rotate_secrets()
    assert (done.rotated, done.current) == (0, 6)
    assert dump_rows() == before


def test_a_secret_replaced_meanwhile_is_not_undone(
    credential: Credential, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.TOKEN_KEYS]
    real = tokens.unseal

    def replace_meanwhile(text: str) -> str:
        if text == before:
            store(credential, "TTP_fresh")
        return real(text)

    before = sealed(credential)
    monkeypatch.setattr(tokens, "unseal", replace_meanwhile)
    rotate_secrets()
    assert Credential.objects.get(pk=credential.pk).access_token == "TTP_fresh"


def test_a_secret_no_key_opens_is_counted_and_left_alone(
    credential: Credential, settings: Any
) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    before = dump_rows()
    assert count_unreadable_secrets() == 6
    assert rotate_secrets().unreadable == 6
    assert dump_rows() == before
    with pytest.raises(UnreadableSecret):
        credential.refresh_from_db()
