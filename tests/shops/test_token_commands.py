"""`mint_api_token` and `rotate_token_keys`."""

from __future__ import annotations

import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from tiktoksync.lib.secrets import digest
from tiktoksync.shops.models import ApiToken, Merchant, Platform, PlatformApp


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("by", ["name", "number"])
def test_a_minted_token_is_printed_alone(db: None, by: str) -> None:
    merchant = Merchant.objects.create(name="Anna & Söhne")
    given = merchant.name if by == "name" else str(merchant.pk)
    token = run("mint_api_token", given, "--name=ERP").strip()
    row = ApiToken.objects.get()
    assert (row.digest, row.merchant, row.name) == (digest(token), merchant, "ERP")


def test_a_minted_token_opens_the_api(db: None) -> None:
    from rest_framework.test import APIRequestFactory

    from tiktoksync.shops.api_auth import ApiTokenAuthentication

    merchant = Merchant.objects.create(name="Anna")
    token = run("mint_api_token", "Anna").strip()
    request = APIRequestFactory().get("/", headers={"Authorization": f"Token {token}"})
    found = ApiTokenAuthentication().authenticate(request)
    assert found is not None
    assert found[0].merchant == merchant


@pytest.mark.parametrize("given", ["Nobody", "999", "-1", "9" * 30, "²"])
def test_an_unknown_merchant_is_told(db: None, given: str) -> None:
    with pytest.raises(CommandError, match="there is no merchant"):
        call_command("mint_api_token", "--", given)
    assert ApiToken.objects.count() == 0


def test_rotating_says_how_many(db: None, settings: Any) -> None:
    for key in "abc":
        PlatformApp.objects.create(platform=Platform.TIKTOK, key=key, secret=f"secret {key}")
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.TOKEN_KEYS]
    PlatformApp.objects.create(platform=Platform.TIKTOK, key="new", secret="secret new")
    said = run("rotate_token_keys")
    assert said == "3 secrets were encrypted anew, 1 had the newest key.\n"
    assert run("rotate_token_keys") == "0 secrets were encrypted anew, 4 had the newest key.\n"


def test_rotating_ends_badly_when_a_secret_cannot_be_read(db: None, settings: Any) -> None:
    lost, usual = Fernet.generate_key().decode(), settings.TOKEN_KEYS
    settings.TOKEN_KEYS = [lost]
    PlatformApp.objects.create(platform=Platform.TIKTOK, key="lost", secret="lost")
    settings.TOKEN_KEYS = usual
    PlatformApp.objects.create(platform=Platform.TIKTOK, key="old", secret="old")
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *usual]
    with pytest.raises(CommandError, match="1 secrets open with none of TOKEN_KEYS"):
        run("rotate_token_keys")
    settings.TOKEN_KEYS = settings.TOKEN_KEYS[:1]
    assert PlatformApp.objects.get(key="old").secret == "old"
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM shops_platformapp WHERE key = 'lost'")
        assert Fernet(lost).decrypt(cursor.fetchone()[0].encode()) == b"lost"
