"""Two merchants with a shop and a store each, and the platforms that sign webhooks for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tiktoksync.shops.models import Merchant, Platform, PlatformApp, ShopifyStore, TikTokShop

ANNA_SHOP = "7495540735365777507"
BEN_SHOP = "7494049642642441621"
ANNA_STORE = "anna.myshopify.com"
BEN_STORE = "ben.myshopify.com"


@dataclass
class Cast:
    """Anna and Ben share both apps, unless a test gives Ben his own."""

    tiktok_app: PlatformApp
    shopify_app: PlatformApp
    anna: Merchant
    ben: Merchant
    anna_store: ShopifyStore
    ben_store: ShopifyStore
    anna_shop: TikTokShop
    ben_shop: TikTokShop


def make_cast() -> Cast:
    tiktok_app = PlatformApp.objects.create(
        platform=Platform.TIKTOK, key="abcdef", secret="123", market="us"
    )
    shopify_app = PlatformApp.objects.create(
        platform=Platform.SHOPIFY, key="shopify-key", secret="shopify-secret"
    )
    anna = Merchant.objects.create(name="Anna")
    ben = Merchant.objects.create(name="Ben")
    anna_store = make_store(anna, shopify_app, ANNA_STORE)
    ben_store = make_store(ben, shopify_app, BEN_STORE)
    return Cast(
        tiktok_app,
        shopify_app,
        anna,
        ben,
        anna_store,
        ben_store,
        make_shop(anna, tiktok_app, anna_store, ANNA_SHOP),
        make_shop(ben, tiktok_app, ben_store, BEN_SHOP),
    )


def make_store(merchant: Merchant, app: PlatformApp, domain: str) -> ShopifyStore:
    return ShopifyStore.objects.create(merchant=merchant, app=app, shop_domain=domain)


def make_shop(
    merchant: Merchant, app: PlatformApp, store: ShopifyStore, shop_id: str
) -> TikTokShop:
    return TikTokShop.objects.create(
        merchant=merchant, app=app, store=store, shop_id=shop_id, cipher="ROW_x", region="US"
    )


def tiktok_body(type_: int, shop_id: str = ANNA_SHOP, **parts: Any) -> bytes:
    """A body as TikTok Shop sends it: `data` and top-level fields may be given."""
    data = parts.pop("data", {"order_id": "576653688135258178", "update_time": 1718305585})
    body = {"type": type_, "shop_id": shop_id, "timestamp": 1718305585, **parts, "data": data}
    return json.dumps(body, separators=(",", ":")).encode()


def tiktok_signature(app: PlatformApp, raw: bytes, secret: str = "") -> str:
    key = (secret or app.secret).encode()
    return hmac.new(key, app.key.encode() + raw, hashlib.sha256).hexdigest()


def shopify_signature(secret: str, raw: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def post_tiktok(raw: bytes, signature: str | None) -> HttpResponse:
    headers = {} if signature is None else {"Authorization": signature}
    return Client(raise_request_exception=False).post(
        "/webhooks/tiktok/", data=raw, content_type="application/json", headers=headers
    )


def post_shopify(
    raw: bytes, topic: str, *, secret: str = "", path_of: ShopifyStore | None = None, **headers: Any
) -> HttpResponse:
    """Post to a store's address, or to the app's. Headers by keyword: None leaves one out."""
    path = f"/webhooks/shopify/{path_of.webhook_secret}/" if path_of else "/webhooks/shopify/"
    given = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": shopify_signature(secret or "shopify-secret", raw),
        "X-Shopify-Shop-Domain": path_of.shop_domain if path_of else None,
        "X-Shopify-Webhook-Id": "a14e49d1-733c-5a64-963b-48d44f875c98",
    }
    for name, value in headers.items():
        given["-".join(part.capitalize() for part in f"x_shopify_{name}".split("_"))] = value
    return Client(raise_request_exception=False).post(
        path,
        data=raw,
        content_type="application/json",
        headers={name: value for name, value in given.items() if value is not None},
    )
