"""What `doctor` looks at in each connection: nothing is written over there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.utils import timezone

from orders.models import Order
from tiktoksync.errors import NotAuthorized, SyncError
from tiktoksync.failures import SHOPIFY, TIKTOK
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.shopify.payloads import MetafieldDefinition, ShopInfo
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.shops.services.findings import Finding, from_error
from tiktoksync.shops.services.preflight import missing_scopes, read_shop
from tiktoksync.shops.services.subscribe import missing_at_shopify, missing_at_tiktok
from tiktoksync.tiktok.client import TikTokClient

CONSENT_WARNING = timedelta(days=14)
AGAIN = "run connect_shops again"
#: How many of a shop's newest orders are looked through for delivery options.
RECENT_ORDERS = 200
#: What a shop's buyers pay in, where no order has told it yet.
REGION_CURRENCIES = {
    "US": "USD",
    "GB": "GBP",
    "UK": "GBP",
    "JP": "JPY",
    "MX": "MXN",
    "BR": "BRL",
    "VN": "VND",
    "MY": "MYR",
    "TH": "THB",
    "PH": "PHP",
    "SG": "SGD",
    "ID": "IDR",
    **dict.fromkeys(("DE", "FR", "IT", "ES", "IE"), "EUR"),
}


def check_accounts() -> Iterator[Finding]:
    """Look at each store, then at each shop; one that does not work hides no other."""
    for store in ShopifyStore.objects.select_related("app"):
        yield from _guarded(f"Shopify {store.shop_domain}", SHOPIFY, _looks(check_store, store))
    for shop in TikTokShop.objects.select_related("app", "store"):
        yield from _guarded(f"TikTok shop {shop.shop_id}", TIKTOK, _looks(check_shop, shop))


def _looks(
    check: Callable[..., Iterator[Finding]], account: object
) -> Callable[..., Iterator[Finding]]:
    return lambda: check(account)


def check_store(store: ShopifyStore) -> Iterator[Finding]:
    """Health, permissions, version, currency, order-id metafield, webhooks."""
    subject = f"Shopify {store.shop_domain}"
    yield _check_health(subject, store)
    client = shopify_client(store)
    answer = client.shop_info()
    info = answer.data
    if info.domain and info.domain != store.shop_domain:
        words = f"the token opens {info.domain}"
        yield Finding(f"{subject}, token", False, words, "run connect_shops with this store's own")
        return
    missing = missing_scopes(info)
    words = f"lacks {', '.join(missing)}" if missing else "granted"
    to_do = "add them to the app" if missing else ""
    yield Finding(f"{subject}, permissions", not missing, words, to_do)
    for warning in answer.warnings:
        if warning.startswith("version "):
            to_do = "set SHOPIFY_API_VERSION to one that Shopify supports, or update"
            yield Finding(f"{subject}, API version", False, warning, to_do)
    yield from _check_currency(subject, store, info)
    if store.shopify_app_id and info.app_id != store.shopify_app_id:
        words = "the token is another app's"
        yield Finding(f"{subject}, app", False, words, "run connect_shops")
    yield _check_definition(subject, client.metafield_definition().data)
    yield _check_subscriptions(subject, store.subscribed_at, lambda: missing_at_shopify(store))


def _check_currency(subject: str, store: ShopifyStore, info: ShopInfo) -> Iterator[Finding]:
    """Orders come in the shops' currencies; the store has to accept them."""
    accepted = {info.currency, *info.presentment_currencies}
    for shop in store.shops.all():
        last = Order.objects.filter(shop=shop).exclude(currency="").order_by("-pk").first()
        comes = last.currency if last else REGION_CURRENCIES.get(shop.region.upper(), "")
        if comes and info.currency and comes not in accepted:
            words = f"orders of {shop} come in {comes}, which the store does not accept"
            to_do = f"add {comes} to the store's currencies"
            yield Finding(f"{subject}, currency", False, words, to_do)


