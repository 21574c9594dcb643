"""Which TikTok SKUs and Shopify variants carry the same SKU, judged some thousand at a time.

A pair is a living TikTok SKU without a link and the one living variant of the shop's store with an
equal `sku_key`. Two SKUs of one listing with the same seller SKU are no pair with anything, nor
are two that somebody took apart.

Each question is one query with a list of keys: joins of tables that were filled a moment ago, and
of which the database knows no statistics yet, would be a thousand times slower.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from products.models import Link, ListingSku, RemovedLink, Variant
from tiktoksync.shops.models import TikTokShop

COLUMNS = (
    *("shop", "listing", "tiktok_sku_id", "seller_sku", "sku_key", "name", "attributes"),
    *("barcode", "external_sku_id", "listing__title", "listing__gone_at"),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """An unlinked TikTok SKU with what decides about it.

    `variant_id` is a living variant with an equal SKU, None without one; with a rival there are
    more of them; a twin is another SKU of the same listing with the same seller SKU.
    """

    sku: ListingSku
    variant_id: int | None
    has_rival: bool = False
    has_twin: bool = False
    was_parted: bool = False

    @property
    def is_pair(self) -> bool:
        """Whether the two may be linked for their SKUs alone."""
        odd = self.has_rival or self.has_twin or self.was_parted
        return self.variant_id is not None and not odd


def living_skus(shop: TikTokShop) -> QuerySet[ListingSku]:
    """The SKUs of the shop that TikTok still has."""
    rows = ListingSku.objects.filter(shop=shop, gone_at=None, listing__gone_at=None)
    return rows.select_related("listing").only(*COLUMNS)


def of_skus(rows: QuerySet[Any], sku_ids: Iterable[str]) -> QuerySet[Any]:
    """Those of these TikTok SKUs alone."""
    return rows.filter(tiktok_sku_id__in=list(sku_ids))


def twins() -> QuerySet[ListingSku]:
    """Other living SKUs of the same listing with the same seller SKU; for an Exists."""
    same = ListingSku.objects.filter(
        listing=OuterRef("listing"), sku_key=OuterRef("sku_key"), gone_at=None
    )
    return same.exclude(sku_key="").exclude(pk=OuterRef("pk"))


def with_twin(rows: QuerySet[ListingSku]) -> QuerySet[ListingSku]:
    """Those of a few SKUs whose listing has their seller SKU twice."""
    return rows.filter(Exists(twins()))


def judge_skus(shop: TikTokShop, skus: Sequence[ListingSku]) -> list[Judged]:
    """Judge those of these SKUs that have no link, in their order."""
    linked = linked_ids(shop, [sku.tiktok_sku_id for sku in skus])
    free = [sku for sku in skus if sku.tiktok_sku_id not in linked]
    keys = {sku.sku_key for sku in free} - {""}
    same = _variants(shop, keys)
    twice = twice_listed({sku.listing_id for sku in free}, keys)
    parted = _parted(shop, [sku.tiktok_sku_id for sku in free])
    return [
        Judged(
            sku,
            variant_id=(variant_id := next(iter(same.get(sku.sku_key, ())), None)),
            has_rival=len(same.get(sku.sku_key, ())) > 1,
            has_twin=(sku.listing_id, sku.sku_key) in twice,
            was_parted=(sku.tiktok_sku_id, variant_id) in parted,
        )
        for sku in free
    ]


def linked_ids(shop: TikTokShop, sku_ids: Collection[str]) -> set[str]:
    """Which of these TikTok SKUs have a link."""
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=list(sku_ids))
    return set(links.values_list("tiktok_sku_id", flat=True))


def twice_listed(listing_ids: Collection[int], keys: Collection[str]) -> set[tuple[int, str]]:
    """Listing and key of the seller SKUs that one listing has several times."""
    listed = ListingSku.objects.filter(listing__in=list(listing_ids), gone_at=None)
    groups = listed.order_by().values("listing_id", "sku_key").annotate(number=Count("pk"))
    doubled = groups.filter(number__gt=1).exclude(sku_key="")
    return {pair for pair in doubled.values_list("listing_id", "sku_key") if pair[1] in keys}


def insert_pairs(
    shop: TikTokShop, pairs: Sequence[Judged], origin: Link.Origin, user: Any = None
) -> list[str]:
    """Link pairs, with one statement; returns the TikTok SKU ids that got their link by it.

    What somebody else links at the same moment stays as they linked it.
    """
    wanted = {
        one.sku.tiktok_sku_id: one.variant_id
        for one in pairs
        if one.is_pair and one.variant_id is not None
    }
    before = linked_ids(shop, list(wanted))
    Link.objects.bulk_create(
        [
            Link(
                shop=shop,
                tiktok_sku_id=sku_id,
                variant_id=variant_id,
                origin=origin,
                created_by=user,
            )
            for sku_id, variant_id in wanted.items()
            if sku_id not in before
        ],
        ignore_conflicts=True,
    )
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=list(wanted.keys() - before))
    made = links.order_by("pk").values_list("tiktok_sku_id", "variant_id")
    return [sku_id for sku_id, variant_id in made if wanted[sku_id] == variant_id]


def _variants(shop: TikTokShop, keys: Collection[str]) -> dict[str, list[int]]:
    """The living variants of the shop's store with these keys, the oldest first."""
    rows = Variant.objects.filter(store=shop.store_id, sku_key__in=list(keys), gone_at=None)
    found: dict[str, list[int]] = defaultdict(list)
    for key, pk in rows.order_by("pk").values_list("sku_key", "pk"):
        found[key].append(pk)
    return found


def _parted(shop: TikTokShop, sku_ids: Collection[str]) -> set[tuple[str, int | None]]:
    rows = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=list(sku_ids))
    return set(rows.values_list("tiktok_sku_id", "variant_id"))
