"""What every control action is given, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tiktoksync.sandbox.http import Request
from tiktoksync.sandbox.shopify.state import Context, Store, Token
from tiktoksync.sandbox.tiktok.state import Order, Shop
from tiktoksync.sandbox.world import World


class BadControl(Exception):
    """A control call that cannot be done."""

    def __init__(self, text: str, status: int = 404) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True)
class Wish:
    """One control call: ``values`` are the wildcards of its path."""

    world: World
    request: Request
    body: dict[str, Any]
    values: list[str]

    def order(self) -> Order:
        """The TikTok order the path names."""
        order = self.world.tiktok.orders.get(self.values[0])
        if order is None:
            raise BadControl(f"no TikTok order {self.values[0]}")
        return order

    def tiktok_shop(self) -> Shop:
        """The shop named by id, cipher, region or name; the first one by default."""
        wanted = str(self.body.get("shop") or self.request.param("shop"))
        shops = list(self.world.tiktok.shops.values())
        if not wanted:
            return shops[0]
        for shop in shops:
            if wanted in (shop.id, shop.cipher, shop.region, shop.name):
                return shop
        raise BadControl(f"no TikTok shop {wanted}")

    def store(self, name: str = "") -> Store:
        """The Shopify store named by domain or its first part; the first one by default."""
        wanted = name or str(self.body.get("shop") or self.request.param("shop"))
        stores = self.world.shopify.stores
        if not wanted:
            return next(iter(stores.values()))
        for domain, store in stores.items():
            if wanted in (domain, domain.partition(".")[0]):
                return store
        raise BadControl(f"no Shopify store {wanted}")


def merchant_context(world: World, store: Store) -> Context:
    """The rights of the merchant at work in Shopify's admin."""
    token = Token("", "access", store.domain, store.api_key, [], None, "merchant")
    return Context(world.shopify, store, token, "2026-10")
