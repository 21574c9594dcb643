"""Which listings have to be told something: stock, prices, on or off sale.

The mirrors and the orders say what changed; here it is compared, set-based, with what TikTok shows,
and only what differs is asked for. Nothing here calls a platform.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from orders.models import LineItem, LinePart
from products.models import Link, Listing, ListingSku, ListingTask
from products.services import listing_tasks, push_listing_states_rules
from products.services.listing_task_flow import DELETED
from products.services.listing_task_skus import LinkedSku, linked_skus
from products.services.push_prices_changes import ON_SALE, listing_prices
from products.services.push_stock_changes import CLOSED, listing_stocks
from products.services.rules import product_rules
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import awake

Kind = ListingTask.Kind
ALL = frozenset({Kind.STOCK, Kind.PRICES, Kind.STATE})
STOCK = frozenset({Kind.STOCK})
#: How many listings are compared at once.
CHUNK = 200
SWEEP_SECONDS = 900.0


# --- what changed --------------------------------------------------------------------------------


def products_changed(store: ShopifyStore, product_ids: Collection[int]) -> None:
    """Prices, stock or states of these products may have changed."""
    _follow(store, Q(variant__product__in=product_ids), ALL, "product_changed")


def listings_changed(shop: TikTokShop, listing_ids: Collection[int]) -> None:
    """TikTok shows these listings otherwise than before."""
    compare(shop, listing_ids, ALL, "listing_changed")


def stock_changed(store: ShopifyStore, inventory_item_ids: Collection[str]) -> None:
    """What can be sold of these items changed."""
    which = Q(variant__store=store, variant__inventory_item_id__in=inventory_item_ids)
    _follow(store, which, STOCK, "stock_changed")


def linked(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> None:
    """These SKUs have a variant now."""
    compare(shop, _listings_of(shop, tiktok_sku_ids), ALL, "linked")


def orders_changed(shop: TikTokShop, tiktok_order_ids: Collection[str]) -> None:
    """These orders are new, or no longer what they were: other units are set aside than before."""
    own = {"order__shop": shop, "order__tiktok_order_id__in": tiktok_order_ids}
    lines = LineItem.objects.order_by().filter(**own).values("tiktok_sku_id")
    own = {f"line__{name}": value for name, value in own.items()}
    parts = LinePart.objects.order_by().filter(**own).values("tiktok_sku_id")
    named = Q(tiktok_sku_id__in=lines) | Q(tiktok_sku_id__in=parts)
    variants = set(Link.objects.filter(named, shop=shop).values_list("variant_id", flat=True))
    if variants:
        _follow(shop.store, Q(variant__in=variants), STOCK, "order")


def _follow(store: ShopifyStore, which: Q, kinds: frozenset[Kind], reason: str) -> None:
    """Compare the listings of every shop that sells what changed in the store."""
    links = Link.objects.filter(which, shop__store=store).order_by()
    by_shop: dict[int, set[str]] = defaultdict(set)
    for shop_id, sku_id in links.values_list("shop_id", "tiktok_sku_id"):
        by_shop[shop_id].add(sku_id)
    shops = TikTokShop.objects.filter(pk__in=by_shop).select_related("store", "product_rules")
    for shop in shops if by_shop else ():
        compare(shop, _listings_of(shop, by_shop[shop.pk]), kinds, reason)


def _listings_of(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> set[int]:
    skus = ListingSku.objects.filter(shop=shop, tiktok_sku_id__in=tiktok_sku_ids)
    return set(skus.values_list("listing_id", flat=True))


# --- comparing -----------------------------------------------------------------------------------


def compare(
    shop: TikTokShop,
    listing_ids: Iterable[int],
    kinds: Collection[Kind],
    reason: str,
    *,
    retry_failed: bool = True,
) -> int:
    """Ask for what differs of these listings (by row); returns how many tasks are due now.

    What the shop's rules leave alone is not compared. The number of queries does not depend on the
    number of listings, up to CHUNK.
    """
    rules, asked = product_rules(shop), 0
    does = {
        Kind.STOCK: (_compare_stock, rules.push_stock),
        Kind.PRICES: (_compare_prices, rules.push_prices),
        Kind.STATE: (_compare_states, rules.auto_deactivate),
    }
    wanted = [act for kind, (act, is_on) in does.items() if is_on and kind in kinds]
    pks = sorted(listing_ids) if wanted else []
    for start in range(0, len(pks), CHUNK):
        found = linked_skus(shop, pks[start : start + CHUNK])
        for act in wanted if found else ():
            asked += act(shop, found, reason, retry_failed)
    return asked


Found = dict[int, list[LinkedSku]]


def _compare_stock(shop: TikTokShop, found: Found, reason: str, retry_failed: bool) -> int:
    stocks = listing_stocks(shop, product_rules(shop), found)
    differing = {pk for pk, stock in stocks.items() if stock.needs_a_call}
    if not differing:
        return 0
    open_ = _living(differing).exclude(status__in=CLOSED)
    return _ask(shop, open_, Kind.STOCK, reason, retry_failed)


def _compare_prices(shop: TikTokShop, found: Found, reason: str, retry_failed: bool) -> int:
    prices = listing_prices(shop, product_rules(shop), found)
    differing = {pk for pk, listing in prices.items() if listing.changes}
    if not differing:
        return 0
    return _ask(shop, _living(differing, status=ON_SALE), Kind.PRICES, reason, retry_failed)


def _compare_states(shop: TikTokShop, found: Found, reason: str, retry_failed: bool) -> int:
    rules = push_listing_states_rules
    switches = rules.switches(found)
    tasks = ListingTask.objects.filter(kind=Kind.STATE)
    if switches.put_back:
        tasks.filter(pk__in=switches.put_back).update(reason=rules.PUT_BACK)
    if switches.forgotten:
        tasks.filter(pk__in=switches.forgotten).delete()
    asked = 0
    for listings, state, why in (
        (switches.off, rules.State.INACTIVE, rules.INACTIVE),
        (switches.on, rules.State.ACTIVE, rules.ACTIVE),
    ):
        asked += listing_tasks.ask(
            shop,
            listings,
            Kind.STATE,
            reason=why,
            wanted_state=state.value,
            retry_failed=retry_failed,
            retry_skipped=True,
        )
    return asked


def _living(listing_ids: Collection[int], **how: str) -> QuerySet[Listing]:
    return Listing.objects.filter(pk__in=listing_ids, gone_at=None, **how).exclude(status=DELETED)


def _ask(
    shop: TikTokShop, listings: QuerySet[Listing], kind: Kind, reason: str, retry_failed: bool
) -> int:
    pks = listings.values_list("pk", flat=True)
    return listing_tasks.ask(
        shop, pks, kind, reason=reason, retry_failed=retry_failed, retry_skipped=True
    )


# --- the net under it all ------------------------------------------------------------------------


def recheck() -> None:
    """Compare all that is linked with what TikTok shows, once in a while: the net under the rest.

    Only the lanes of shops whose time has come are woken: the comparing is the work of push_stock.
    """
    now = database_now()
    has_links = Exists(Link.objects.filter(shop=OuterRef("pk")))
    shops = TikTokShop.objects.filter(awake(now))
    shops.filter(has_links, next_stock_sweep_at=None).update(next_stock_sweep_at=now)
    for pk in shops.filter(next_stock_sweep_at__lte=now).values_list("pk", flat=True):
        queue.wake("push_stock", pk)


def rules_changed(shop: TikTokShop) -> None:
    """Somebody changed the shop's product rules: everything linked is compared by them, now."""
    TikTokShop.objects.filter(pk=shop.pk).update(next_stock_sweep_at=database_now())
    queue.wake("push_stock", shop.pk)


def sweep_shop(shop: TikTokShop, between: Callable[[], object]) -> int:
    """Compare every linked listing of a shop, a piece at a time; `between` is called after each.

    Returns how many tasks are due now. What failed for good is not tried again by this.
    """
    began, asked, after = database_now(), 0, 0
    while True:
        living = Listing.objects.filter(shop=shop, gone_at=None, pk__gt=after).order_by("pk")
        chunk = list(living.values_list("pk", flat=True)[:CHUNK])
        if not chunk:
            break
        asked += compare(shop, chunk, ALL, "rechecked", retry_failed=False)
        after = chunk[-1]
        between()
    _note_swept(shop, began)
    return asked


def _note_swept(shop: TikTokShop, began: datetime) -> None:
    following = began + scaled(SWEEP_SECONDS)
    TikTokShop.objects.filter(pk=shop.pk).update(next_stock_sweep_at=following)
