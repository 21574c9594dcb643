"""An order's money on both sides, ending in the row that must be even."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ObjectDoesNotExist

from orders.facts import OrderFacts
from orders.mapping_money import FEE_TITLES
from orders.models import Order


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One row of the money table; amounts that a side does not know are None."""

    label: str
    tiktok: Decimal | None
    shopify: Decimal | None = None
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """The table, and what the two sides differ by; None until Shopify has a total."""

    rows: list[MoneyRow]
    difference: Decimal | None

    @property
    def is_even(self) -> bool:
        """Both sides agree."""
        return self.difference == 0


def show_money(order: Order, facts: OrderFacts | None) -> Money:
    """TikTok's sums beside Shopify's."""
    rows = _payment_rows(facts) if facts else []
    rows.append(MoneyRow("Paid by the buyer", order.total, is_sum=True))
    if order.platform_discount:
        rows.append(MoneyRow("Paid by TikTok, for its discounts", order.platform_discount))
    expected = _expected_total(order)
    rows.append(MoneyRow("Total for Shopify", expected, order.shopify_total, is_sum=True))
    if order.shopify_total is None or expected is None:
        return Money(rows, None)
    return Money(rows, order.shopify_total - expected)


def _payment_rows(facts: OrderFacts) -> list[MoneyRow]:
    payment = facts.payment
    shipping_off = payment.shipping_fee_seller_discount
    platform_off = payment.shipping_fee_platform_discount + payment.shipping_fee_cofunded_discount
    rows = [
        ("Items", payment.original_total_product_price),
        ("Your discount", -payment.seller_discount),
        ("TikTok's discount", -payment.platform_discount),
        ("Shipping", payment.original_shipping_fee),
        ("Your shipping discount", -shipping_off),
        ("TikTok's shipping discount", -platform_off),
        *((title, getattr(payment, name)) for name, title in FEE_TITLES.items()),
        ("Tax", payment.tax),
    ]
    return [MoneyRow(label, amount) for label, amount in rows if amount]


def _expected_total(order: Order) -> Decimal | None:
    try:
        return Decimal(str(order.expected_shopify_total))
    except ObjectDoesNotExist:
        return None
