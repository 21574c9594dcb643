"""Control of the sandbox as a whole: clock, log, faults, webhooks, tokens, configuration."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tiktoksync.sandbox.config import complete_config, merge
from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.shopify import notices
from tiktoksync.sandbox.shopify.bucket import Bucket
from tiktoksync.sandbox.tiktok import events

Shown = dict[str, Any]


def get_state(wish: Wish) -> Shown:
    """A summary: shops, stores, orders by status, calls by operation."""
    world = wish.world
    tiktok, shopify = world.tiktok, world.shopify
    return {
        "tiktok": [
            {
                "id": shop.id, "cipher": shop.cipher, "name": shop.name, "region": shop.region,
                "currency": shop.currency, "authorized": shop.authorized,
                "orders": dict(Counter(one.status for one in tiktok.orders_of(shop.id))),
                "webhooks": {event: row["address"] for event, row in shop.webhooks.items()},
                "skus": list(shop.listings),
            }
            for shop in tiktok.shops.values()
        ],
        "shopify": [
            {
                "domain": store.domain, "currency": store.currency, "orders": len(store.orders),
                "unavailable": store.unavailable,
                "webhooks": [
                    {"topic": one["topic"], "uri": one["uri"]} for one in store.subscriptions
                ],
            }
            for store in shopify.stores.values()
        ],
        "calls": world.log.totals(),
        "faults": len(world.faults.rules),
        "hold_seconds": world.config["hold_seconds"],
    }  # fmt: skip


def advance_clock(wish: Wish) -> Shown:
    """Let seconds pass for whatever waits; the stamps keep to the wall clock."""
    seconds = float(wish.body.get("seconds", 3600))
    wish.world.advance(seconds)
    return {"advanced": seconds}


def get_log(wish: Wish) -> Shown:
    request = wish.request
    limit = request.param("limit")
    return wish.world.log.since(
        int(request.param("since") or 0), request.param("platform"), int(limit) if limit else None
    )


def reset_log(wish: Wish) -> Shown:
    wish.world.log.reset()
    return {}


def list_faults(wish: Wish) -> Shown:
    return {"faults": [rule.shown() for rule in wish.world.faults.rules]}


def add_faults(wish: Wish) -> Shown:
    """Add one rule, or the rules of a list (or of ``rules``)."""
    rows = wish.body.get("rows") or wish.body.get("rules") or [wish.body]
    return {"faults": [wish.world.faults.add(row).shown() for row in rows]}


def clear_faults(wish: Wish) -> Shown:
    return {"removed": wish.world.faults.clear()}


def clear_fault(wish: Wish) -> Shown:
    return {"removed": wish.world.faults.clear(int(wish.values[0]))}


def switch_webhooks(wish: Wish) -> Shown:
    """``{"enabled": false}`` for both, or ``{"enabled": {"tiktok": false}}``."""
    enabled = wish.body.get("enabled", True)
    sender = wish.world.sender
    if isinstance(enabled, dict):
        sender.enabled.update({key: bool(value) for key, value in enabled.items()})
    else:
        sender.enabled.update({key: bool(enabled) for key in sender.enabled})
    if "time_scale" in wish.body:
        sender.time_scale = float(wish.body["time_scale"])
    return {"enabled": sender.enabled, "time_scale": sender.time_scale}


def flush_webhooks(wish: Wish) -> Shown:
    """Send everything that waits now, and stay until it is done."""
    return {"done": wish.world.sender.flush(float(wish.body.get("timeout", 10)))}


def settle_webhooks(wish: Wish) -> Shown:
    """Stay until nothing is under way; retries that wait for their time are left alone."""
    return {"done": wish.world.sender.settle(float(wish.body.get("timeout", 10)))}


def list_webhooks(wish: Wish) -> Shown:
    platform, topic = wish.request.param("platform"), wish.request.param("topic")
    rows = [
        one.shown()
        for one in wish.world.sender.history
        if platform in ("", one.platform) and topic in ("", one.topic)
    ]
    return {"deliveries": rows, "states": dict(Counter(row["state"] for row in rows))}


def send_webhook_again(wish: Wish) -> Shown:
    """Redeliver a webhook with the same id and body."""
    for one in wish.world.sender.history:
        if one.id == int(wish.values[0]):
            wish.world.sender.send_again(one, int(wish.body.get("copies", 1)))
            return one.shown()
    raise BadControl(f"no delivery {wish.values[0]}")


def reset(wish: Wish) -> Shown:
    """Begin again; ``config`` replaces what the process was started with."""
    wish.world.reset(wish.body.get("config"))
    return get_state(wish)


def get_config(wish: Wish) -> Shown:
    return wish.world.config


def post_config(wish: Wish) -> Shown:
    """Change settings while running; shops, apps and products need a reset."""
    world = wish.world
    for row in wish.body.pop("tiktok", {}).get("apps", []):
        app = world.tiktok.apps[row["app_key"]]
        app.redirect_url = row.get("redirect_url", app.redirect_url)
    for row in wish.body.pop("shopify", {}).get("apps", []):
        world.shopify.apps[row["api_key"]].redirect_urls = list(row.get("redirect_urls", []))
    merge(world.config, wish.body)
    world.sender.time_scale = float(world.config["time_scale"])
    if "bucket" in wish.body:
        _resize_buckets(wish)
    return world.config


def _resize_buckets(wish: Wish) -> None:
    shopify, size = wish.world.shopify, wish.world.config["bucket"]
    now = shopify.clock.line()
    for key in list(shopify.buckets):
        shopify.buckets[key] = Bucket(
            float(size["maximum"]), float(size["restore_rate"]), float(size["maximum"]), now
        )


def expire_tokens(wish: Wish) -> Shown:
    return _end_tokens(wish, revoke=False)


def revoke_tokens(wish: Wish) -> Shown:
    return _end_tokens(wish, revoke=True)


def _end_tokens(wish: Wish, revoke: bool) -> Shown:
    """End the tokens of a shop or store; ``kind`` is access, refresh or all."""
    kind = str(wish.body.get("kind", "all" if revoke else "access"))
    if wish.body.get("platform", "tiktok") == "shopify":
        tokens: list[Any] = [
            one
            for one in wish.world.shopify.tokens.values()
            if one.domain == wish.store().domain and kind in ("all", one.kind)
        ]
    else:
        shop_id = wish.tiktok_shop().id
        tokens = [
            one
            for one in wish.world.tiktok.tokens.values()
            if shop_id in one.grant.shop_ids and kind in ("all", one.kind)
        ]
    for token in tokens:
        if revoke:
            token.revoked = True
        else:
            token.expires_at = 1
    return {"tokens": len(tokens)}


def deauthorize(wish: Wish) -> Shown:
    """A TikTok seller takes the consent back, or a merchant uninstalls the Shopify app."""
    if wish.body.get("platform", "tiktok") == "shopify":
        wish.body["kind"] = "all"
        done = _end_tokens(wish, revoke=True)
        notices.send_uninstalled(wish.world.shopify, wish.store())
        wish.store().subscriptions.clear()
        return done
    shop = wish.tiktok_shop()
    wish.body["kind"] = "all"
    done = _end_tokens(wish, revoke=True)
    shop.authorized = False
    events.send_deauthorization(wish.world.tiktok, shop)
    return done


def set_store_availability(wish: Wish) -> Shown:
    """Answer every call of a Shopify store with 402, 403, 404 or 423; 0 heals it."""
    store = wish.store()
    status = int(wish.body.get("status", 0))
    if status not in (0, 402, 403, 404, 423):
        raise BadControl("status must be 0, 402, 403, 404 or 423", 400)
    store.unavailable = status
    return {"shop": store.domain, "unavailable": status}


def get_oauth(wish: Wish) -> Shown:
    """Everything needed to connect: keys, secrets, tokens and addresses."""
    tiktok, shopify = wish.world.tiktok, wish.world.shopify
    return {
        "tiktok": {
            "apps": [
                {
                    "app_key": app.key, "app_secret": app.secret, "service_id": app.service_id,
                    "market": app.market, "redirect_url": app.redirect_url,
                    "authorize_path": f"/open/authorize?service_id={app.service_id}",
                }
                for app in tiktok.apps.values()
            ],
            "shops": [
                {"id": shop.id, "cipher": shop.cipher, "region": shop.region,
                 **_tiktok_tokens(wish, shop.id)}
                for shop in tiktok.shops.values()
            ],
        },
        "shopify": {
            "apps": [
                {"api_key": app.key, "api_secret": app.secret, "app_id": app.id,
                 "redirect_urls": app.redirect_urls}
                for app in shopify.apps.values()
            ],
            "shops": [
                {"domain": store.domain, "api_key": store.api_key,
                 "tokens": [one.value for one in shopify.tokens.values()
                            if one.domain == store.domain and not one.revoked]}
                for store in shopify.stores.values()
            ],
        },
    }  # fmt: skip


def _tiktok_tokens(wish: Wish, shop_id: str) -> Shown:
    """The newest living tokens of a shop."""
    found: Shown = {}
    for one in wish.world.tiktok.tokens.values():
        if shop_id in one.grant.shop_ids and not one.revoked:
            found[f"{one.kind}_token"] = one.value
            found[f"{one.kind}_expires"] = one.expires_at
    return found


def preview_config(wish: Wish) -> Shown:
    """What a configuration would become, without using it."""
    return complete_config(wish.body)


ROUTES = {
    ("GET", "state"): get_state,
    ("POST", "clock/advance"): advance_clock,
    ("GET", "log"): get_log,
    ("POST", "log/reset"): reset_log,
    ("GET", "faults"): list_faults,
    ("POST", "faults"): add_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "faults/clear"): clear_faults,
    ("DELETE", "faults/*"): clear_fault,
    ("POST", "webhooks"): switch_webhooks,
    ("POST", "webhooks/flush"): flush_webhooks,
    ("POST", "webhooks/settle"): settle_webhooks,
    ("POST", "webhooks/*/again"): send_webhook_again,
    ("GET", "webhooks"): list_webhooks,
    ("POST", "reset"): reset,
    ("GET", "config"): get_config,
    ("POST", "config"): post_config,
    ("POST", "config/preview"): preview_config,
    ("POST", "tokens/expire"): expire_tokens,
    ("POST", "tokens/revoke"): revoke_tokens,
    ("POST", "deauthorize"): deauthorize,
    ("POST", "shopify/availability"): set_store_availability,
    ("GET", "oauth"): get_oauth,
}