def _check_definition(subject: str, found: MetafieldDefinition | None) -> Finding:
    subject = f"{subject}, order-id metafield"
    if found is None:
        return Finding(subject, False, "not defined", AGAIN)
    if found.type != "id":
        words = f"is of type {found.type}, not id"
        return Finding(subject, False, words, f"delete that definition in Shopify, then {AGAIN}")
    return Finding(subject, True, "defined")


def check_shop(shop: TikTokShop) -> Iterator[Finding]:
    """Health, token, orders, warehouses and carriers, consent, webhooks."""
    subject = f"TikTok shop {shop.shop_id}"
    yield _check_health(subject, shop)
    client = tiktok_client(shop)
    listed = read_shop(client, shop.shop_id, shop.cipher, shop.region, renewable=False)
    words = "opens the shop" if listed else "TikTok does not list its shops"
    yield Finding(f"{subject}, token", True, words)
    refused = [*_check_permissions(subject, client)]
    yield from refused
    if not refused:
        if not client.warehouses().data:
            to_do = "add one in TikTok's Seller Center"
            yield Finding(f"{subject}, warehouses", False, "there is none", to_do)
        yield from _check_carriers(subject, shop)
    ends = shop.credential.refresh_expires_at
    if ends is not None:
        is_far = ends - timezone.now() > CONSENT_WARNING
        to_do = "" if is_far else "renew it"
        yield Finding(f"{subject}, authorization", is_far, f"ends on {ends:%Y-%m-%d}", to_do)
    yield _check_subscriptions(subject, shop.subscribed_at, lambda: missing_at_tiktok(shop))


def _check_permissions(subject: str, client: TikTokClient) -> Iterator[Finding]:
    """One read in each area that the flows work in: only a call tells what is granted."""
    now = int(time.time())
    reads: tuple[Callable[[], object], ...] = (
        lambda: client.search_orders(update_time_ge=now, page_size=1),
        lambda: client.search_packages(page_size=1),
        client.warehouses,
        lambda: client.search_cancellations(update_time_ge=now, page_size=10),
        lambda: client.search_products(page_size=1),
    )
    for read in reads:
        try:
            read()
        except NotAuthorized as error:
            if error.account_reason != "scope_missing":
                raise
            yield from_error(f"{subject}, permissions", TIKTOK, error, "TIKTOK_API_URL")


def _check_carriers(subject: str, shop: TikTokShop) -> Iterator[Finding]:
    """Tracking numbers can be sent only with a carrier of the order's delivery option."""
    newest = Order.objects.filter(shop=shop).exclude(delivery_option_id="").order_by("-pk")
    recent = newest.values_list("delivery_option_id", flat=True)[:RECENT_ORDERS]
    for option in dict.fromkeys(recent):
        if not tiktok_client(shop).shipping_providers(option).data:
            words = f"TikTok lists no carrier for delivery option {option}"
            to_do = "set up shipping in TikTok's Seller Center"
            yield Finding(f"{subject}, carriers", False, words, to_do)


def _check_health(subject: str, account: ShopifyStore | TikTokShop) -> Finding:
    if account.is_paused(timezone.now()):
        reason = account.paused_reason or "no reason stored"
        return Finding(f"{subject}, health", False, f"{account.health}: {reason}")
    return Finding(f"{subject}, health", True, account.health)


def _check_subscriptions(
    subject: str, subscribed_at: object, missing: Callable[[], list[str]]
) -> Finding:
    subject = f"{subject}, webhooks"
    if subscribed_at is None:
        return Finding(subject, True, "none by choice: changes are found by polling")
    names = missing()
    if names:
        return Finding(subject, False, f"{', '.join(names)} missing", AGAIN)
    return Finding(subject, True, "subscribed")


def _guarded(
    subject: str, platform: str, look: Callable[..., Iterator[Finding]]
) -> Iterator[Finding]:
    """A connection that does not work is a finding too, and no reason to stop looking."""
    setting = "SHOPIFY_URL" if platform == SHOPIFY else "TIKTOK_API_URL"
    try:
        yield from look()
    except SyncError as error:
        yield from_error(subject, platform, error, setting)
    except UnreadableSecret:
        words = "its tokens open with none of TOKEN_KEYS"
        yield Finding(subject, False, words, f"add the key they had, or {AGAIN}")
