"""Equal SKUs are linked as they appear in the mirrors, set-based."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

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
from products.services.link_lookups import forget_failed, look_again
from products.services.link_pairs import insert_pairs, living_skus, of_skus, pairs, twins
from products.services.link_release import judge_waiting, naming_sku_id
from products.services.listing_tasks import ask
from products.services.rules import product_rules
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncStatus

AT_ONCE = 2000
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
            made += _link(shop, pairs(shop).filter(sku_key__in=some))
        look_again(store, some)
    return made


def link_listings(shop: TikTokShop, listing_ids: Collection[int]) -> int:
    """Link the SKUs of these listings to variants with an equal SKU; returns how many links."""
    made = 0
    for some in _batches(sorted(listing_ids)):
        made += _link(shop, pairs(shop).filter(listing__in=some))
    return made


def link_store(store: ShopifyStore) -> int:
    """Link all equal SKUs of a store whose catalogue was read whole just now; returns how many."""
    made = 0
    for shop in TikTokShop.objects.filter(store=store).select_related("store"):
        listings = Listing.objects.filter(shop=shop, gone_at=None).order_by("pk")
        made += link_listings(shop, list(listings.values_list("pk", flat=True)))
    failed = SkuLookup.objects.filter(store=store, sync_status=SyncStatus.FAILED)
    for some in _batches(sorted(failed.values_list("sku_key", flat=True))):
        look_again(store, some)
    return made


def _link(shop: TikTokShop, rows: QuerySet[ListingSku]) -> int:
    """Before a store was read whole nobody knows whether a SKU stands there once."""
    is_read = ShopifyStore.objects.filter(pk=shop.store_id, variants_read_at__isnull=False)
    if not product_rules(shop).auto_link or not is_read.exists():
        return 0
    return len(link_pairs(shop, rows))


def link_pairs(
    shop: TikTokShop,
    rows: QuerySet[ListingSku],
    *,
    origin: Link.Origin = Link.Origin.SAME_SKU,
    user: Any = None,
) -> list[str]:
    """Link pairs of equal SKUs, release who waited for them; returns the TikTok SKU ids."""
    with transaction.atomic():
        made = insert_pairs(rows, origin, user)
        for some in _batches(made):
            judge_waiting(shop.store, naming_sku_id(*some) & Q(shop=shop))
            skus = of_skus(ListingSku.objects.filter(shop=shop), some)
            forget_failed(shop.store_id, skus.values("sku_key"))
            follow_catalogue.links_made(shop, some)
    return made


def note_external_ids(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> None:
    """Have Shopify's ids written on the listings of these SKUs, where the rules say so."""
    rule = product_rules(shop).external_ids
    if rule == ProductRules.ExternalIds.NEVER or not tiktok_sku_ids:
        return
    variant = Variant.objects.filter(
        links__shop=shop, links__tiktok_sku_id=OuterRef("tiktok_sku_id")
    )
    rows = of_skus(living_skus(shop), tiktok_sku_ids).annotate(
        variant_pk=Subquery(variant.values("pk")[:1]),
        gid=Subquery(variant.values("shopify_variant_id")[:1]),
        linked_key=Subquery(variant.values("sku_key")[:1]),
    )
    rows = rows.exclude(gid=None).exclude(external_sku_id=F("gid"))
    if rule == ProductRules.ExternalIds.NEEDED:
        rows = rows.exclude(_told_by_sku(shop))
    ask(
        shop,
        set(rows.values_list("listing", flat=True)),
        ListingTask.Kind.EXTERNAL_IDS,
        reason=NOTE_IDS,
        retry_failed=False,
    )


def _told_by_sku(shop: TikTokShop) -> Q:
    """Equal SKUs alone would link these two again."""
    rivals = Variant.objects.filter(
        store=shop.store_id, sku_key=OuterRef("sku_key"), gone_at=None
    ).exclude(pk=OuterRef("variant_pk"))
    same = Q(linked_key=F("sku_key")) & ~Q(sku_key="")
    return same & ~Q(Exists(rivals)) & ~Q(Exists(twins()))


def _batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]
