"""What becomes due on the Shopify side while nobody asks."""

from __future__ import annotations

from tiktoksync.sandbox.shopify import bulk, media, product_jobs
from tiktoksync.sandbox.shopify.state import ShopifyState


def settle(state: ShopifyState) -> None:
    """Do everything whose time has come."""
    media.settle(state)
    product_jobs.settle(state)
    bulk.settle(state)
