"""A sandbox on a free port, and one merchant's US and Vietnamese pairs connected to it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, VN_STORE, World
from tiktoksync.sandbox.server import start
from tiktoksync.shops.models import ShopifyStore, TikTokShop

PAIRS = (
    (US_SHOP, US_STORE, "US", "us", "TTP_sandboxUsCipher01", "TTP"),
    (VN_SHOP, VN_STORE, "VN", "vn", "ROW_sandboxVnCipher02", "ROW"),
)


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    sandbox = start(port=0, config={"catalogue": "small"})
    yield sandbox.url
    sandbox.stop()


@pytest.fixture
def world(sandbox_url: str, settings: Settings, db: None, request: pytest.FixtureRequest) -> World:
    """Both pairs connected, webhooks off, nothing in the request log."""
    world = World(sandbox_url)
    world.control("POST", "reset")
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    settings.TIKTOK_API_URL = f"{sandbox_url}/tiktok"
    settings.TIKTOK_AUTH_URL = f"{sandbox_url}/tiktok-auth"
    settings.SHOPIFY_URL = f"{sandbox_url}/shopify/{{shop}}"
    settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = "sandbox", "sandbox-tiktok-secret"
    settings.SHOPIFY_API_KEY, settings.SHOPIFY_API_SECRET = "sandbox", "shpss_sandbox"
    for pair in PAIRS:
        connect(*pair)
    if "catalogues" not in request.fixturenames:
        rest_catalogues()
    # A test has no time to be gentle with the sandbox; tests of the pace set their own.
    settings.TIKTOK_READS_PER_SECOND = settings.TIKTOK_WRITES_PER_SECOND = 1000
    world.shops = {shop.shop_id: shop for shop in TikTokShop.objects.all()}
    world.forget_calls()
    return world


def rest_catalogues() -> None:
    """Most tests are not about products: their passes need not read any."""
    later = timezone.now() + timedelta(days=1)
    ShopifyStore.objects.update(variants_wanted_at=None, next_catalogue_poll_at=later)
    TikTokShop.objects.update(listings_wanted_at=None, next_catalogue_poll_at=later)


def connect(shop: str, store: str, region: str, name: str, cipher: str, prefix: str) -> None:
    out = io.StringIO()
    call_command(
        "connect_shops",
        merchant="Demo",
        shopify_shop=store,
        shopify_token=f"shpat_sandbox-{name}",
        tiktok_shop_id=shop,
        tiktok_cipher=cipher,
        tiktok_region=region,
        tiktok_access_token=f"{prefix}_sandbox-{name}-access",
        tiktok_refresh_token=f"{prefix}_sandbox-{name}-refresh",
        sync_from="all",
        no_subscribe=True,
        stdout=out,
    )
    assert json.loads(out.getvalue())["merchant_id"]
