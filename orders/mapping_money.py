"""Which sums TikTok's payment object states, proved to the cent before anything is built on them.

The documentation states two formulas: `shipping_fee` is the original fee less the seller's and
the platform's discounts, and `total_amount` is `sub_total`, `shipping_fee`, the taxes and the fees.
It is silent about a few corners (is the co-funded discount a third deduction, which optional fees
are added on top). Each corner has its readings here in a fixed order; the first combination that
gives exactly `total_amount` is taken, and if none does the order is refused with both sums.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orders.facts import LineFacts, OrderFacts, PaymentFacts
from tiktoksync.lib.money import ZERO, is_exact, text

# The optional fees that a payment may carry, and what a merchant reads on the Shopify order.
FEE_TITLES = {
    "retail_delivery_fee": "Retail delivery fee",
    "buyer_service_fee": "Buyer service fee",
    "small_order_fee": "Small order fee",
    "handling_fee": "Handling fee",
    "shipping_insurance_fee": "Shipping insurance",
    "item_insurance_fee": "Item insurance",
    "distance_fee": "Distance fee",
    "distance_shipping_fee": "Distance shipping fee",
    "payment_discount_service_fee": "Payment discount service fee",
}
# Parts of the shipping price: a market may count them inside `shipping_fee` already.
_SHIPPING_PARTS = ("distance_fee", "distance_shipping_fee", "shipping_insurance_fee")


class MoneyMismatch(Exception):
    """The order's own sums contradict each other: `expected` is what TikTok states."""

    def __init__(self, expected: Decimal, got: Decimal, explanation: str) -> None:
        super().__init__(f"{explanation}: expected {expected}, got {got}")
        self.expected = expected
        self.got = got
        self.explanation = explanation


@dataclass(frozen=True, slots=True)
class Sums:
    """The money of one order, in its currency, every figure exact.

    `products` and `shipping` are after the seller's discounts and before the platform's, because
    the platform pays its discounts to the seller. `fees` are (field name, amount) pairs.
    """

    currency: str
    products: Decimal
    products_platform: Decimal
    shipping: Decimal
    shipping_platform: Decimal
    payment_platform: Decimal
    fees: tuple[tuple[str, Decimal], ...]
    tax: Decimal
    tax_is_included: bool
    total_amount: Decimal

    @property
    def platform(self) -> Decimal:
        """Everything the platform pays on the buyer's behalf."""
        return self.products_platform + self.shipping_platform + self.payment_platform

    @property
    def total(self) -> Decimal:
        """What the seller is paid in all: the buyer's money and the platform's."""
        return self.total_amount + self.platform


@dataclass(frozen=True, slots=True)
class _Products:
    price: Decimal
    platform: Decimal


@dataclass(frozen=True, slots=True)
class _Shipping:
    price: Decimal
    platform: Decimal


def read_sums(facts: OrderFacts) -> Sums:
    """The reading of the payment that adds up. Raises MoneyMismatch when none does."""
    payment = facts.payment
    _refuse_mixed_currencies(facts)
    _refuse_finer_amounts(payment)
    products = _read_products(payment, facts.lines)
    shipping = _read_shipping(payment)
    first: Decimal | None = None
    for sums in _readings(payment, products, shipping):
        total = _add_up(sums)
        if total == payment.total_amount:
            return sums
        first = total if first is None else first
    raise MoneyMismatch(
        payment.total_amount,
        first if first is not None else ZERO,
        "products, shipping, taxes and fees do not add up to TikTok's total",
    )


def _add_up(sums: Sums) -> Decimal:
    """What the buyer pays if this reading is the right one."""
    tax = ZERO if sums.tax_is_included else sums.tax
    fees = sum((amount for _, amount in sums.fees), ZERO)
    return sums.products + sums.shipping + fees + tax - sums.platform


def _readings(payment: PaymentFacts, products: _Products, shipping: _Shipping) -> Iterator[Sums]:
    """Every documented reading, the plainest first."""
    for tax, tax_is_included in _read_taxes(payment):
        for payment_platform in dict.fromkeys((payment.payment_platform_discount, ZERO)):
            for fees in _read_fees(payment):
                yield Sums(
                    currency=payment.currency,
                    products=products.price,
                    products_platform=products.platform,
                    shipping=shipping.price,
                    shipping_platform=shipping.platform,
                    payment_platform=payment_platform,
                    fees=fees,
                    tax=tax,
                    tax_is_included=tax_is_included,
                    total_amount=payment.total_amount,
                )


