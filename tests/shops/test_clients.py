"""Clients built from rows, and the fakes that stand in for them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from tests.shops.fakes import FakeShopify, FakeTikTok
from tests.webhooks.cast import make_cast
from tiktoksync.errors import NotAuthorized
from tiktoksync.shopify.client import ShopifyClient
from tiktoksync.shops.models import Credential
from tiktoksync.shops.services.clients import (
    shopify_auth,
    shopify_client,
    tiktok_auth,
    tiktok_client,
)
from tiktoksync.tiktok.client import TikTokClient


@pytest.mark.django_db
def test_clients_speak_for_the_account_to_the_addresses_of_the_settings(settings: Any) -> None:
    settings.TIKTOK_API_URL, settings.TIKTOK_AUTH_URL = "http://127.0.0.1:1/t", "http://127.0.0.1:2"
    settings.SHOPIFY_URL = "http://127.0.0.1:3/{shop}"
    cast = make_cast()
    Credential.objects.create(shop=cast.anna_shop, access_token="TTP_a")
    Credential.objects.create(store=cast.anna_store, access_token="shpat_a")
    assert tiktok_client(cast.anna_shop).api_url == "http://127.0.0.1:1/t"
    shopify = shopify_client(cast.anna_store)
    assert shopify.base_url == "http://127.0.0.1:3/anna.myshopify.com"
    assert shopify.api_version == settings.SHOPIFY_API_VERSION
    assert shopify.deadline == 20.0
    assert tiktok_auth(cast.tiktok_app).auth_url == "http://127.0.0.1:2"
    assert tiktok_auth(cast.tiktok_app).app_key == "abcdef"
    assert shopify_auth(cast.anna_store).api_key == "shopify-key"


@pytest.mark.django_db
def test_an_account_without_tokens_has_to_be_connected() -> None:
    cast = make_cast()
    for build, account in ((tiktok_client, cast.anna_shop), (shopify_client, cast.anna_store)):
        with pytest.raises(NotAuthorized) as refused:
            build(account)
        assert refused.value.account_reason == "consent_lost"


@pytest.mark.parametrize(
    ("fake", "real"), [(FakeShopify, ShopifyClient), (FakeTikTok, TikTokClient)]
)
def test_the_fakes_have_the_clients_methods(fake: Any, real: Any) -> None:
    names = [name for name, _ in inspect.getmembers(fake, inspect.isfunction) if name[0] != "_"]
    assert len(names) >= 3
    for name in names:
        theirs, ours = (inspect.signature(getattr(kind, name)) for kind in (real, fake))
        assert list(theirs.parameters) == list(ours.parameters), name
