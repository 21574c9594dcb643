"""A buyer of the sandbox: where both platforms are played, a real order can be placed.

Real platforms have no such door, so nothing here can reach one: both addresses have to be the
sandbox's, on this very machine or its network.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from django.conf import settings

from tiktoksync.errors import SyncError
from tiktoksync.lib import http
from tiktoksync.shops.models import TikTokShop

PATH = "/tiktok"
CONTROL = "/sandbox/api/orders"
DEADLINE = 5.0


def is_sandbox() -> bool:
    """Whether both platforms are the sandbox's."""
    tiktok, shopify = urlsplit(settings.TIKTOK_API_URL), urlsplit(settings.SHOPIFY_URL)
    return (
        tiktok.scheme == "http"
        and tiktok.path.rstrip("/") == PATH
        and tiktok.netloc == shopify.netloc
    )


def place_sandbox_order(shop: TikTokShop) -> str:
    """Have somebody buy something; returns TikTok's number of the order, "" where that failed."""
    if not is_sandbox():
        return ""
    base = settings.TIKTOK_API_URL.rstrip("/").removesuffix(PATH)
    body = json.dumps({"shop": shop.shop_id}).encode()
    try:
        answer = http.send(
            "POST",
            f"{base}{CONTROL}",
            headers={"Content-Type": "application/json"},
            body=body,
            deadline=DEADLINE,
            safe=False,
            peer="The sandbox",
        )
    except SyncError:
        return ""
    told = answer.json_object() or {}
    ids = told.get("ids") or [""]
    return str(ids[0])
