"""Worlds for the tests of tokens: expiring Shopify tokens, one authorization for two shops."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command

from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, VN_STORE, World
from tests.sync.course import ROOT, Course
from tiktoksync.lib.secrets import unseal
from tiktoksync.shops.models import TikTokShop

REFRESH = "tiktok:token.refresh"
SHOPIFY_TOKEN = "shopify:oauth.access_token"
SHARED = {"access_token": "TTP_both-access", "refresh_token": "TTP_both-refresh"}
STORE_TOKENS = {"shopify_refresh_token": "shprt_us-first"}
CIPHERS = {US_SHOP: "TTP_sandboxUsCipher01", VN_SHOP: "ROW_sandboxVnCipher02"}
STORES = {US_SHOP: US_STORE, VN_SHOP: VN_STORE}


class TokenCourse(Course):
    """A race of workers that use tokens, against the sandbox."""

    def _start(self, mode: str, account: int, extra: dict[str, str]) -> subprocess.Popen[str]:
        names = ("TIKTOK_API_URL", "TIKTOK_AUTH_URL", "SHOPIFY_URL")
        keys = ("TIKTOK_APP_KEY", "TIKTOK_APP_SECRET", "SHOPIFY_API_KEY", "SHOPIFY_API_SECRET")
        known = {name: getattr(settings, name) for name in (*names, *keys)}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.flows.token_racer", mode],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.url, **known, **extra},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def tokens(self) -> list[str]:
        """The refresh tokens of the TikTok shops as they stand in the race's database."""
        rows = self.read(
            "SELECT refresh_token FROM shops_credential WHERE shop_id IS NOT NULL ORDER BY id"
        )
        return [unseal(sealed) for (sealed,) in rows]


def connect(shop: str, *, tokens: dict[str, str], **more: str) -> dict[str, Any]:
    """One run of connect_shops for a demo shop; returns what it prints."""
    out = io.StringIO()
    call_command(
        "connect_shops",
        merchant="Demo",
        shopify_shop=STORES[shop],
        shopify_token=more.pop("shopify_token", f"shpat_sandbox-{_name(shop)}"),
        tiktok_shop_id=shop,
        tiktok_cipher=CIPHERS[shop],
        tiktok_region=_name(shop).upper(),
        tiktok_access_token=tokens["access_token"],
        tiktok_refresh_token=tokens["refresh_token"],
        sync_from="all",
        no_subscribe=True,
        stdout=out,
        stderr=io.StringIO(),
        **more,
    )
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def _name(shop: str) -> str:
    return "us" if shop == US_SHOP else "vn"


def own_tokens(shop: str) -> dict[str, str]:
    """The tokens with which the demo world begins."""
    start = f"{'TTP' if shop == US_SHOP else 'ROW'}_sandbox-{_name(shop)}"
    return {"access_token": f"{start}-access", "refresh_token": f"{start}-refresh"}


def begin_again(world: World, *, one_authorization: bool = False, **config: Any) -> None:
    """The sandbox anew, its first store with an expiring token; nothing is connected anew."""
    start = world.control("GET", "config")
    shops, stores = start["tiktok"]["shops"], start["shopify"]["shops"]
    stores[0] |= {"refresh_token": STORE_TOKENS["shopify_refresh_token"]}
    if one_authorization:
        for shop in shops:
            shop |= SHARED
    world.control(
        "POST", "reset", {"config": {"tiktok": {"shops": shops}, "shopify": {"shops": stores}}}
    )
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    if config:
        world.control("POST", "config", config)


def share_authorization(world: World) -> None:
    """Both shops are opened by one consent, and connected with its tokens."""
    begin_again(world, one_authorization=True)
    for shop in (US_SHOP, VN_SHOP):
        connect(shop, tokens=SHARED)
    world.forget_calls()


def living_tokens(world: World, shop: str) -> dict[str, Any]:
    """What the sandbox would give to somebody who connects the shop now."""
    (row,) = (one for one in world.control("GET", "oauth")["tiktok"]["shops"] if one["id"] == shop)
    return {name: row[name] for name in ("access_token", "refresh_token")}


def shop_row(shop_id: str = US_SHOP) -> TikTokShop:
    return TikTokShop.objects.select_related("app", "store", "credential").get(shop_id=shop_id)
