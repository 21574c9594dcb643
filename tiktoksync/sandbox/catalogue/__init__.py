"""The demo catalogue: what both sides sell, what only one of them does, and what is wrong with it.

A product is a dict::

    title, vendor, type      texts; ``type`` is what Shopify calls the product type
    options                  names of up to three options, none for a single variant
    variants                 [{sku, values, price, inventory, grams, barcode, compare_at, image}]
    description              HTML
    images                   [{key, width, height}], made by ``pictures.picture``; may be empty
    tags                     texts
    status                   of the side it is for: ACTIVE, DRAFT, ARCHIVED in Shopify; ACTIVATE,
                             PENDING, FAILED, DRAFT, SELLER_DEACTIVATED, … on TikTok Shop
    category                 the name of a TikTok leaf category; guessed from the title without it
    in_baskets               false for what buyers never choose by themselves (TikTok Shop)
    requires_shipping        false for what is not sent (Shopify)
    create_time, update_time Unix seconds (TikTok Shop)

``price`` and ``compare_at`` are decimal texts in the currency asked for, ``inventory`` a number
(negative when oversold) or a number for each location, ``grams`` is left out when nobody weighed
it, ``sku`` is blank when there is none, ``image`` is one picture of that variant. Keys of pictures
that begin with ``gone-`` or ``broken-`` cannot be fetched. Everything but title and variants may
be missing.
"""

from __future__ import annotations

from tiktoksync.sandbox.catalogue.awkward import AWKWARD
from tiktoksync.sandbox.catalogue.shape import Product, priced
from tiktoksync.sandbox.catalogue.shared import shared_products
from tiktoksync.sandbox.catalogue.shopify_only import SHOPIFY_ONLY
from tiktoksync.sandbox.catalogue.tiktok_only import TIKTOK_ONLY, mystery_box

__all__ = ["Product", "demo_listings", "demo_products"]


def demo_products(currency: str) -> list[Product]:
    """What the Shopify store sells; any currency but VND gets the dollar figures."""
    return [*shared_products(currency), *priced([*SHOPIFY_ONLY, *AWKWARD], currency)]


def demo_listings(currency: str) -> list[Product]:
    """What the TikTok shop sells: the shared products and those of its own."""
    return [
        *shared_products(currency),
        mystery_box(currency),
        *priced(TIKTOK_ONLY, currency),
    ]
