"""What follows when the mirrors of the catalogues have news: links, stock, prices, states.

The flows that read the catalogues call these once for each page they have stored, inside the
transaction that stored it. Each says what changed; nothing here calls a platform.
"""

from __future__ import annotations

from collections.abc import Collection

from products.services import auto_link, keep_in_step
from tiktoksync.shops.models import ShopifyStore, TikTokShop


def variants_stored(store: ShopifyStore, product_ids: Collection[int]) -> None:
    """Products of a store (by row) were read anew, with their variants."""
    auto_link.link_variants(store, product_ids)
    keep_in_step.products_changed(store, product_ids)


def catalogue_loaded(store: ShopifyStore, cursor: str = "") -> str:
    """The whole catalogue of a store was read: what was not linked until then may be now.

    Some listings a call; returns the cursor of the next ones, empty after the last.
    """
    return auto_link.link_store(store, cursor)


def listings_stored(shop: TikTokShop, listing_ids: Collection[int]) -> None:
    """Listings of a shop (by row) were read anew, with their SKUs."""
    auto_link.link_listings(shop, listing_ids)
    keep_in_step.listings_changed(shop, listing_ids)


def stock_stored(store: ShopifyStore, inventory_item_ids: Collection[str]) -> None:
    """What can be sold of these inventory items changed."""
    keep_in_step.stock_changed(store, inventory_item_ids)


def links_made(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> None:
    """These TikTok SKUs are linked now."""
    keep_in_step.linked(shop, tiktok_sku_ids)
    auto_link.note_external_ids(shop, tiktok_sku_ids)
