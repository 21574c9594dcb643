"""How a shop's rules come to a stock figure or a price, in words a merchant can follow. Pure."""

from __future__ import annotations

from decimal import Decimal

from products.models import ProductRules
from products.pricing import price_for
from products.services.stock_figures import Basis, StockFigure
from products.stock_rules import quantity_for, uncounted_quantity
from tiktoksync.lib.money import quantize

Rounding = ProductRules.Rounding
_BASES = {
    Basis.UNCOUNTED: "Shopify does not count it: TikTok is offered {quantity}.",
    Basis.GONE: "It was deleted in Shopify: none is offered.",
    Basis.NOT_SOLD: "Its product is not active in Shopify: none is offered.",
    Basis.UNKNOWN: "Nothing is known of its stock in Shopify yet.",
}


def explain_figure(figure: StockFigure, rules: ProductRules) -> str:
    """How a figure came about."""
    if figure.basis != Basis.COUNTED:
        return _BASES[figure.basis].format(quantity=figure.quantity)
    return explain_stock(figure.available, rules, figure.set_aside)


def explain_stock(available: int, rules: ProductRules, set_aside: int = 0) -> str:
    """What becomes of `available` units: "12 in Shopify, 2 set aside, 80 % of 10: 8 on TikTok"."""
    quantity = quantity_for(available, rules, set_aside)
    steps = [f"{available:,} in Shopify"]
    left = max(0, available - set_aside)
    if set_aside:
        steps.append(f"{set_aside:,} set aside for waiting orders")
    if rules.stock_percent != 100:
        steps.append(f"{rules.stock_percent} % of {left:,}")
    offered = left * rules.stock_percent // 100
    if offered <= rules.stock_threshold and rules.stock_threshold:
        steps.append(f"with {rules.stock_threshold:,} or fewer none is offered")
    elif quantity < offered:
        steps.append(f"never more than {quantity:,}")
    return f"{', '.join(steps)}: {quantity:,} on TikTok"


def explain_uncounted(rules: ProductRules) -> str:
    """What is offered of variants without a count."""
    return f"Shopify does not count it: {uncounted_quantity(rules):,} on TikTok"


def explain_price(price: Decimal, rules: ProductRules, currency: str) -> str:
    """What becomes of a price: "20.00 in Shopify, + 10 %, up to …99: 22.99 on TikTok"."""
    steps = [f"{_plain(price, currency)} in Shopify"]
    if rules.price_percent:
        steps.append(f"{_signed(rules.price_percent.normalize())} %")
    if rules.price_add:
        steps.append(_signed(rules.price_add.quantize(Decimal("0.01"))))
    if rules.price_rounding != Rounding.NONE:
        steps.append(_rounding(rules.price_rounding))
    found = price_for(price, rules, currency)
    if rules.price_floor is not None and found == quantize(rules.price_floor, currency):
        steps.append(f"never less than {_plain(rules.price_floor, currency)}")
    return f"{', '.join(steps)}: {_plain(found, currency)} on TikTok"


def _rounding(rounding: str) -> str:
    return "up to a whole amount" if rounding == Rounding.WHOLE else f"up to …{rounding}"


def _plain(amount: Decimal, currency: str) -> str:
    return f"{quantize(amount, currency):,f}"


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else '−'} {abs(amount):f}"
