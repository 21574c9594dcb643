"""A TikTok order as a Shopify order: the input of `orderCreate`, its total proved beforehand.

Money follows TikTok's sums (`mapping_money`), units become lines (`mapping_lines`), and the pieces
are written in Shopify's words (`mapping_input`). Nothing here rounds, and nothing is sent whose
own total is not the one TikTok's sums demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders import mapping_input as build
from orders.addresses import ShipTo, ship_to
from orders.facts import LineFacts, OrderFacts
from orders.mapping_bundles import VariantRef, missing_parts, open_bundles
from orders.mapping_input import Charge, MappingOptions
from orders.mapping_lines import Group, GroupedLine, group_pieces, kept_units, unit_prices
from orders.mapping_money import FEE_TITLES, MoneyMismatch, Sums, read_sums
from orders.mapping_taxes import TaxPlan, plan_taxes
from tiktoksync.lib.money import ZERO

__all__ = [
    "GroupedLine",
    "MappingOptions",
    "MoneyMismatch",
    "ShopifyOrder",
    "UnlinkedSku",
    "VariantRef",
    "external_order",
    "shopify_order",
    "shopify_total",
]

# TikTok Shop documentation: Add External Order References takes at most 100 lines an order.
EXTERNAL_LINES = 100


class UnlinkedSku(Exception):
    """Units without a Shopify variant under the policy that blocks them; `skus` names them."""

    def __init__(self, skus: tuple[str, ...]) -> None:
        super().__init__(f"not linked to a Shopify variant: {', '.join(skus)}")
        self.skus = skus


@dataclass(frozen=True, slots=True)
class ShopifyOrder:
    """Both arguments of `orderCreate`, and the facts about them that the application keeps.

    `hidden` names the address parts TikTok hides; `cancelled_line_ids` are units cancelled on
    TikTok that the order still carries because TikTok's sums still contain them.
    """

    input: dict[str, Any]
    options: dict[str, Any]
    total: Decimal
    buyer_payment: Decimal
    platform_payment: Decimal
    currency: str
    lines: tuple[GroupedLine, ...]
    hidden: tuple[str, ...]
    cancelled_line_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Prices:
    """How the platform's money shows: `discount` on the products, `shipping` as charged."""

    shipping: Decimal
    discount: Decimal
    total: Decimal
    platform_payment: Decimal

    @property
    def buyer_payment(self) -> Decimal:
        return self.total - self.platform_payment


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything decided about an order before a word of the input is written."""

    sums: Sums
    groups: tuple[Group, ...]
    prices: _Prices
    taxes: TaxPlan
    delivery: ShipTo
    cancelled: tuple[str, ...]


def shopify_order(
    facts: OrderFacts, variants: Mapping[str, VariantRef], options: MappingOptions
) -> ShopifyOrder:
    """The Shopify order of a TikTok order. `variants` is keyed by TikTok SKU id.

    Raises MoneyMismatch when the sums do not prove, UnlinkedSku when a unit has no variant and
    the policy is to block.
    """
    plan = _plan(facts, variants, options)
    order_input = _write_input(facts, plan, options)
    _prove(order_input, plan.prices.total, facts)
    return ShopifyOrder(
        input=order_input,
        options=build.create_options(options),
        total=plan.prices.total,
        buyer_payment=plan.prices.buyer_payment,
        platform_payment=plan.prices.platform_payment,
        currency=facts.currency,
        lines=tuple(group.line for group in plan.groups),
        hidden=plan.delivery.hidden,
        cancelled_line_ids=plan.cancelled,
    )


def _plan(facts: OrderFacts, variants: Mapping[str, VariantRef], options: MappingOptions) -> _Plan:
    sums = read_sums(facts)
    units = kept_units(facts)
    pieces = open_bundles(units, unit_prices(units, sums), variants, sums.currency)
    groups = group_pieces(pieces, variants)
    _refuse_unlinked(groups, variants, options)
    return _Plan(
        sums=sums,
        groups=groups,
        prices=_place_platform_money(sums, options),
        taxes=plan_taxes(facts.payment, sums, groups),
        delivery=ship_to(facts.recipient),
        cancelled=() if facts.status == "CANCELLED" else _cancelled_ids(units),
    )


def _write_input(facts: OrderFacts, plan: _Plan, options: MappingOptions) -> dict[str, Any]:
    currency, prices, taxes = facts.currency, plan.prices, plan.taxes
    charges = _charges(facts, plan.sums, prices, taxes)
    return {
        "currency": currency,
        "lineItems": [build.line_item(group, taxes, options, currency) for group in plan.groups],
        "shippingLines": [build.shipping_line(charge, options, currency) for charge in charges],
        "taxesIncluded": plan.sums.tax_is_included,
        **build.order_taxes(taxes, options, currency),
        **build.discount_code(prices.discount, currency),
        **build.payment(facts, prices.buyer_payment, prices.platform_payment),
        **build.identity(facts, options),
        **build.texts(facts, options, plan.delivery.hidden, plan.cancelled),
        **({"shippingAddress": plan.delivery.address} if plan.delivery.address else {}),
    }


def _refuse_unlinked(
    groups: tuple[Group, ...], variants: Mapping[str, VariantRef], options: MappingOptions
) -> None:
    """A bundle wants its components linked, or else itself."""
    unlinked = [
        sku
        for group in groups
        if not group.line.variant_id
        for sku in _missing_skus(group.unit, variants)
    ]
    if unlinked and options.unlinked_policy != "text_line":
        raise UnlinkedSku(tuple(dict.fromkeys(unlinked)))


def _missing_skus(unit: LineFacts, variants: Mapping[str, VariantRef]) -> list[str]:
    parts = missing_parts(unit, variants)
    if parts:
        return [part.seller_sku or part.sku_id for part in parts]
    return [unit.seller_sku or unit.sku_id]


def _cancelled_ids(units: tuple[LineFacts, ...]) -> tuple[str, ...]:
    return tuple(unit.line_id for unit in units if unit.is_cancelled)


def _place_platform_money(sums: Sums, options: MappingOptions) -> _Prices:
    """The platform's discounts as a second payment, or as a discount the buyer was given."""
    if options.platform_discount_mode == "payment":
        return _Prices(sums.shipping, ZERO, sums.total, sums.platform)
    shipping = sums.shipping - sums.shipping_platform
    discount = sums.products_platform + sums.payment_platform
    # A discount code lowers products alone; what is larger than them comes off the shipping.
    beyond = max(discount - sums.products, ZERO)
    if beyond > shipping:
        raise MoneyMismatch(
            sums.products + shipping, discount, "the platform's discounts exceed the order"
        )
    return _Prices(shipping - beyond, discount - beyond, sums.total_amount, ZERO)


