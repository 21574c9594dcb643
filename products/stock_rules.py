"""How many of a variant are offered on TikTok. Pure functions of figures and the shop's rules."""

from __future__ import annotations

from products.models import ProductRules

#: TikTok takes 0 to 99,999 of a SKU in one warehouse.
MOST = 99_999
#: Offered of what Shopify does not count, where the shop sets no ceiling.
UNCOUNTED = 999


def quantity_for(available: int, rules: ProductRules, set_aside: int = 0) -> int:
    """What TikTok is told for `available` units, of which `set_aside` belong to waiting orders.

    What is set aside goes first, then the percentage (rounded down), then the threshold (with that
    many or fewer, none), then the ceiling.
    """
    left = max(0, available - max(0, set_aside))
    offered = left * rules.stock_percent // 100
    if offered <= rules.stock_threshold:
        return 0
    return min(offered, _ceiling(rules))


def uncounted_quantity(rules: ProductRules) -> int:
    """What TikTok is told of a variant that Shopify does not count, or sells without stock."""
    if rules.stock_ceiling is None:
        return UNCOUNTED
    return min(rules.stock_ceiling, MOST)


def _ceiling(rules: ProductRules) -> int:
    return MOST if rules.stock_ceiling is None else min(rules.stock_ceiling, MOST)
