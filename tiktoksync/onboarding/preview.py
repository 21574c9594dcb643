"""One TikTok order beside the Shopify order it would become, for a page. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from orders.facts import LineFacts, Malformed, OrderFacts, order_facts
from orders.mapping import MoneyMismatch, ShopifyOrder, UnlinkedSku
from orders.mapping_input import LINE_IDS_PROPERTY
from orders.mapping_money import FEE_TITLES
from orders.models import Order
from products.models import Variant
from tiktoksync.onboarding.expected_links import ExpectedLinks, expected_links
from tiktoksync.onboarding.verdicts import Fate, Verdict, judge_order, map_order
from tiktoksync.shops.models import TikTokShop

NO_OPTIONS = "Default Title"


@dataclass(frozen=True, slots=True)
class Item:
    """Some equal units on one of the two sides."""

    quantity: int
    title: str
    sku: str
    price: Decimal
    note: str = ""

    @property
    def total(self) -> Decimal:
        """What these units cost together."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Amount:
    """A named sum of money."""

    label: str
    amount: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """The Shopify order that would be created."""

    name: str
    dated: datetime | None
    items: list[Item]
    charges: list[Amount]
    payments: list[Amount]
    total: Decimal
    tags: list[str]
    note: list[str]
    email: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Both columns. `made` is None where the rules would not let it be created at all."""

    order: Order
    fate: Fate
    words: str
    sold: list[Item]
    sums: list[Amount]
    made: Made | None
    hidden: tuple[str, ...] = field(default=())


def newest_orders(shop: TikTokShop, most: int) -> list[Order]:
    """The orders a merchant may choose among, the newest first."""
    rows = Order.objects.filter(shop=shop, personal_data_erased_at=None)
    return list(rows.select_related("shop__store").order_by("-placed_at", "-pk")[:most])


def preview_order(shop: TikTokShop, order: Order, now: datetime) -> Preview | None:
    """Both columns of one stored order, by the rules that `shop` carries; None if unreadable."""
    try:
        facts = order_facts(order.raw)
    except Malformed:
        return None
    order.shop = shop
    links = expected_links(shop, [facts])
    verdict = judge_order(shop, order, facts, links, now)
    return _show(shop, verdict, facts, links)


def _show(shop: TikTokShop, verdict: Verdict, facts: OrderFacts, links: ExpectedLinks) -> Preview:
    """What the rules would do now, and the Shopify order even where it has to wait for that."""
    mapped = verdict.mapped or _mapped(shop, facts, links)
    return Preview(
        order=verdict.order,
        fate=verdict.fate,
        words=verdict.words,
        sold=_sold(facts),
        sums=_sums(facts),
        made=_made(shop, facts, mapped) if mapped else None,
        hidden=mapped.hidden if mapped else (),
    )


def _mapped(shop: TikTokShop, facts: OrderFacts, links: ExpectedLinks) -> ShopifyOrder | None:
    try:
        return map_order(shop, facts, links)
    except (MoneyMismatch, UnlinkedSku):
        return None


def _sold(facts: OrderFacts) -> list[Item]:
    groups: dict[tuple[Any, ...], list[LineFacts]] = {}
    for line in facts.lines:
        key = (line.sku_id, line.seller_sku, line.original_price, line.is_gift, line.is_cancelled)
        groups.setdefault(key, []).append(line)
    return [
        Item(
            len(lines),
            lines[0].product_name or "An item",
            lines[0].seller_sku,
            lines[0].original_price,
            _fate_of_units(lines[0]),
        )
        for lines in groups.values()
    ]


def _sums(facts: OrderFacts) -> list[Amount]:
    """TikTok's own sums below the items; what is nothing is left out."""
    payment = facts.payment
    shipping_off = payment.shipping_fee_platform_discount + payment.shipping_fee_cofunded_discount
    rows = (
        ("Your discount", -payment.seller_discount),
        ("TikTok's discount", -payment.platform_discount),
        ("Shipping", payment.original_shipping_fee),
        ("Your shipping discount", -payment.shipping_fee_seller_discount),
        ("TikTok's shipping discount", -shipping_off),
        *((title, getattr(payment, name)) for name, title in FEE_TITLES.items()),
        ("Tax", payment.tax),
    )
    return [Amount(label, amount) for label, amount in rows if amount]


