"""The pre-flight's questions: what both platforms say of a pair, judged for a merchant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from orders.models import Order
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.errors import NotAuthorized, SyncError
from tiktoksync.failures import SHOPIFY, TIKTOK, advice_on
from tiktoksync.lib.http_clock import platform_time
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.shopify.client import ShopifyClient
from tiktoksync.shopify.order_search import MARKED_ORDERS_A_CALL
from tiktoksync.shopify.payloads import ShopInfo
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.checkup_accounts import CONSENT_WARNING, REGION_CURRENCIES
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.shops.services.preflight import missing_scopes, read_shop
from tiktoksync.shops.services.subscribe import missing_at_shopify, missing_at_tiktok
from tiktoksync.tiktok.client import TikTokClient

Light = PreflightCheck.Light

AGAIN = "Check again in a moment."
RECONNECT = "Reconnect it under Settings, Connections."
SELLER_CENTER = "Complete it in TikTok's Seller Center, then check again."
#: Requests are signed with the time; TikTok refuses those that are five minutes off.
SKEW = timedelta(minutes=2)
#: What TikTok asks of a shop that sells (Check Listing Prerequisites), in a merchant's words.
READINESS = {
    "SHOP_STATUS": ("seller", Light.RED, "TikTok has not opened the shop for selling"),
    "SHOP_TAX": ("tax", Light.AMBER, "TikTok misses the shop's tax information"),
    "BANK_ACCOUNT": ("bank", Light.AMBER, "TikTok misses the shop's bank account"),
    "CONTACT_INFO": ("contact", Light.AMBER, "TikTok misses the shop's contact information"),
    "PICKUP_WAREHOUSE": ("pickup", Light.RED, "TikTok knows no warehouse that parcels leave from"),
    "RETURN_WAREHOUSE": ("returns", Light.AMBER, "TikTok knows no warehouse that takes returns"),
    "DELIVERY_OPTION": ("shipping", Light.RED, "No shipping option is chosen on TikTok"),
    "SHIPPING_TEMPLATE": ("template", Light.AMBER, "The shop has no shipping template on TikTok"),
    "PRODUCT_QUANTITY_LIMIT": ("limit", Light.AMBER, "The shop takes no more products now"),
    "EXTENDED_PRODUCER_RESPONSIBILITY": (
        "epr",
        Light.AMBER,
        "TikTok misses the registration for producer responsibility",
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at; `fix` is empty where there is nothing to do."""

    key: str
    light: str
    words: str
    fix: str = ""


def look_over(shop: TikTokShop) -> Iterator[Found]:
    """Every question to both sides; one that gets no answer is amber and hides no other."""
    yield from _guarded("shopify", SHOPIFY, lambda: _store(shop))
    yield from _guarded("tiktok", TIKTOK, lambda: _shop(shop))
    yield from _guarded("webhooks", SHOPIFY, lambda: _webhooks(shop))
    yield _clock()