def _refuse_mixed_currencies(facts: OrderFacts) -> None:
    for line in facts.lines:
        if line.currency != facts.currency:
            raise MoneyMismatch(
                facts.total_amount,
                line.original_price,
                f"a line item is priced in {line.currency}, the order in {facts.currency}",
            )


def _refuse_finer_amounts(payment: PaymentFacts) -> None:
    """A sum the currency cannot hold would have to be rounded, and rounding is guessing."""
    for name in sorted(payment.given):
        amount: Decimal = getattr(payment, name)
        if not is_exact(amount, payment.currency):
            raise MoneyMismatch(
                amount,
                Decimal(text(amount, payment.currency)),
                f"{name} has more decimals than {payment.currency} can hold",
            )


def _read_products(payment: PaymentFacts, lines: tuple[LineFacts, ...]) -> _Products:
    """List prices less the seller's discount. Sums TikTok leaves out come from the lines."""
    given = payment.given
    listed = payment.original_total_product_price
    if "original_total_product_price" not in given:
        listed = sum((line.original_price for line in lines), ZERO)
    seller = payment.seller_discount
    if "seller_discount" not in given:
        seller = sum((line.seller_discount for line in lines), ZERO)
    platform = payment.platform_discount
    if "platform_discount" not in given:
        platform = sum((line.platform_discount for line in lines), ZERO)
    sub_total = listed - seller - platform
    if "sub_total" in given and sub_total != payment.sub_total:
        raise MoneyMismatch(
            payment.sub_total, sub_total, "list prices less discounts are not TikTok's sub-total"
        )
    if sub_total < 0:
        raise MoneyMismatch(ZERO, sub_total, "the discounts are larger than the products' prices")
    return _Products(price=listed - seller, platform=platform)


def _read_shipping(payment: PaymentFacts) -> _Shipping:
    """The original fee less the seller's discount.

    The co-funded discount is a third deduction, paid by the platform as far as the order tells;
    or it is already part of the other two. `shipping_fee` shows which.
    """
    platform = payment.shipping_fee_platform_discount
    deductions = dict.fromkeys((platform + payment.shipping_fee_cofunded_discount, platform))
    if "original_shipping_fee" not in payment.given:
        deduction = next(iter(deductions))
        return _Shipping(price=payment.shipping_fee + deduction, platform=deduction)
    price = payment.original_shipping_fee - payment.shipping_fee_seller_discount
    for deduction in deductions:
        fee = price - deduction
        is_proved = fee == payment.shipping_fee or "shipping_fee" not in payment.given
        if is_proved and fee >= 0:
            return _Shipping(price=price, platform=deduction)
    raise MoneyMismatch(
        payment.shipping_fee,
        price - next(iter(deductions)),
        "the original shipping fee less its discounts is not TikTok's shipping fee",
    )


def _read_fees(payment: PaymentFacts) -> list[tuple[tuple[str, Decimal], ...]]:
    """The fees on top: all of them; all that are not shipping; the one the formula names."""
    every = tuple(
        (name, amount) for name in FEE_TITLES if (amount := getattr(payment, name)) != ZERO
    )
    beside_shipping = tuple(fee for fee in every if fee[0] not in _SHIPPING_PARTS)
    documented = tuple(fee for fee in every if fee[0] == "retail_delivery_fee")
    return list(dict.fromkeys((every, beside_shipping, documented)))


def _read_taxes(payment: PaymentFacts) -> list[tuple[Decimal, bool]]:
    """The tax on top: as summed by TikTok; by its parts; or, outside the US, inside the prices.

    The documentation says that US amounts are before tax. Elsewhere a stated tax may be
    information about prices that contain it.
    """
    parts = payment.product_tax + payment.shipping_fee_tax
    on_top = [payment.tax] if "tax" in payment.given else []
    if not on_top or parts:
        on_top += [parts, parts + payment.item_insurance_tax]
    readings = [(amount, False) for amount in dict.fromkeys(on_top)]
    if payment.currency != "USD":
        readings += [(amount, True) for amount in dict.fromkeys(on_top) if amount]
    return readings