def _fate_of_units(line: LineFacts) -> str:
    return "Cancelled" if line.is_cancelled else "Gift" if line.is_gift else ""


def _made(shop: TikTokShop, facts: OrderFacts, mapped: ShopifyOrder) -> Made:
    wanted = mapped.input
    dated = wanted.get("processedAt")
    return Made(
        name=wanted.get("name", ""),
        dated=parse_datetime(dated) if dated else None,
        items=_items(shop, facts, mapped),
        charges=_charges(wanted),
        payments=[
            Amount(sale["gateway"], _money(sale["amountSet"]))
            for sale in wanted.get("transactions", ())
        ],
        total=mapped.total,
        tags=wanted["tags"],
        note=wanted["note"].splitlines(),
        email=wanted.get("email", ""),
    )


def _items(shop: TikTokShop, facts: OrderFacts, mapped: ShopifyOrder) -> list[Item]:
    """The lines as Shopify will name them: by its own products, or as text."""
    ids = {line.variant_id for line in mapped.lines if line.variant_id}
    rows = Variant.objects.filter(store=shop.store_id, shopify_variant_id__in=ids)
    variants = {row.shopify_variant_id: row for row in rows.select_related("product")}
    units = {line.line_id: line for line in facts.lines}
    return [_item(item, variants, units) for item in mapped.input["lineItems"]]


def _item(
    item: Mapping[str, Any], variants: Mapping[str, Variant], units: Mapping[str, LineFacts]
) -> Item:
    price, quantity = _money(item["priceSet"]), item["quantity"]
    variant = variants.get(item.get("variantId", ""))
    if variant is not None:
        return Item(quantity, _variant_name(variant), variant.sku, price)
    if "variantId" in item:
        unit = units.get(_first_unit(item))
        return Item(quantity, unit.product_name if unit else "", "", price)
    return Item(quantity, item["title"], item.get("sku", ""), price, "Line of text")


def _first_unit(item: Mapping[str, Any]) -> str:
    said = {one["name"]: one["value"] for one in item.get("properties", ())}
    return str(said.get(LINE_IDS_PROPERTY, "")).split(",")[0]


def _variant_name(variant: Variant) -> str:
    return str(variant.product) if variant.title == NO_OPTIONS else str(variant)


def _charges(wanted: Mapping[str, Any]) -> list[Amount]:
    """Shipping, fees, discounts and taxes, in the order in which they make up the total."""
    found = [Amount(line["title"], _money(line["priceSet"])) for line in wanted["shippingLines"]]
    code = wanted.get("discountCode", {}).get("itemFixedDiscountCode")
    if code:
        found.append(Amount(f"Discount {code['code']}", -_money(code["amountSet"])))
    note = "included" if wanted.get("taxesIncluded") else ""
    return [*found, *_taxes(wanted, note)]


def _taxes(wanted: Mapping[str, Any], note: str) -> list[Amount]:
    """Taxes of the same name together, wherever on the order they stand."""
    bearers: Iterable[Mapping[str, Any]] = (
        wanted,
        *wanted["lineItems"],
        *wanted["shippingLines"],
    )
    sums: dict[str, Decimal] = {}
    for bearer in bearers:
        for tax in bearer.get("taxLines", ()):
            sums[tax["title"]] = sums.get(tax["title"], Decimal(0)) + _money(tax["priceSet"])
    return [Amount(title, amount, note) for title, amount in sums.items()]


def _money(price_set: Mapping[str, Any]) -> Decimal:
    return Decimal(price_set["shopMoney"]["amount"])
