"""Both platforms with a memory, as far as connecting and looking after a pair needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from tiktoksync.errors import ConfigError, NotAuthorized, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify.payloads import MetafieldDefinition, ShopInfo, WebhookSubscription
from tiktoksync.tiktok.aftersale_calls import AftersalesPage
from tiktoksync.tiktok.package_calls import PackagePage
from tiktoksync.tiktok.payloads import AuthorizedShop, OrderPage, Webhook
from tiktoksync.tiktok.product_calls import ProductPage


@dataclass
class StoreOverThere:
    """A Shopify store."""

    domain: str
    token: str = "shpat_good"
    name: str = "Anna's store"
    currency: str = "USD"
    timezone: str = "America/New_York"
    app_id: str = "gid://shopify/App/1"
    scopes: tuple[str, ...] = (
        "write_orders",
        "write_products",
        "read_fulfillments",
        "read_inventory",
        "read_locations",
    )
    definition_type: str = ""
    subscriptions: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class ShopOverThere:
    """A TikTok shop."""

    id: str
    cipher: str
    token: str = "TTP_good"
    name: str = "Anna on TikTok"
    region: str = "US"
    webhooks: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """What stands on both platforms, what was asked of them, and what goes wrong."""

    stores: dict[str, StoreOverThere] = field(default_factory=dict)
    shops: dict[str, ShopOverThere] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    errors: dict[str, SyncError] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=lambda: {"tiktok-secret", "shopify-secret"})
    numbers: Any = field(default_factory=lambda: count(1))

    def note(self, call: str) -> None:
        self.calls.append(call)
        if call in self.errors:
            raise self.errors[call]

    def writes(self) -> list[str]:
        """The calls that changed something over there."""
        return [call for call in self.calls if call.startswith(("create", "put", "delete"))]


class FakeShopify:
    """Stands in for ShopifyClient."""

    world: World

    def __init__(
        self,
        *,
        base_url: str,
        api_version: str,
        access_token: str,
        deadline: float,
        gate: Any,
    ):
        self.store = self.world.stores[urlsplit(base_url).hostname or ""]
        self.token = access_token

    def _begin(self, call: str) -> None:
        self.world.note(call)
        if self.token != self.store.token:
            raise NotAuthorized("Shopify refuses the token.", account_reason="token_invalid")

    def shop_info(self) -> Answer[ShopInfo]:
        self._begin("shop_info")
        store = self.store
        info = ShopInfo(
            id="gid://shopify/Shop/1",
            name=store.name,
            domain=store.domain,
            currency=store.currency,
            presentment_currencies=(store.currency,),
            timezone=store.timezone,
            plan="Basic",
            is_development=False,
            installation_id="gid://shopify/AppInstallation/1",
            app_id=store.app_id,
            scopes=store.scopes,
        )
        return Answer(info, "r", 0.0)

    def metafield_definition(
        self, namespace: str = "$app", key: str = "tiktok_order_id", *, owner: str = "ORDER"
    ) -> Answer[MetafieldDefinition | None]:
        self._begin("metafield_definition")
        kind = self.store.definition_type
        found = MetafieldDefinition("gid://1", "app--1", key, kind) if kind else None
        return Answer(found, "r", 0.0)

    def create_order_id_definition(self) -> Answer[MetafieldDefinition]:
        self._begin("create_order_id_definition")
        self.store.definition_type = "id"
        return Answer(MetafieldDefinition("gid://1", "app--1", "tiktok_order_id", "id"), "r", 0.0)

    def webhook_subscriptions(self) -> Answer[list[WebhookSubscription]]:
        self._begin("webhook_subscriptions")
        rows = [WebhookSubscription(g, t, u) for g, (t, u) in self.store.subscriptions.items()]
        return Answer(rows, "r", 0.0)

    def create_webhook_subscription(self, topic: str, uri: str) -> Answer[WebhookSubscription]:
        self._begin("create_webhook_subscription")
        assert (topic, uri) not in self.store.subscriptions.values(), "already taken"
        gid = f"gid://shopify/WebhookSubscription/{next(self.world.numbers)}"
        self.store.subscriptions[gid] = (topic, uri)
        return Answer(WebhookSubscription(gid, topic, uri), "r", 0.0)

    def delete_webhook_subscription(self, gid: str) -> Answer[None]:
        self._begin("delete_webhook_subscription")
        del self.store.subscriptions[gid]
        return Answer(None, "r", 0.0)


class FakeTikTok:
    """Stands in for TikTokClient."""

    world: World

    def __init__(
        self,
        *,
        api_url: str,
        app_key: str,
        app_secret: str,
        access_token: str,
        shop_cipher: str = "",
        deadline: float = 20.0,
        gate: Any = None,
    ):
        self.token, self.cipher, self.secret = access_token, shop_cipher, app_secret

    def _shop(self, call: str) -> ShopOverThere:
        self.world.note(call)
        for shop in self.world.shops.values():
            if shop.token == self.token and shop.cipher == self.cipher:
                return shop
        raise NotAuthorized("TikTok Shop refuses the token.", account_reason="token_invalid")

    def authorized_shops(self) -> Answer[list[AuthorizedShop]]:
        self.world.note("authorized_shops")
        if self.secret not in self.world.secrets:
            raise ConfigError("TikTok Shop refused the signature.", code="106001")
        if self.token in self.world.expired:
            raise NotAuthorized("The token has expired.", account_reason="token_expired")
        mine = [shop for shop in self.world.shops.values() if shop.token == self.token]
        if not mine:
            raise NotAuthorized("TikTok Shop refuses the token.", account_reason="token_invalid")
        rows = [
            AuthorizedShop(shop.id, shop.name, shop.region, "LOCAL", shop.cipher, "X")
            for shop in mine
        ]
        return Answer(rows, "r", 0.0)

    def search_orders(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        order_status: str = "",
        page_token: str = "",
        page_size: int = 100,
        sort_field: str = "update_time",
        sort_order: str = "ASC",
    ) -> Answer[OrderPage]:
        self._shop("search_orders")
        return Answer(OrderPage([], "", 0), "r", 0.0)

    def search_packages(self, *, page_token: str = "", page_size: int = 50) -> Answer[PackagePage]:
        self._shop("search_packages")
        return Answer(PackagePage([], ""), "r", 0.0)

    def search_cancellations(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        order_ids: Sequence[str] = (),
        cancel_ids: Sequence[str] = (),
        page_token: str = "",
        page_size: int = 50,
    ) -> Answer[AftersalesPage]:
        self._shop("search_cancellations")
        return Answer(AftersalesPage([], ""), "r", 0.0)

    def search_products(
        self,
        *,
        page_token: str = "",
        page_size: int = 100,
        status: str = "ALL",
        update_time_ge: int | None = None,
        update_time_le: int | None = None,
        seller_skus: Sequence[str] = (),
        sku_ids: Sequence[str] = (),
    ) -> Answer[ProductPage]:
        self._shop("search_products")
        return Answer(ProductPage((), ""), "r", 0.0)

    def warehouses(self) -> Answer[list[dict[str, Any]]]:
        self._shop("warehouses")
        return Answer([{"id": "7000"}], "r", 0.0)

    def get_webhooks(self) -> Answer[list[Webhook]]:
        shop = self._shop("get_webhooks")
        return Answer([Webhook(*pair) for pair in shop.webhooks.items()], "r", 0.0)

    def put_webhook(self, event_type: str, address: str) -> Answer[None]:
        self._shop("put_webhook").webhooks[event_type] = address
        return Answer(None, "r", 0.0)


class FakeTikTokAuth:
    """Stands in for TikTokAuth where only tokens that never were are renewed."""

    world: World

    def __init__(self, *, auth_url: str, app_key: str, app_secret: str, deadline: float = 20.0):
        self.secret = app_secret

    def refresh_token(self, refresh_token: str) -> Answer[Any]:
        self.world.note("refresh_token")
        raise NotAuthorized("No such token.", account_reason="consent_lost", code="36004005")


class FakeShopifyAuth:
    """Stands in for ShopifyAuth where only tokens that never were are renewed."""

    world: World

    def __init__(self, *, base_url: str, api_key: str, api_secret: str, deadline: float = 20.0):
        self.secret = api_secret

    def refresh(self, refresh_token: str) -> Answer[Any]:
        self.world.note("refresh")
        if self.secret not in self.world.secrets:
            raise ConfigError("Shopify does not accept the app's secret.", code="invalid_client")
        raise NotAuthorized("No such token.", account_reason="consent_lost", code="invalid_grant")
