"""What must be true of products on both sides: pure, from what both sides show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

Row = dict[str, Any]
PERCENT = 10


def price_by_rule(price: str) -> Decimal:
    """Ten per cent more, then up to the next price that ends in 99 cents."""
    raised = (Decimal(price) * (100 + PERCENT) / 100).quantize(Decimal("0.01"))
    whole = (raised - Decimal("0.99")).to_integral_value(ROUND_CEILING)
    return whole + Decimal("0.99")


def groups_of(run: Row, *states: str) -> dict[str, int]:
    """How many things of a run stand under each cause."""
    return {group["cause"]: group["count"] for group in run["groups"] if group["state"] in states}


def doubled(listings: Iterable[Row], product_ids: Iterable[str]) -> str:
    """Whether each of these Shopify products is on TikTok exactly once."""
    seen = Counter(row["external_product_id"] for row in listings)
    wrong = {one: seen[one] for one in product_ids if seen[one] != 1}
    return f"not exactly once on TikTok: {wrong}" if wrong else ""


def prices_of(variants: Sequence[Row]) -> dict[str, str]:
    """Shopify's price by SKU; SKUs that several variants carry tell nothing."""
    seen = Counter(variant["sku"] for variant in variants)
    return {one["sku"]: one["price"] for one in variants if one["sku"] and seen[one["sku"]] == 1}


def prices_differ(listings: Iterable[Row], prices: Mapping[str, str]) -> str:
    """Whether each SKU costs what the rule makes of Shopify's price."""
    for listing in listings:
        for sku in listing["skus"]:
            if sku["seller_sku"] in prices:
                wanted = price_by_rule(prices[sku["seller_sku"]])
                if Decimal(sku["price"]) != wanted:
                    return f"{sku['seller_sku']} costs {sku['price']}, not {wanted}"
    return ""


def titles_once(products: Sequence[Row], titles: Iterable[str], status: str) -> str:
    """Whether Shopify has each title exactly once, in this status."""
    seen = Counter(product["title"] for product in products)
    states = {product["title"]: product["status"] for product in products}
    for title in titles:
        if seen[title] != 1:
            return f"{title!r} is in Shopify {seen[title]} times"
        if states[title] != status:
            return f"{title!r} is {states[title]} in Shopify, not {status}"
    return ""
