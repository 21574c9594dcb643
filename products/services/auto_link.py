"""Equal SKUs are linked as they appear in the mirrors, set-based."""

from __future__ import annotations

from collections.abc import Collection

from tiktoksync.shops.models import ShopifyStore, TikTokShop


def link_variants(store: ShopifyStore, product_ids: Collection[int]) -> int:
    """Link what has the SKU of a variant of these products; returns how many links."""
    return 0


def link_listings(shop: TikTokShop, listing_ids: Collection[int]) -> int:
    """Link the SKUs of these listings to variants with an equal SKU; returns how many links."""
    return 0


def note_external_ids(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> None:
    """Have Shopify's ids written on the listings of these SKUs, where the rules say so."""
