"""Every sample webhook of both platforms goes through the real door; what becomes of each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.webhooks.cast import make_shop, make_store, post_tiktok, tiktok_signature
from tiktoksync.shops.models import Merchant, Platform, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.webhooks import inbox
from tiktoksync.webhooks.models import Delivery

FOLDER = Path(__file__).parent
MANIFEST = json.loads((FOLDER / "shopify" / "webhooks.manifest.json").read_text(encoding="utf-8"))
SHOPIFY_SAMPLES = {delivery["file"]: delivery for delivery in MANIFEST["deliveries"]}
ORDER, PRODUCT = "5400000000001", "8600000000001"


class Expected(NamedTuple):
    """What is stored, which lane is woken ("" for none), and whether the connection ends."""

    topic: str
    outcome: str
    resource_id: str = ""
    lane: str = ""
    ends_connection: bool = False


SHOPIFY = {
    "orders_create.json": Expected("orders/create", "new", ORDER, "pull_fulfillments"),
    "orders_updated.json": Expected("orders/updated", "new", ORDER, "pull_fulfillments"),
    "orders_fulfilled.json": Expected("orders/fulfilled", "new", ORDER, "pull_fulfillments"),
    "fulfillments_create.json": Expected("fulfillments/create", "new", ORDER, "pull_fulfillments"),
    "fulfillment_events_create.json": Expected(
        "fulfillment_events/create", "ignored", "33100000000001"
    ),
    "products_update.json": Expected("products/update", "new", PRODUCT, "pull_variants"),
    "products_delete.json": Expected("products/delete", "new", "8600000000009", "pull_variants"),
    "inventory_levels_update.json": Expected(
        "inventory_levels/update", "new", "45000000000001", "pull_variants"
    ),
    "app_uninstalled.json": Expected(
        "app/uninstalled", "used", "90000000001", ends_connection=True
    ),
    "customers_data_request.json": Expected("customers/data_request", "used"),
    "customers_redact.json": Expected("customers/redact", "used"),
    "bulk_operations_finish.json": Expected(
        "bulk_operations/finish", "new", "5200000000001", "pull_variants"
    ),
}
TIKTOK = {
    "webhook_01_order_status_change.json": Expected(
        "ORDER_STATUS_CHANGE", "new", "576653688135258178", "pull_orders"
    ),
    "webhook_03_recipient_address_update.json": Expected(
        "RECIPIENT_ADDRESS_UPDATE", "new", "576486316948490001", "pull_orders"
    ),
    "webhook_04_package_update.json": Expected("PACKAGE_UPDATE", "new", "152523", "pull_orders"),
    "webhook_05_product_status_change.json": Expected(
        "PRODUCT_STATUS_CHANGE", "new", "576486316948490000", "pull_listings"
    ),
    "webhook_06_seller_deauthorization.json": Expected(
        "SELLER_DEAUTHORIZATION", "used", ends_connection=True
    ),
    "webhook_11_cancellation_status_change.json": Expected(
        "CANCELLATION_STATUS_CHANGE", "new", "576486316948490001", "pull_orders"
    ),
}


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    calls: list[tuple[str, int]] = []
    monkeypatch.setattr(inbox, "wake", lambda stem, account_id: calls.append((stem, account_id)))
    return calls


@pytest.fixture
def store(db: None) -> ShopifyStore:
    app = PlatformApp.objects.create(
        platform=Platform.SHOPIFY, key="sandbox", secret=MANIFEST["client_secret"]
    )
    store = make_store(Merchant.objects.create(name="Sample"), app, MANIFEST["shop"])
    ShopifyStore.objects.update(connected_at=datetime(2021, 1, 1, tzinfo=UTC))
    return store


@pytest.fixture
def shops(store: ShopifyStore) -> dict[str, TikTokShop]:
    app = PlatformApp.objects.create(platform=Platform.TIKTOK, key="abcdef", secret="123")
    ids = ("7495540735365777507", "7494049642642441621")
    shops = {shop_id: make_shop(store.merchant, app, store, shop_id) for shop_id in ids}
    TikTokShop.objects.update(connected_at=datetime(2021, 1, 1, tzinfo=UTC))
    return shops


def test_every_sample_has_its_row() -> None:
    shopify = {path.name for path in (FOLDER / "shopify").glob("*.json")}
    tiktok = {path.name for path in (FOLDER / "tiktok").glob("webhook_*.json")}
    assert shopify - {"webhooks.manifest.json"} == set(SHOPIFY) == set(SHOPIFY_SAMPLES)
    assert tiktok == set(TIKTOK)


@pytest.mark.parametrize("name", SHOPIFY)
def test_a_shopify_sample_is_kept_byte_for_byte_as_it_was_signed(name: str) -> None:
    raw = (FOLDER / "shopify" / name).read_bytes()
    digest = hmac.new(MANIFEST["client_secret"].encode(), raw, hashlib.sha256).digest()
    signature = SHOPIFY_SAMPLES[name]["headers"]["X-Shopify-Hmac-Sha256"]
    assert base64.b64encode(digest).decode() == signature


def post_sample(name: str, path: str) -> HttpResponse:
    return Client().post(
        path,
        data=(FOLDER / "shopify" / name).read_bytes(),
        content_type="application/json",
        headers=SHOPIFY_SAMPLES[name]["headers"],
    )


@pytest.mark.parametrize("name", SHOPIFY)
def test_a_shopify_sample_at_the_stores_address(
    name: str, store: ShopifyStore, woken: list[tuple[str, int]]
) -> None:
    expected = SHOPIFY[name]
    for _ in range(2):
        assert post_sample(name, f"/webhooks/shopify/{store.webhook_secret}/").status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.topic, delivery.outcome, delivery.resource_id) == expected[:3]
    assert (delivery.store, delivery.shop) == (store, None)
    headers = SHOPIFY_SAMPLES[name]["headers"]
    assert delivery.delivery_id == headers["X-Shopify-Webhook-Id"]
    assert woken == ([(expected.lane, store.pk)] if expected.lane else [])
    store.refresh_from_db()
    assert (store.auth_lost_at is not None) == expected.ends_connection


@pytest.mark.parametrize("name", SHOPIFY)
def test_a_shopify_sample_at_the_apps_address_is_used_if_its_body_names_the_store(
    name: str, store: ShopifyStore, woken: list[tuple[str, int]]
) -> None:
    names_store = name.startswith(("app_", "customers_"))
    assert post_sample(name, "/webhooks/shopify/").status_code == 200
    delivery = Delivery.objects.get()
    assert delivery.store == (store if names_store else None)
    assert delivery.outcome == (SHOPIFY[name].outcome if names_store else "ignored")
    assert woken == []
    store.refresh_from_db()
    assert (store.auth_lost_at is not None) == SHOPIFY[name].ends_connection


@pytest.mark.parametrize("name", SHOPIFY)
def test_a_shopify_sample_is_refused_at_another_stores_address(
    name: str, store: ShopifyStore, woken: list[tuple[str, int]]
) -> None:
    other = make_store(Merchant.objects.create(name="Other"), store.app, "other.myshopify.com")
    assert post_sample(name, f"/webhooks/shopify/{other.webhook_secret}/").status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


def compact(name: str) -> bytes:
    """The bytes as TikTok Shop sends them: one line, without blanks."""
    body = json.loads((FOLDER / "tiktok" / name).read_bytes())
    return json.dumps(body, separators=(",", ":")).encode()


@pytest.mark.parametrize("name", TIKTOK)
def test_a_tiktok_sample_at_its_door(
    name: str, shops: dict[str, TikTokShop], woken: list[tuple[str, int]]
) -> None:
    expected, raw = TIKTOK[name], compact(name)
    shop = shops[json.loads(raw)["shop_id"]]
    for _ in range(2):
        assert post_tiktok(raw, tiktok_signature(shop.app, raw)).status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.topic, delivery.outcome, delivery.resource_id) == expected[:3]
    assert (delivery.shop, delivery.store) == (shop, None)
    assert woken == ([(expected.lane, shop.pk)] if expected.lane else [])
    shop.refresh_from_db()
    assert (shop.auth_lost_at is not None) == expected.ends_connection


@pytest.mark.parametrize("name", TIKTOK)
def test_a_tiktok_sample_without_a_good_signature_leaves_no_trace(
    name: str, shops: dict[str, TikTokShop], woken: list[tuple[str, int]]
) -> None:
    assert post_tiktok(compact(name), "0" * 64).status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


def test_the_package_sample_names_both_its_orders(
    shops: dict[str, TikTokShop], woken: list[Any]
) -> None:
    raw = compact("webhook_04_package_update.json")
    shop = shops["7494049642642441621"]
    post_tiktok(raw, tiktok_signature(shop.app, raw))
    (hint,) = inbox.take_hints(shop=shop, limit=9)
    assert inbox.named_orders(hint) == ("152523", "532123")


def test_the_status_sample_bears_the_documented_signature(
    shops: dict[str, TikTokShop], woken: list[Any]
) -> None:
    signature = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
    raw = compact("webhook_01_order_status_change.json")
    assert post_tiktok(raw, signature).status_code == 200
    assert Delivery.objects.get().outcome == "new"