def _charges(facts: OrderFacts, sums: Sums, prices: _Prices, taxes: TaxPlan) -> list[Charge]:
    """The shipping line, always there even when free, and one line for each fee."""
    name = facts.delivery_option_name.strip() or "TikTok shipping"
    charges = [Charge("shipping", name, prices.shipping, taxes.on_charges.get("shipping"))]
    charges += [
        Charge(fee, FEE_TITLES[fee], amount, taxes.on_charges.get(fee)) for fee, amount in sums.fees
    ]
    return charges


def shopify_total(order_input: Mapping[str, Any]) -> Decimal:
    """The total Shopify works out from an order input: lines − discount + shipping + taxes."""
    total = ZERO
    tax_lines = list(order_input.get("taxLines", ()))
    for line in order_input["lineItems"]:
        total += _money(line["priceSet"]) * line["quantity"]
        tax_lines += line.get("taxLines", ())
    for charge in order_input.get("shippingLines", ()):
        total += _money(charge["priceSet"])
        tax_lines += charge.get("taxLines", ())
    code = order_input.get("discountCode", {}).get("itemFixedDiscountCode")
    if code:
        total -= _money(code["amountSet"])
    if not order_input.get("taxesIncluded"):
        total += sum((_money(tax["priceSet"]) for tax in tax_lines), ZERO)
    return total


def _money(price_set: Mapping[str, Any]) -> Decimal:
    return Decimal(price_set["shopMoney"]["amount"])


def _prove(order_input: Mapping[str, Any], total: Decimal, facts: OrderFacts) -> None:
    """Add the finished input up again, from its own texts, before it may leave."""
    got = shopify_total(order_input)
    if got != total:
        raise MoneyMismatch(total, got, "the Shopify order would not total what TikTok states")
    paid = sum((_money(t["amountSet"]) for t in order_input.get("transactions", ())), ZERO)
    if not facts.is_cod and paid != total:
        raise MoneyMismatch(total, paid, "the payments would not cover the Shopify order")


def external_order(
    order_id: str, shopify_order_id: str, shopify_line_ids: Mapping[str, str]
) -> dict[str, Any]:
    """One element of `orders` for TikTok's POST /order/202406/orders/external_orders.

    `shopify_line_ids` maps each TikTok line item id to the Shopify line that holds the unit; of
    more than a hundred, the first hundred are told.
    """
    pairs = list(shopify_line_ids.items())[:EXTERNAL_LINES]
    return {
        "id": order_id,
        "external_order": {
            "id": shopify_order_id,
            "platform": "SHOPIFY",
            "line_items": [{"id": ours, "origin_id": theirs} for theirs, ours in pairs],
        },
    }
