"""Two merchants with shops, stores, orders and API tokens, as the API and admin tests need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from orders.models import Fulfillment, LineItem, Order, StatusChange
from products.models import Link, Product, Variant, sku_key
from tiktoksync.lib.secrets import digest
from tiktoksync.shops.models import (
    ApiToken,
    Credential,
    Merchant,
    OrderRules,
    Platform,
    PlatformApp,
    ShopifyStore,
    TikTokShop,
)

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
ANNA_TOKEN = "anna-token"
BEN_TOKEN = "ben-token"
# An order that could be sent, as far as it is read.
RAW = {
    "id": "576461413038785752",
    "status": "AWAITING_SHIPMENT",
    "create_time": 1777809600,
    "update_time": 1777809600,
    "payment": {"currency": "USD", "total_amount": "35.97"},
    "line_items": [{"id": "1", "sku_id": "2", "sale_price": "35.97", "currency": "USD"}],
}


@dataclass
class Side:
    """One merchant and what belongs to it."""

    merchant: Merchant
    store: ShopifyStore
    shop: TikTokShop
    token: str


@dataclass
class Cast:
    """Anna's order travels; Ben must never see it."""

    anna: Side
    ben: Side


def make_cast() -> Cast:
    tiktok = PlatformApp.objects.create(
        platform=Platform.TIKTOK, key="tk", secret="tiktok-app-secret", market="us"
    )
    shopify = PlatformApp.objects.create(
        platform=Platform.SHOPIFY, key="sh", secret="shopify-app-secret"
    )
    return Cast(
        _make_side("Anna", tiktok, shopify, ANNA_TOKEN),
        _make_side("Ben", tiktok, shopify, BEN_TOKEN),
    )


def _make_side(name: str, tiktok: PlatformApp, shopify: PlatformApp, token: str) -> Side:
    merchant = Merchant.objects.create(name=name)
    store = ShopifyStore.objects.create(
        merchant=merchant, app=shopify, shop_domain=f"{name.lower()}.myshopify.com", currency="USD"
    )
    shop = make_shop(merchant, tiktok, store, f"749{len(name)}{ord(name[0])}", f"{name}'s shop")
    ApiToken.objects.create(merchant=merchant, token=token, digest=digest(token))
    return Side(merchant, store, shop, token)


def make_shop(
    merchant: Merchant, app: PlatformApp, store: ShopifyStore, shop_id: str, name: str
) -> TikTokShop:
    shop = TikTokShop.objects.create(
        merchant=merchant,
        app=app,
        store=store,
        shop_id=shop_id,
        cipher="ROW_c",
        region="US",
        name=name,
    )
    OrderRules.objects.create(shop=shop)
    Credential.objects.create(
        shop=shop,
        access_token="access-secret",
        refresh_token="refresh-secret",
        refresh_expires_at=NOON + timedelta(days=300),
        sync_status="synced",
    )
    return shop


def make_order(shop: TikTokShop, order_id: str = "576461413038785752", **columns: Any) -> Order:
    """A stored order with one line; `columns` override."""
    columns = {
        "tiktok_status": "AWAITING_SHIPMENT",
        "tiktok_update_time": 1_777_809_600,
        "currency": "USD",
        "total": Decimal("35.97"),
        "placed_at": NOON,
        "paid_at": NOON,
        "raw": {"id": order_id, "status": "AWAITING_SHIPMENT", "recipient": "Jane Doe"},
        **columns,
    }
    return Order.objects.create(shop=shop, tiktok_order_id=order_id, **columns)


def make_line(order: Order, sku: str = "TEE-M", number: int = 1, **columns: Any) -> LineItem:
    return LineItem.objects.create(
        order=order,
        tiktok_line_item_id=f"{order.tiktok_order_id}{number}",
        tiktok_sku_id=columns.pop("tiktok_sku_id", f"sku-{sku}"),
        seller_sku=sku,
        sku_key=sku_key(sku),
        product_name="Tee",
        price=columns.pop("price", Decimal("11.99")),
        **columns,
    )


def make_fulfillment(order: Order, number: str = "1Z999", **columns: Any) -> Fulfillment:
    return Fulfillment.objects.create(
        order=order,
        shopify_fulfillment_id=f"gid://shopify/Fulfillment/{order.pk}",
        carrier="UPS",
        tracking_number=number,
        **columns,
    )


def make_change(order: Order, axis: str, before: str, after: str, **columns: Any) -> StatusChange:
    columns = {"actor": "tiktok", "at": NOON, **columns}
    return StatusChange.objects.create(
        order=order, axis=axis, before=before, after=after, **columns
    )


def make_variant(store: ShopifyStore, number: int = 41, sku: str = "TEE-M") -> Variant:
    product, _ = Product.objects.get_or_create(
        store=store, shopify_product_id="gid://shopify/Product/4", defaults={"title": "Tee"}
    )
    return Variant.objects.create(
        store=store,
        product=product,
        shopify_variant_id=f"gid://shopify/ProductVariant/{number}",
        title="M",
        sku=sku,
        sku_key=sku_key(sku),
    )


def make_link(shop: TikTokShop, variant: Variant, tiktok_sku_id: str = "sku-TEE-M") -> Link:
    return Link.objects.create(
        shop=shop, variant=variant, tiktok_sku_id=tiktok_sku_id, origin=Link.Origin.BY_HAND
    )


def program(token: str) -> Client:
    """A program that talks to the API in a merchant's name."""
    return Client(headers={"authorization": f"Token {token}"})
