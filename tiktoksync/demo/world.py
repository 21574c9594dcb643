"""The world of the demo: two TikTok shops, and the two Shopify stores they feed."""

import secrets
from dataclasses import dataclass
from typing import Any

MERCHANT = "Demo"
OWNER_EMAIL = "demo@example.com"
APP_KEY = "sandbox"
SHOPIFY_API_KEY = "sandbox"
API_VERSION = "2026-10"
SERVICE_ID = "7300000000000000001"


@dataclass(frozen=True, slots=True)
class Pair:
    """A TikTok shop and its Shopify store, with the tokens that open them."""

    shop_id: str
    cipher: str
    shop_name: str
    region: str
    domain: str
    store_name: str
    currency: str
    country: str
    timezone: str
    access_token: str
    refresh_token: str
    shopify_token: str


def make_pairs() -> tuple[Pair, Pair]:
    """A US pair in dollars and a Vietnamese pair in dong, with fresh tokens."""
    us = Pair(
        *("7495000000000000001", "TTP_demoUsCipher01", "Harbor & Pine US", "US"),
        *("demo-us.myshopify.com", "Harbor & Pine", "USD", "US", "America/New_York"),
        *_tokens("TTP"),
    )
    vn = Pair(
        *("7495000000000000002", "ROW_demoVnCipher02", "Nhà Trà Hồ Tây", "VN"),
        *("demo-vn.myshopify.com", "Nhà Trà Hồ Tây", "VND", "VN", "Asia/Ho_Chi_Minh"),
        *_tokens("ROW"),
    )
    return us, vn


def _tokens(prefix: str) -> tuple[str, str, str]:
    access, refresh = (f"{prefix}_{secrets.token_urlsafe(32)}" for _ in range(2))
    return access, refresh, f"shpat_{secrets.token_hex(16)}"


def sandbox_config(pairs: tuple[Pair, Pair], known: dict[str, str], app_url: str) -> dict[str, Any]:
    """What the sandbox has to know: its apps' secrets, who may enter which shop, the way back."""
    return {
        "tiktok": {
            "apps": [
                {
                    "app_key": APP_KEY,
                    "app_secret": known["TIKTOK_APP_SECRET"],
                    "service_id": SERVICE_ID,
                    "market": "global",
                    "redirect_url": f"{app_url}/connect/tiktok/callback/",
                }
            ],
            "shops": [_tiktok_shop(pair) for pair in pairs],
        },
        "shopify": {
            "apps": [
                {
                    "api_key": SHOPIFY_API_KEY,
                    "api_secret": known["SHOPIFY_API_SECRET"],
                    "app_id": "240000000001",
                    "name": "TikTokSync",
                }
            ],
            "shops": [_store(pair) for pair in pairs],
        },
    }


def _tiktok_shop(pair: Pair) -> dict[str, Any]:
    return {
        "id": pair.shop_id,
        "cipher": pair.cipher,
        "name": pair.shop_name,
        "region": pair.region,
        "app_key": APP_KEY,
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
    }


def _store(pair: Pair) -> dict[str, Any]:
    return {
        "domain": pair.domain,
        "name": pair.store_name,
        "currency": pair.currency,
        "country": pair.country,
        "timezone": pair.timezone,
        "access_token": pair.shopify_token,
        "api_key": SHOPIFY_API_KEY,
    }
