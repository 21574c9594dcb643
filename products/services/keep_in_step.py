"""Which listings have to be told something: stock, prices, on or off sale."""

from __future__ import annotations

from collections.abc import Collection

from tiktoksync.shops.models import ShopifyStore, TikTokShop


def products_changed(store: ShopifyStore, product_ids: Collection[int]) -> None:
    """Prices, stock or states of these products may have changed."""


def listings_changed(shop: TikTokShop, listing_ids: Collection[int]) -> None:
    """TikTok shows these listings otherwise than before."""


def stock_changed(store: ShopifyStore, inventory_item_ids: Collection[str]) -> None:
    """What can be sold of these items changed."""


def linked(shop: TikTokShop, tiktok_sku_ids: Collection[str]) -> None:
    """These SKUs have a variant now."""


def recheck() -> None:
    """Compare all that is linked with what was sent, once in a while: the net under the rest."""
