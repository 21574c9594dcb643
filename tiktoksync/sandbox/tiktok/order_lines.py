"""The line items of a new order: one element for each unit, bundles with what is in them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import money
from tiktoksync.sandbox.tiktok.product_setup import add_product
from tiktoksync.sandbox.tiktok.state import Listing, Shop, TikTokState

_IMAGE = "https://p16-oec-va.ibyteimg.com/tos-sandbox/{}.jpeg"
SKU_TYPES = ("PRE_ORDER", "MADE_TO_ORDER")


class BadWish(ValueError):
    """The order asked for cannot be made; the text says why."""


def is_free(wish: dict[str, Any]) -> bool:
    """Whether the buyer pays nothing: a sample, a replacement, an exchange."""
    sample = bool(wish.get("sample")) and wish["sample"] != "refundable"
    return sample or any(wish.get(name) for name in ("replacement_of", "exchange_of"))


def make_lines(state: TikTokState, shop: Shop, wish: dict[str, Any]) -> list[dict[str, Any]]:
    """All units of the order, with prices, discounts and taxes that add up."""
    asked = wish.get("lines") or _random_lines(state, shop)
    units: list[dict[str, Any]] = []
    for row in asked:
        quantity = int(row.get("quantity", 1))
        if quantity < 1:
            raise BadWish("quantity must be at least 1")
        for _ in range(quantity):
            units.append(_make_unit(state, shop, row, wish))
    payment = wish.get("payment") or {}
    for name in ("seller_discount", "platform_discount"):
        if name in payment:
            _spread_discount(units, name, money.amount(payment[name], shop.currency), shop)
    rate = Decimal(str(payment.get("tax_rate", "0.0725" if shop.region == "US" else "0")))
    for unit, row in zip(units, _repeat(asked), strict=True):
        _add_tax(unit, row, rate, payment, shop.currency)
        if row.get("bundle"):
            _add_components(state, shop, unit, row["bundle"])
    return units


def _add_components(
    state: TikTokState, shop: Shop, unit: dict[str, Any], bundle: list[dict[str, Any]]
) -> None:
    """What a virtual bundle consists of: each component once, and each of their units."""
    parts = [(_find_listing(shop, row, state), int(row.get("count", 1))) for row in bundle]
    if any(count < 1 for _, count in parts):
        raise BadWish("count must be at least 1")
    unit["combined_listing_skus"] = [
        {"sku_id": one.sku_id, "sku_count": count, "product_id": one.product_id,
         "seller_sku": one.seller_sku}
        for one, count in parts
    ]  # fmt: skip
    listings = [one for one, count in parts for _ in range(count)]
    weights = [money.amount(one.price, shop.currency) for one in listings]
    shares = {
        name: money.spread(Decimal(unit[name]), weights, shop.currency)
        for name in ("original_price", "seller_discount", "platform_discount", "sale_price")
    }
    unit["sub_item_info"] = [
        {
            "id": state.new_id("578"),
            "sku_id": one.sku_id,
            "product_id": one.product_id,
            "seller_sku": one.seller_sku,
            "product_name": one.title,
            "sku_name": one.sku_name,
            "sku_image": _IMAGE.format(one.sku_id),
            "currency": shop.currency,
            **{name: money.text(share[n]) for name, share in shares.items()},
        }
        for n, one in enumerate(listings)
    ]


def _bundle_price(state: TikTokState, shop: Shop, row: dict[str, Any]) -> Decimal:
    """A bundle without a price of its own costs as much as its parts."""
    parts = [(_find_listing(shop, one, state), int(one.get("count", 1))) for one in row["bundle"]]
    return sum((Decimal(one.price) * count for one, count in parts), money.ZERO)


def _repeat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows for _ in range(int(row.get("quantity", 1)))]


def _random_lines(state: TikTokState, shop: Shop) -> list[dict[str, Any]]:
    known = [one for one in shop.listings.values() if one.in_baskets]
    paid = [one for one in known if Decimal(one.price) > 0] or known
    chosen = state.random.sample(paid, min(len(paid), state.random.randint(1, 3)))
    return [{"sku": one.seller_sku, "quantity": state.random.choice((1, 1, 2))} for one in chosen]


def _find_listing(shop: Shop, row: dict[str, Any], state: TikTokState) -> Listing:
    """The SKU named by id or by seller SKU; an unknown one is listed on the spot."""
    sku, sku_id = str(row.get("sku", "")), str(row.get("sku_id", ""))
    found = shop.skus.get(sku_id) or shop.listings.get(sku)
    if found is not None:
        return found
    variant = {
        "sku": sku, "sku_id": sku_id, "inventory": 0,
        "price": row.get("price", row.get("original_price", "10")),
    }  # fmt: skip
    title = str(row.get("title") or sku or "Unlisted product")
    product = {"title": title, "id": row.get("product_id"), "variants": [variant]}
    return add_product(state, shop, {**product, "in_baskets": False}).live_skus()[0]


def _make_unit(
    state: TikTokState, shop: Shop, row: dict[str, Any], wish: dict[str, Any]
) -> dict[str, Any]:
    if row.get("bundle") and "price" not in row and "original_price" not in row:
        row = {**row, "original_price": _bundle_price(state, shop, row)}
    listing = _find_listing(shop, row, state)
    gift = bool(row.get("gift"))
    free = gift or is_free(wish)
    original, seller, platform = _unit_prices(listing, row, shop.currency, free)
    return {
        "id": state.new_id("577"),
        "product_id": listing.product_id,
        "sku_id": listing.sku_id,
        "seller_sku": listing.seller_sku,
        "product_name": listing.title,
        "sku_name": listing.sku_name,
        "sku_image": _IMAGE.format(listing.sku_id),
        "currency": shop.currency,
        "original_price": money.text(original),
        "sale_price": money.text(original - seller - platform),
        "seller_discount": money.text(seller),
        "platform_discount": money.text(platform),
        "display_status": "",
        "sku_type": wish["order_type"] if wish.get("order_type") in SKU_TYPES else "NORMAL",
        "is_gift": gift,
        "gift_retail_price": listing.price if gift else "0",
    }


def _unit_prices(
    listing: Listing, row: dict[str, Any], currency: str, free: bool
) -> tuple[Decimal, Decimal, Decimal]:
    """List price and the two discounts of one unit; ``price`` is what the buyer pays for it."""
    if free and "price" not in row and "original_price" not in row:
        return money.ZERO, money.ZERO, money.ZERO
    seller = money.amount(row.get("seller_discount", 0), currency)
    platform = money.amount(row.get("platform_discount", 0), currency)
    if "original_price" in row:
        original = money.amount(row["original_price"], currency)
        if "price" in row and "seller_discount" not in row:
            seller = original - platform - money.amount(row["price"], currency)
    elif "price" in row:
        original = money.amount(row["price"], currency) + seller + platform
    else:
        original = money.amount(listing.price, currency)
    return original, seller, platform


def _spread_discount(units: list[dict[str, Any]], name: str, total: Decimal, shop: Shop) -> None:
    """An order's discount, laid on its units so that their sum is exact."""
    shares = money.spread(total, [Decimal(u["original_price"]) for u in units], shop.currency)
    other = "platform_discount" if name == "seller_discount" else "seller_discount"
    for unit, share in zip(units, shares, strict=True):
        unit[name] = money.text(share)
        rest = Decimal(unit["original_price"]) - share - Decimal(unit[other])
        unit["sale_price"] = money.text(rest)


def _add_tax(
    unit: dict[str, Any], row: dict[str, Any], rate: Decimal, payment: dict[str, Any], currency: str
) -> None:
    own = Decimal(str(row.get("tax_rate", rate)))
    if own <= 0 or "tax" in payment or "product_tax" in payment:
        return
    tax = money.amount(Decimal(unit["sale_price"]) * own, currency)
    unit["item_tax"] = [
        {"tax_type": "SALES_TAX", "tax_amount": money.text(tax), "tax_rate": str(own)}
    ]
