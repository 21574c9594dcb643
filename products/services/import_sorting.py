"""Sorts listings by what an import would do with them: what is stored here, and what Shopify says.

Both halves of a run sort: the preview to show it, the work because the preview may be old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db.models import Q

from products.import_checks import Cause, FoundVariant, Surroundings, Verdict, judge
from products.import_facts import ListingFacts, listing_facts
from products.models import (
    UNREAD_PRODUCT,
    Link,
    Listing,
    ListingSku,
    Product,
    ProductImport,
    ProductRules,
    RemovedLink,
    Variant,
    sku_key,
)
from products.selection import select_listings
from products.services.import_asking import find_titles, find_variants, fold, read_details
from products.services.rules import product_rules
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus

#: How long what was read of Shopify's variants stands beside a search, whose index lags behind.
RECENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sorted:
    """A listing with its verdict; `found` are Shopify's own rows of the variants it means."""

    listing: Listing
    facts: ListingFacts
    verdict: Verdict
    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def sort_listings(
    run: Run, shop: TikTokShop, listings: Sequence[Listing], lease: Lease
) -> list[Sorted]:
    """Where each of these listings belongs. Raises product_runs.Waits if an account has to rest."""
    unread = read_details(shop, listings, lease)
    facts = facts_of([listing.pk for listing in listings])
    around = _stored(run, shop, facts)
    hopeful = [
        one
        for key, one in facts.items()
        if key not in unread and judge(one, around).cause == Cause.READY
    ]
    bodies = _ask_shopify(shop.store, hopeful, lease)
    found = (*_as_found(bodies.values()), *_recent_variants(shop.store, hopeful))
    around = replace(around, variants=found)
    if not around.forced:
        new = [one for one in hopeful if judge(one, around).cause == Cause.READY]
        around = replace(around, titles=_titles(shop.store, new, lease))
    return [
        Sorted(
            listing,
            facts[listing.pk],
            Verdict(unread[listing.pk])
            if listing.pk in unread
            else judge(facts[listing.pk], around),
            bodies,
        )
        for listing in listings
        if listing.pk in facts
    ]


def facts_of(listing_ids: Iterable[int]) -> dict[int, ListingFacts]:
    """The facts of listings, by row, in two queries."""
    listings = list(Listing.objects.filter(pk__in=list(listing_ids)))
    skus: dict[int, list[ListingSku]] = {}
    living = ListingSku.objects.filter(listing__in=listings, gone_at=None).order_by("pk")
    for sku in living:
        skus.setdefault(sku.listing_id, []).append(sku)
    return {one.pk: listing_facts(one, skus.get(one.pk, [])) for one in listings}


def linked_skus(shop_ids: Iterable[int], facts: Iterable[ListingFacts]) -> set[str]:
    """The TikTok SKUs of these listings that have a link."""
    links = Link.objects.filter(shop__in=list(shop_ids), tiktok_sku_id__in=_sku_ids(facts))
    return set(links.values_list("tiktok_sku_id", flat=True))


# --- what is stored ------------------------------------------------------------------------------


def _stored(run: Run, shop: TikTokShop, facts: Mapping[int, ListingFacts]) -> Surroundings:
    rules = product_rules(shop)
    parted = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=_sku_ids(facts.values()))
    return Surroundings(
        currency=shop.store.currency,
        links_duplicates=rules.import_on_duplicate == ProductRules.OnDuplicate.LINK,
        forced=bool(run.wish.get("force")),
        linked=linked_skus([shop.pk], facts.values()),
        imported=_imported(shop, facts),
        apart=set(parted.values_list("tiktok_sku_id", "variant__shopify_variant_id")),
        shared=_shared(run, shop, facts),
    )


def _sku_ids(facts: Iterable[ListingFacts]) -> list[str]:
    return [sku.sku_id for one in facts for sku in one.skus]


def _imported(shop: TikTokShop, facts: Mapping[int, ListingFacts]) -> set[str]:
    """Listings that were imported and whose product nobody deleted in Shopify since."""
    rows = ProductImport.objects.filter(listing__in=list(facts), sync_status=SyncStatus.SYNCED)
    done = dict(rows.values_list("listing__tiktok_product_id", "shopify_product_id"))
    gone = Product.objects.filter(
        store=shop.store_id, shopify_product_id__in=done.values(), gone_at__isnull=False
    )
    deleted = set(gone.values_list("shopify_product_id", flat=True))
    return {product_id for product_id, gid in done.items() if gid not in deleted}


def _shared(run: Run, shop: TikTokShop, facts: Mapping[int, ListingFacts]) -> dict[str, set[str]]:
    """For each listing the SKUs that an earlier one of the same import has too."""
    keys = {sku.key for one in facts.values() for sku in one.skus if sku.key}
    same = ListingSku.objects.filter(
        shop=shop, sku_key__in=keys, gone_at=None, listing__in=select_listings(shop, run.wish)
    )
    first: dict[str, int] = {}
    for key, listing_id in same.values_list("sku_key", "listing_id"):
        first[key] = min(first.get(key, listing_id), listing_id)
    return {
        one.product_id: {sku.seller_sku for sku in one.skus if first.get(sku.key, pk) < pk}
        for pk, one in facts.items()
    }


# --- what Shopify has ----------------------------------------------------------------------------


def _ask_shopify(
    store: ShopifyStore, hopeful: Sequence[ListingFacts], lease: Lease
) -> dict[str, dict[str, Any]]:
    skus = [sku.seller_sku for one in hopeful for sku in one.skus]
    barcodes = [sku.barcode for one in hopeful for sku in one.skus]
    return {str(body["id"]): body for body in find_variants(store, skus, barcodes, lease)}


def _as_found(bodies: Iterable[Mapping[str, Any]]) -> list[FoundVariant]:
    return [
        FoundVariant(
            gid=str(body["id"]),
            product_gid=str((body.get("product") or {}).get("id") or ""),
            sku_key=sku_key(str(body.get("sku") or ""))[:255],
            barcode=str(body.get("barcode") or "").strip(),
        )
        for body in bodies
    ]


def _recent_variants(store: ShopifyStore, hopeful: Sequence[ListingFacts]) -> list[FoundVariant]:
    """Variants that were read a moment ago: the index of a search may not know them yet."""
    keys = {sku.key for one in hopeful for sku in one.skus} - {""}
    barcodes = {sku.barcode for one in hopeful for sku in one.skus} - {""}
    rows = Variant.objects.filter(
        Q(sku_key__in=keys) | Q(barcode__in=barcodes),
        store=store,
        gone_at=None,
        product__gone_at=None,
        seen_at__gte=database_now() - RECENT,
    ).select_related("product")
    return [
        FoundVariant(
            row.shopify_variant_id, row.product.shopify_product_id, row.sku_key, row.barcode
        )
        for row in rows
    ]


def _titles(store: ShopifyStore, new: Sequence[ListingFacts], lease: Lease) -> set[str]:
    """The titles of these listings that products of the store have, case-folded.

    The mirror knows them; a store that was never read is asked itself.
    """
    titles = [one.title for one in new]
    if not titles:
        return set()
    if store.variants_read_at is None:
        return find_titles(store, titles, lease)
    same = Q()
    for title in titles:
        same |= Q(title__iexact=title)
    rows = Product.objects.filter(same, store=store, gone_at=None)
    rows = rows.exclude(shopify_product_id=UNREAD_PRODUCT)
    return {fold(title) for title in rows.values_list("title", flat=True)}
