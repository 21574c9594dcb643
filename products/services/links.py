"""Making and removing links between TikTok SKUs and Shopify variants.

A new link releases every order that waited for it. Orders that are in Shopify already stay as sent.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from orders.models import LineItem, LinePart, Order
from orders.policy import BlockReason, WaitReason
from products.models import Link, Variant
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import FailureKind, SyncStatus

LINK_BLOCKS = tuple(
    str(reason)
    for reason in (
        BlockReason.SKU_UNLINKED,
        BlockReason.SKU_AMBIGUOUS,
        BlockReason.SKU_BLANK,
        BlockReason.VARIANT_GONE,
    )
)


class LinkConflict(Exception):
    """The link cannot be made; the message says why."""


def make_link(
    shop: TikTokShop,
    tiktok_sku_id: str,
    variant: Variant,
    *,
    origin: Link.Origin,
    user: Any = None,
) -> Link:
    """Link a TikTok SKU to a variant of the store its shop feeds, and release who waited for it.

    Raises LinkConflict if the SKU is linked to another variant already.
    """
    if variant.store_id != shop.store_id:
        raise LinkConflict("The variant belongs to another Shopify store.")
    if not tiktok_sku_id.strip():
        raise LinkConflict("The TikTok SKU id is missing.")
    try:
        with transaction.atomic():
            link, created = Link.objects.get_or_create(
                shop=shop,
                tiktok_sku_id=tiktok_sku_id.strip(),
                defaults={"variant": variant, "origin": origin, "created_by": user},
            )
            if link.variant_id != variant.pk:
                raise LinkConflict(f"This TikTok SKU is linked to {link.variant} already.")
            if created:
                judge_waiting(shop.store, naming_sku_id(link.tiktok_sku_id) & Q(shop=shop))
    except IntegrityError as error:
        raise LinkConflict("This TikTok SKU was linked by somebody else just now.") from error
    return link


def remove_link(link: Link, *, user: Any = None) -> None:
    """Remove a link; orders that come from now on need another one."""
    link.delete()


def refresh_catalogue(merchant: Merchant) -> None:
    """Have both catalogues of a merchant read again."""
    now = database_now()
    stores = ShopifyStore.objects.filter(merchant=merchant)
    shops = TikTokShop.objects.filter(merchant=merchant)
    stores.update(variants_wanted_at=now)
    shops.update(listings_wanted_at=now)
    for store_id in stores.values_list("pk", flat=True):
        queue.wake("pull_variants", store_id)
    for shop_id in shops.values_list("pk", flat=True):
        queue.wake("pull_listings", shop_id)


def link_same_sku(store: ShopifyStore, key: str, variant: Variant) -> int:
    """Link every TikTok SKU that orders name under this seller SKU; returns how many links."""
    units = LineItem.objects.order_by().filter(order__shop__store=store, sku_key=key)
    parts = LinePart.objects.order_by().filter(line__order__shop__store=store, sku_key=key)
    named = (
        units.exclude(tiktok_sku_id="")
        .values_list("order__shop_id", "tiktok_sku_id")
        .union(parts.exclude(tiktok_sku_id="").values_list("line__order__shop_id", "tiktok_sku_id"))
    )
    made = 0
    for shop_id, tiktok_sku_id in list(named):
        _, created = Link.objects.get_or_create(
            shop_id=int(shop_id),
            tiktok_sku_id=tiktok_sku_id,
            defaults={"variant": variant, "origin": Link.Origin.SAME_SKU},
        )
        made += created
    judge_waiting(store, naming_sku(key))
    return made


def naming_sku(key: str) -> Q:
    """Orders that name a seller SKU, on a unit or on a component of a bundle."""
    return _naming(sku_key=key)


def naming_sku_id(tiktok_sku_id: str) -> Q:
    """Orders that name a TikTok SKU, on a unit or on a component of a bundle."""
    return _naming(tiktok_sku_id=tiktok_sku_id)


def _naming(**how: str) -> Q:
    units = LineItem.objects.order_by().filter(**how).values("order_id")
    parts = LinePart.objects.order_by().filter(**how).values("line__order_id")
    return Q(pk__in=units.union(parts))


def judge_waiting(store: ShopifyStore, which: Q, *, blocked_too: bool = True) -> int:
    """Have orders that wait or are blocked for a SKU judged again now; returns how many."""
    now = database_now()
    orders = Order.objects.filter(which, shop__store=store)
    blocked = orders.filter(
        sync_status=SyncStatus.FAILED,
        failure_kind=FailureKind.CONFIG,
        failure_code__in=LINK_BLOCKS,
    )
    waiting = orders.filter(sync_status=SyncStatus.PENDING, wait_reason=str(WaitReason.SKU_LOOKUP))
    released = 0
    for order in blocked.distinct().order_by("pk") if blocked_too else ():
        released += statuses.move(order, SyncStatus.PENDING, reason="Its SKU is judged again.")
    for order in waiting.distinct().order_by("pk"):
        statuses.defer(order, now, "")
        released += 1
    if released:
        queue.wake("push_orders", store.pk)
    return released
