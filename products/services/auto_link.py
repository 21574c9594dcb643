"""Equal SKUs are linked as they appear in the mirrors, set-based."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from products.models import (
    Link,
    Listing,
    ListingSku,
    ListingTask,
    ProductRules,
    SkuLookup,
    Variant,
)
from products.services import follow_catalogue
from products.services.link_ids import unnoted_listings
from products.services.link_lookups import forget_failed, look_again
from products.services.link_pairs import Judged, insert_pairs, judge_skus, living_skus
from products.services.link_release import judge_waiting, naming_sku_id
from products.services.listing_tasks import ask
from products.services.rules import product_rules
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncStatus

AT_ONCE = 1000
# A listing may have hundreds of SKUs.
LISTINGS_AT_ONCE = 300
NOTE_IDS = "Linked: Shopify's ids are noted."
T = TypeVar("T")


def link_variants(store: ShopifyStore, product_ids: Collection[int]) -> int:
    """Link what has the SKU of a variant of these products; returns how many links.

    Orders whose SKU was not found before are looked up again.
    """
    variants = Variant.objects.filter(product__in=product_ids, store=store, gone_at=None)
    keys = sorted(set(variants.exclude(sku_key="").values_list("sku_key", flat=True)))
    made = 0
    for some in _batches(keys):
        for shop in TikTokShop.objects.filter(store=store).select_related("store"):
            made += _link(shop, living_skus(shop).filter(sku_key__in=some))
        look_again(store, some)
    return made


def link_listings(shop: TikTokShop, listing_ids: Collection[int]) -> int:
    """Link the SKUs of these listings to variants with an equal SKU; returns how many links."""
    made = 0
    for some in _batches(sorted(listing_ids), LISTINGS_AT_ONCE):
        made += _link(shop, living_skus(shop).filter(listing__in=some))
    return made


def link_store(store: ShopifyStore, cursor: str = "") -> str:
    """Link equal SKUs of a store that was read whole, some listings behind the cursor.

    Returns the next cursor, empty after the last ones; then look-ups in vain are repeated too.
    """
    rows = Listing.objects.filter(shop__store=store, gone_at=None, pk__gt=int(cursor or 0))
    listings = list(rows.order_by("pk").values_list("pk", "shop_id")[:LISTINGS_AT_ONCE])
    for shop in TikTokShop.objects.filter(store=store).select_related("store"):
        link_listings(shop, [pk for pk, shop_id in listings if shop_id == shop.pk])
    if len(listings) == LISTINGS_AT_ONCE:
        return str(listings[-1][0])
    failed = SkuLookup.objects.filter(store=store, sync_status=SyncStatus.FAILED)
    for some in _batches(sorted(failed.values_list("sku_key", flat=True))):
        look_again(store, some)
    return ""


def _link(shop: TikTokShop, rows: QuerySet[ListingSku]) -> int:
    """Before a store was read whole nobody knows whether a SKU stands there once."""
    is_read = ShopifyStore.objects.filter(pk=shop.store_id, variants_read_at__isnull=False)
    if not product_rules(shop).auto_link or not is_read.exists():
        return 0
    made = 0
    for some in _batches(list(rows)):
        made += len(link_pairs(shop, judge_skus(shop, some)))
    return made


def link_pairs(
    shop: TikTokShop,
    judged: Sequence[Judged],
    *,
    origin: Link.Origin = Link.Origin.SAME_SKU,
    user: Any = None,
) -> list[str]:
    """Link those that are pairs, release who waited for them; returns the TikTok SKU ids."""
    keys = {one.sku.tiktok_sku_id: one.sku.sku_key for one in judged}
    with transaction.atomic():
        made = insert_pairs(shop, judged, origin, user)
        if made:
            judge_waiting(shop.store, naming_sku_id(*made) & Q(shop=shop))
            forget_failed(shop.store_id, [keys[sku_id] for sku_id in made])
            follow_catalogue.links_made(shop, made)
    return made


def note_external_ids(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> None:
    """Have Shopify's ids written on the listings of these SKUs, where the rules say so."""
    rule = product_rules(shop).external_ids
    if rule == ProductRules.ExternalIds.NEVER:
        return
    kind = ListingTask.Kind.EXTERNAL_IDS
    for some in _batches(sorted(tiktok_sku_ids)):
        listings = unnoted_listings(shop, some, all_of_them=rule == ProductRules.ExternalIds.ALWAYS)
        ask(shop, listings, kind, reason=NOTE_IDS, retry_failed=False)


def _batches(things: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
