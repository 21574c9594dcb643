"""A shop's stored product settings."""

from __future__ import annotations

from products.models import ProductRules
from tiktoksync.shops.models import TikTokShop


def product_rules(shop: TikTokShop) -> ProductRules:
    """The shop's settings, made with their defaults if it has none yet."""
    try:
        return shop.product_rules
    except ProductRules.DoesNotExist:
        return ProductRules.objects.get_or_create(shop=shop)[0]
