"""Setting up apps, shops and tokens; authorized shops and active shops."""

from __future__ import annotations

import secrets
from typing import Any

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.tiktok.product_setup import add_product
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import App, Grant, Shop, TikTokState, Token


def set_up(state: TikTokState, config: Config) -> None:
    """Fill a fresh state from the configuration."""
    for row in config["tiktok"]["apps"]:
        app = App(
            row["app_key"], row["app_secret"], row.get("service_id", ""),
            row.get("market", "global"), row.get("redirect_url", ""),
        )  # fmt: skip
        state.apps[app.key] = app
    for number, row in enumerate(config["tiktok"]["shops"], start=1):
        _add_shop(state, row, number)


def _add_shop(state: TikTokState, row: Config, number: int) -> None:
    shop = Shop(
        str(row["id"]), row["cipher"], row["name"], row["region"], row["code"],
        row["seller_type"], row["currency"], row["app_key"],
        f"70007145328762734{number:02d}", f"70911466632296547{number:02d}",
    )  # fmt: skip
    now = state.now()
    for event, address in row["webhooks"].items():
        shop.webhooks[event] = {"address": address, "create_time": now, "update_time": now}
    shop.warehouses = [shop.warehouse_id, *_more_warehouses(row, number)]
    shop.failed_prerequisites = list(row.get("failed_prerequisites") or [])
    state.shops[shop.id] = shop
    for product in row["products"]:
        add_product(state, shop, product)
    known = state.tokens.get(row["access_token"])
    if known is not None and known.app_key == shop.app_key:
        # A cross-border seller: one authorization opens several shops.
        known.grant.shop_ids.append(shop.id)
        return
    grant = Grant(
        shop.app_key, secrets.token_urlsafe(12), shop.name, shop.region, [shop.id],
        list(row["scopes"]),
    )  # fmt: skip
    add_tokens(
        state, grant, row["access_token"], row["refresh_token"],
        row["access_expires"], row["refresh_expires"],
    )  # fmt: skip


def _more_warehouses(row: Config, number: int) -> list[str]:
    """The warehouses beyond the first one, as many as the configuration wants."""
    return [f"70007145328762{70 + n}{number:02d}" for n in range(5, 4 + int(row["warehouses"]))]


def add_tokens(
    state: TikTokState,
    grant: Grant,
    access: str,
    refresh: str,
    access_expires: int | None = None,
    refresh_expires: int | None = None,
) -> tuple[Token, Token]:
    """Remember a pair of tokens; expiries left out follow the configured lifetimes."""
    now = state.now()
    access_at = access_expires or now + int(state.config["access_token_seconds"])
    refresh_at = refresh_expires or now + int(state.config["refresh_token_seconds"])
    owner = grant.shop_ids[0] if grant.shop_ids else "none"
    tag = f"{owner}#{grant.refreshes}"
    pair = (
        Token(access, "access", grant.app_key, grant, int(access_at), tag),
        Token(refresh, "refresh", grant.app_key, grant, int(refresh_at), tag),
    )
    for token in pair:
        state.tokens[token.value] = token
    return pair


def retire_predecessor(state: TikTokState, token: Token) -> None:
    """The first use of a new token ends the refresh token it came from."""
    if token.predecessor:
        state.tokens[token.predecessor].revoked = True
        token.predecessor = ""


def new_token(region: str) -> str:
    """A fresh token text with the prefix of its cluster."""
    return ("TTP_" if region == "US" else "ROW_") + secrets.token_urlsafe(36)


def list_authorized_shops(ctx: Context) -> dict[str, Any]:
    shops = [ctx.state.shops[shop_id] for shop_id in ctx.token.grant.shop_ids]
    rows = [
        {
            "cipher": shop.cipher,
            "code": shop.code,
            "id": shop.id,
            "name": shop.name,
            "region": shop.region,
            "seller_type": shop.seller_type,
        }
        for shop in shops
        if shop.authorized
    ]
    return {"shops": rows}


def list_active_shops(ctx: Context) -> dict[str, Any]:
    shops = [ctx.state.shops[shop_id] for shop_id in ctx.token.grant.shop_ids]
    return {"shops": [{"id": one.id, "region": one.region} for one in shops if one.authorized]}
