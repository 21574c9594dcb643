"""Which listings do not show Shopify's ids, and where those are needed to find links again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from products.models import Link, Variant
from products.services.link_pairs import living_skus, of_skus, twice_listed
from tiktoksync.shops.models import TikTokShop


@dataclass(frozen=True, slots=True)
class Linked:
    """A listed SKU with the variant that it is linked to."""

    tiktok_sku_id: str
    listing_id: int
    sku_key: str
    shown_id: str
    variant_id: str
    variant_key: str

    @property
    def is_noted(self) -> bool:
        """TikTok shows the variant's id already."""
        return self.shown_id == self.variant_id


def unnoted_listings(
    shop: TikTokShop, sku_ids: Sequence[str], *, all_of_them: bool = False
) -> set[int]:
    """Listings (by row) of these linked SKUs on which Shopify's ids are missing.

    Only those where equal SKUs would not link the same two again, or `all_of_them`.
    """
    unnoted = [one for one in linked_skus(shop, sku_ids) if not one.is_noted]
    if not all_of_them:
        unnoted = list(_untold(shop, unnoted))
    return {one.listing_id for one in unnoted}


def linked_skus(shop: TikTokShop, sku_ids: Collection[str]) -> list[Linked]:
    """These SKUs, as far as they are listed and linked."""
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=list(sku_ids)).values_list(
        "tiktok_sku_id", "variant__shopify_variant_id", "variant__sku_key"
    )
    variants = {sku_id: (gid, key) for sku_id, gid, key in links}
    rows = of_skus(living_skus(shop), variants).values_list(
        "tiktok_sku_id", "listing_id", "sku_key", "external_sku_id"
    )
    return [
        Linked(sku_id, listing_id, key, shown, *variants[sku_id])
        for sku_id, listing_id, key, shown in rows
    ]


def _untold(shop: TikTokShop, linked: Sequence[Linked]) -> Iterable[Linked]:
    """Those whose SKU does not say by itself which variant is meant."""
    equal = [one for one in linked if one.sku_key and one.sku_key == one.variant_key]
    if not equal:
        return linked
    keys = {one.sku_key for one in equal}
    living = Variant.objects.filter(store=shop.store_id, sku_key__in=keys, gone_at=None)
    rivals = living.order_by().values("sku_key").annotate(number=Count("pk")).filter(number__gt=1)
    doubled = set(rivals.values_list("sku_key", flat=True))
    twice = twice_listed({one.listing_id for one in equal}, keys)
    told = {
        one.tiktok_sku_id
        for one in equal
        if one.sku_key not in doubled and (one.listing_id, one.sku_key) not in twice
    }
    return [one for one in linked if one.tiktok_sku_id not in told]
