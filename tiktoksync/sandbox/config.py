"""The configuration: a demo world by default, and a file or a control call merged over it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from tiktoksync.sandbox.catalogue import demo_listings, demo_products

Config = dict[str, Any]

CURRENCIES = {
    "US": "USD", "GB": "GBP", "DE": "EUR", "FR": "EUR", "ES": "EUR", "IT": "EUR", "IE": "EUR",
    "JP": "JPY", "VN": "VND", "TH": "THB", "MY": "MYR", "SG": "SGD", "PH": "PHP", "ID": "IDR",
    "MX": "MXN", "BR": "BRL",
}  # fmt: skip
TIKTOK_SCOPES = [
    "seller.authorization.info", "seller.shop.info", "seller.product.basic",
    "seller.product.write", "seller.product.delete", "seller.order.info",
    "seller.fulfillment.basic", "seller.fulfillment.package.write",
    "seller.delivery.status.write", "seller.logistics", "seller.return_refund.basic",
]  # fmt: skip
# The first rows of the demo catalogue: twelve on both sides, one more on TikTok Shop.
SMALL = {"products": 12, "listings": 13}
SHOPIFY_SCOPES = [
    "read_all_orders", "read_orders", "write_orders", "read_customers", "write_customers",
    "read_products", "write_products", "read_inventory", "write_inventory", "read_locations",
    "read_fulfillments", "write_fulfillments", "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders", "read_third_party_fulfillment_orders",
    "write_third_party_fulfillment_orders", "read_publications", "write_publications",
]  # fmt: skip

DEFAULT: Config = {
    "seed": 1,
    "hold_seconds": 3600,
    "time_scale": 1.0,
    "strict": False,
    "access_token_seconds": 7 * 86400,
    "refresh_token_seconds": 365 * 86400,
    "catalogue": "whole",
    "review_seconds": 1.0,
    "listing_quota": None,
    "cancel_answer_seconds": 86400,
    "refund_seconds": 86400,
    "search_lag_seconds": 0.0,
    "unique_ids": True,
    "cancel_delay_seconds": 0.0,
    "bulk_seconds": 0.0,
    "media_seconds": 0.0,
    "product_set_seconds": 0.0,
    "dev_store_order_limit": None,
    "bucket": {"maximum": 2000, "restore_rate": 100},
    "webhooks": {"tiktok": True, "shopify": True},
    "tiktok": {
        "apps": [
            {
                "app_key": "sandbox",
                "app_secret": "sandbox-tiktok-secret",
                "service_id": "7300000000000000001",
                "market": "global",
                "redirect_url": "http://127.0.0.1:8000/connect/tiktok/callback/",
            }
        ],
        "shops": [
            {
                "id": "7495000000000000001",
                "cipher": "TTP_sandboxUsCipher01",
                "name": "Harbor & Pine US",
                "region": "US",
                "app_key": "sandbox",
                "access_token": "TTP_sandbox-us-access",
                "refresh_token": "TTP_sandbox-us-refresh",
            },
            {
                "id": "7495000000000000002",
                "cipher": "ROW_sandboxVnCipher02",
                "name": "Nhà Trà Hồ Tây",
                "region": "VN",
                "app_key": "sandbox",
                "access_token": "ROW_sandbox-vn-access",
                "refresh_token": "ROW_sandbox-vn-refresh",
            },
        ],
    },
    "shopify": {
        "apps": [
            {
                "api_key": "sandbox",
                "api_secret": "shpss_sandbox",
                "app_id": "240000000001",
                "name": "TikTokSync",
                "redirect_urls": [],
            }
        ],
        "shops": [
            {
                "domain": "demo-us.myshopify.com",
                "name": "Harbor & Pine",
                "currency": "USD",
                "country": "US",
                "timezone": "America/New_York",
                "plan": "Basic",
                "access_token": "shpat_sandbox-us",
                "api_key": "sandbox",
                "locations": [{"name": "Main warehouse", "country": "US", "city": "Newark"}],
            },
            {
                "domain": "demo-vn.myshopify.com",
                "name": "Nhà Trà Hồ Tây",
                "currency": "VND",
                "country": "VN",
                "timezone": "Asia/Ho_Chi_Minh",
                "plan": "Basic",
                "access_token": "shpat_sandbox-vn",
                "api_key": "sandbox",
                "locations": [{"name": "Kho Hà Nội", "country": "VN", "city": "Hà Nội"}],
            },
        ],
    },
}


def read_config(path: str | Path) -> Config:
    """The configuration of a JSON file, merged over the demo world."""
    return complete_config(json.loads(Path(path).read_text(encoding="utf-8")))


def complete_config(given: Config | None = None) -> Config:
    """Fill in what was left out. Objects are merged, lists replace the default ones."""
    config = merge(copy.deepcopy(DEFAULT), given or {})
    for number, shop in enumerate(config["tiktok"]["shops"], start=1):
        _complete_tiktok_shop(shop, number, config)
        if "products" not in shop:
            shop["products"] = demo_listings(shop["currency"])[: _size(config, "listings")]
    for shop in config["shopify"]["shops"]:
        _complete_store(shop, config)
    return config


def _size(config: Config, side: str) -> int | None:
    """How much of the demo catalogue a shop sells; the small one is what both sides share."""
    return SMALL[side] if config["catalogue"] == "small" else None


def merge(base: Config, over: Config) -> Config:
    """Lay ``over`` on ``base`` in place, descending into objects only."""
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)
    return base


def _complete_tiktok_shop(shop: Config, number: int, config: Config) -> None:
    region = shop.setdefault("region", "US")
    shop.setdefault("id", f"74950000000000001{number:02d}")
    shop.setdefault("cipher", f"{'TTP' if region == 'US' else 'ROW'}_sandboxCipher{number:02d}")
    shop.setdefault("name", f"Shop {number}")
    shop.setdefault("code", f"{region}LCSBX{number:03d}")
    shop.setdefault("seller_type", "LOCAL")
    shop.setdefault("currency", CURRENCIES.get(region, "USD"))
    shop.setdefault("app_key", config["tiktok"]["apps"][0]["app_key"])
    shop.setdefault("access_token", f"TTS_access-{shop['id']}")
    shop.setdefault("refresh_token", f"TTS_refresh-{shop['id']}")
    shop.setdefault("access_expires", None)
    shop.setdefault("refresh_expires", None)
    shop.setdefault("scopes", list(TIKTOK_SCOPES))
    shop.setdefault("webhooks", {})
    shop.setdefault("warehouses", 1)


def _complete_store(shop: Config, config: Config) -> None:
    shop.setdefault("name", shop["domain"].split(".")[0])
    shop.setdefault("currency", "USD")
    shop.setdefault("country", "US")
    shop.setdefault("timezone", "America/New_York")
    shop.setdefault("plan", "Basic")
    shop.setdefault("api_key", config["shopify"]["apps"][0]["api_key"])
    shop.setdefault("access_token", f"shpat_{shop['domain'].split('.')[0]}")
    shop.setdefault("refresh_token", "")
    shop.setdefault("access_expires", None)
    shop.setdefault("scopes", list(SHOPIFY_SCOPES))
    shop.setdefault("webhooks", [])
    shop.setdefault("locations", [{"name": "Main warehouse", "country": shop["country"]}])
    if "products" not in shop:
        shop["products"] = demo_products(shop["currency"])[: _size(config, "products")]
