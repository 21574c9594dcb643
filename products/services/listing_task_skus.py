"""The linked SKUs of listings with their variants, in two queries, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from products.models import Link, ListingSku, Product, Variant
from tiktoksync.shops.models import TikTokShop

#: Products in these states can be bought. An unlisted one can, by its address; of an unread one
#: (no word) nothing else is known.
SELLABLE = frozenset({"", Product.Status.ACTIVE.value, Product.Status.UNLISTED.value})
_VARIANT_COLUMNS = (
    "shop_id",
    "tiktok_sku_id",
    "origin",
    "variant__store_id",
    "variant__inventory_item_id",
    "variant__sku",
    "variant__title",
    "variant__price",
    "variant__is_tracked",
    "variant__sells_without_stock",
    "variant__gone_at",
    "variant__product__title",
    "variant__product__status",
    "variant__product__gone_at",
)


@dataclass(frozen=True, slots=True)
class LinkedSku:
    """A TikTok SKU and the variant that is sold under it, with its product."""

    sku: ListingSku
    variant: Variant
    is_imported: bool = False

    @property
    def is_gone(self) -> bool:
        """Shopify no longer has the variant."""
        return self.variant.gone_at is not None or self.variant.product.gone_at is not None

    @property
    def is_not_sold_yet(self) -> bool:
        """Its product was made by an import, and is a draft that nobody has put on sale so far.

        That says nothing of what TikTok sells: its stock and its state there are left alone.
        """
        is_draft = self.variant.product.status == Product.Status.DRAFT and not self.is_gone
        return self.is_imported and is_draft and self.sku.sent_quantity is None

    @property
    def is_sellable(self) -> bool:
        """It is there, and its product can be bought in Shopify."""
        return not self.is_gone and self.variant.product.status in SELLABLE


def linked_skus(shop: TikTokShop, listing_ids: Collection[int]) -> dict[int, list[LinkedSku]]:
    """The linked SKUs of these listings (by row); one without any is not in the answer."""
    skus = list(
        ListingSku.objects.filter(shop=shop, listing__in=listing_ids, gone_at=None)
        .defer("attributes", "image")
        .order_by("pk")
    )
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=[sku.tiktok_sku_id for sku in skus])
    by_sku = {
        link.tiktok_sku_id: link
        for link in links.select_related("variant__product").only(*_VARIANT_COLUMNS)
    }
    found: dict[int, list[LinkedSku]] = defaultdict(list)
    for sku in skus:
        if link := by_sku.get(sku.tiktok_sku_id):
            is_imported = link.origin == Link.Origin.IMPORTED
            found[sku.listing_id].append(LinkedSku(sku, link.variant, is_imported))
    return dict(found)