def _guarded(key: str, platform: str, look: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    try:
        yield from look()
    except NotAuthorized as error:
        if error.account_reason == "scope_missing":
            words = f"{platform} does not let the app ask about this."
            yield Found(key, Light.AMBER, words, f"Grant it to the app. {RECONNECT}")
        else:
            yield Found(key, Light.RED, f"{platform} does not let the app in.", RECONNECT)
    except SyncError as error:
        fix = advice_on(platform, error.code, error.message) or AGAIN
        yield Found(key, Light.AMBER, f"{platform} gave no answer that tells.", fix)
    except UnreadableSecret:
        yield Found(key, Light.RED, "The stored connection cannot be opened.", RECONNECT)


# --- Shopify --------------------------------------------------------------------------------------


def _store(shop: TikTokShop) -> Iterator[Found]:
    store = shop.store
    client = shopify_client(store)
    info = client.shop_info().data
    if info.domain and info.domain != store.shop_domain:
        words = f"The connection opens {info.domain}, not {store.shop_domain}."
        yield Found("shopify", Light.RED, words, RECONNECT)
        return
    yield Found("shopify", Light.GREEN, f"{store} answers.")
    missing = missing_scopes(info)
    if missing:
        words = f"Shopify does not grant {', '.join(missing)}."
        yield Found("scopes", Light.RED, words, f"Add them to the app. {RECONNECT}")
    else:
        yield Found("scopes", Light.GREEN, "Shopify grants all that is needed.")
    yield _currency(shop, info)
    yield from _guarded("marker", SHOPIFY, lambda: _marker(client))
    yield from _guarded("rival", SHOPIFY, lambda: _rival(shop, client))


def _currency(shop: TikTokShop, info: ShopInfo) -> Found:
    """Orders come in the shop's currency; the store has to accept it."""
    last = Order.objects.filter(shop=shop).exclude(currency="").order_by("-pk").first()
    comes = last.currency if last else REGION_CURRENCIES.get(shop.region.upper(), "")
    if not comes or not info.currency:
        return Found("currency", Light.AMBER, "The currencies are known with the first order.")
    if comes not in {info.currency, *info.presentment_currencies}:
        words = f"TikTok orders come in {comes}, and the store takes {info.currency} alone."
        fix = f"Add {comes} to the store's markets in Shopify, then check again."
        return Found("currency", Light.RED, words, fix)
    if comes != info.currency:
        words = f"TikTok orders come in {comes}; the store takes it beside {info.currency}."
        return Found("currency", Light.GREEN, words)
    return Found("currency", Light.GREEN, f"Both sides count in {comes}.")


def _marker(client: ShopifyClient) -> Iterator[Found]:
    """No order is made twice thanks to a field of its own in Shopify."""
    found = client.metafield_definition().data
    if found is None or found.type != "id":
        words = "The field that marks TikTok orders in Shopify is missing or of another kind."
        yield Found("marker", Light.RED, words, RECONNECT)
    else:
        yield Found("marker", Light.GREEN, "Orders can be marked in Shopify: none is made twice.")


def _rival(shop: TikTokShop, client: ShopifyClient) -> Iterator[Found]:
    """The newest TikTok orders, looked for in Shopify as another app's."""
    page = tiktok_client(shop).search_orders(
        create_time_ge=int(time.time() - timedelta(days=30).total_seconds()),
        page_size=MARKED_ORDERS_A_CALL,
        sort_field="create_time",
        sort_order="DESC",
    )
    ids = [str(row["id"]) for row in page.data.orders if row.get("id")]
    marks = client.find_marked_orders(ids).data.values() if ids else ()
    others = [mark.name for mark in marks if not mark.is_ours]
    if others:
        words = (
            f"Another app brings TikTok orders to this store: {others[0]} is one of "
            f"{len(others)} among the newest {len(ids)}."
        )
        fix = "Turn that app's order sync off before you go live, or buyers are served twice."
        yield Found("rival", Light.RED, words, fix)
    elif ids:
        yield Found("rival", Light.GREEN, "No other app brings TikTok orders to this store.")
    else:
        words = "Whether another app brings TikTok orders shows with the first order."
        yield Found("rival", Light.AMBER, words, "If one is installed, turn its order sync off.")


# --- TikTok Shop ----------------------------------------------------------------------------------


def _shop(shop: TikTokShop) -> Iterator[Found]:
    client = tiktok_client(shop)
    listed = read_shop(client, shop.shop_id, shop.cipher, shop.region, renewable=False)
    yield Found("tiktok", Light.GREEN, f"{shop} answers.")
    if listed is not None and listed.region:
        yield Found("region", Light.GREEN, f"The shop sells in {listed.region}.")
    refused = [name for name, read in _areas(client) if _is_refused(read)]
    if refused:
        words = f"TikTok does not let the app see: {', '.join(refused)}."
        fix = f"Add the permission to the app in TikTok's Partner Center. {RECONNECT}"
        yield Found("tiktok_scopes", Light.RED, words, fix)
    else:
        yield Found("tiktok_scopes", Light.GREEN, "TikTok grants all that is needed.")
    if "warehouses" not in refused:
        yield _warehouses(client)
    yield from _guarded("ready", TIKTOK, lambda: _readiness(client))
    yield _consent(shop)


def _areas(client: TikTokClient) -> tuple[tuple[str, Callable[[], object]], ...]:
    """One read in each area that the sync works in: only a call tells what is granted."""
    now = int(time.time())
    return (
        ("orders", lambda: client.search_orders(update_time_ge=now, page_size=1)),
        ("parcels", lambda: client.search_packages(page_size=1)),
        ("warehouses", client.warehouses),
        ("cancellations", lambda: client.search_cancellations(update_time_ge=now, page_size=10)),
        ("products", lambda: client.search_products(page_size=1)),
    )


def _is_refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except NotAuthorized as error:
        if error.account_reason != "scope_missing":
            raise
        return True
    return False


def _warehouses(client: TikTokClient) -> Found:
    found = client.warehouses().data
    if not found:
        return Found("warehouses", Light.RED, "The shop has no warehouse on TikTok.", SELLER_CENTER)
    count = "one warehouse" if len(found) == 1 else f"{len(found)} warehouses"
    return Found("warehouses", Light.GREEN, f"The shop has {count} on TikTok.")


def _readiness(client: TikTokClient) -> Iterator[Found]:
    """What TikTok itself checks before a shop may list and sell."""
    failed = [row for row in client.prerequisites().data if row.get("is_failed")]
    for row in failed:
        yield _unready(row)
    if not failed:
        words = "Seller status, tax, shipping and templates are complete on TikTok."
        yield Found("ready", Light.GREEN, words)


def _unready(row: dict[str, Any]) -> Found:
    item = str(row.get("check_item") or "")
    known = READINESS.get(item.upper())
    key, light, words = known or (
        item.lower()[:40] or "ready",
        Light.AMBER,
        f"TikTok misses {item}",
    )
    reasons = "; ".join(str(one) for one in row.get("fail_reasons") or ())
    return Found(key, light, f"{words}: {reasons}" if reasons else f"{words}.", SELLER_CENTER)


def _consent(shop: TikTokShop) -> Found:
    ends = shop.credential.refresh_expires_at
    if ends is None:
        return Found("consent", Light.GREEN, "The consent has no end.")
    words = f"The consent lasts until {ends:%-d %B %Y}."
    if ends - timezone.now() > CONSENT_WARNING:
        return Found("consent", Light.GREEN, words)
    return Found("consent", Light.AMBER, words, RECONNECT)


# --- both -----------------------------------------------------------------------------------------


def _webhooks(shop: TikTokShop) -> Iterator[Found]:
    """Without webhooks all is found by asking, later."""
    missing: list[str] = []
    if shop.store.subscribed_at is not None:
        missing += missing_at_shopify(shop.store)
    if shop.subscribed_at is not None:
        missing += missing_at_tiktok(shop)
    if missing:
        words = f"{len(missing)} kinds of news do not reach this server yet."
        fix = "They are subscribed to again within the hour; until then changes arrive later."
        yield Found("webhooks", Light.AMBER, words, fix)
    elif shop.store.subscribed_at is None or shop.subscribed_at is None:
        words = "News is asked for, not sent here: changes arrive a little later."
        yield Found("webhooks", Light.AMBER, words, "Give the server a public https address.")
    else:
        yield Found("webhooks", Light.GREEN, "Both platforms send their news here.")


def _clock() -> Found:
    """Both platforms say what time it is with each answer."""
    now = time.time()
    off = abs(platform_time(settings.TIKTOK_API_URL) - now)
    if off <= SKEW.total_seconds():
        return Found("clock", Light.GREEN, "This server's clock is right.")
    words = f"This server's clock is {round(off)} seconds away from TikTok's."
    return Found("clock", Light.AMBER, words, "Let the server keep time by NTP.")
