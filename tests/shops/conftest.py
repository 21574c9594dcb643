"""What the tests of connecting share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shops.fakes import FakeShopify, FakeTikTok, ShopOverThere, StoreOverThere, World
from tiktoksync.shops.services import clients

ANNA_STORE, BEN_STORE = "anna.myshopify.com", "ben.myshopify.com"
ANNA_SHOP, BEN_SHOP = "7495540735365777507", "7494049642642441621"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> World:
    """Anna's and Ben's accounts on both platforms, and an installation with its own apps."""
    here = World()
    here.stores[ANNA_STORE] = StoreOverThere(ANNA_STORE)
    here.stores[BEN_STORE] = StoreOverThere(BEN_STORE, token="shpat_ben", name="Ben's store")
    here.shops[ANNA_SHOP] = ShopOverThere(ANNA_SHOP, "TTP_anna")
    here.shops[BEN_SHOP] = ShopOverThere(BEN_SHOP, "ROW_ben", "ROW_good", "Ben VN", "VN")
    for fake, name in ((FakeShopify, "ShopifyClient"), (FakeTikTok, "TikTokClient")):
        monkeypatch.setattr(fake, "world", here, raising=False)
        monkeypatch.setattr(clients, name, fake)
    settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = "tiktok-key", "tiktok-secret"
    settings.SHOPIFY_API_KEY, settings.SHOPIFY_API_SECRET = "shopify-key", "shopify-secret"
    settings.SHOPIFY_URL = "https://{shop}"
    settings.PUBLIC_URL, settings.HTTPS, settings.ON_LOOPBACK = "https://sync.example", True, False
    settings.PUBLIC_HOST = "sync.example"
    return here
