"""TikTok's units as Shopify lines: which units count, what each costs, what belongs together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from orders.facts import LineFacts, OrderFacts
from orders.mapping_bundles import Piece, VariantRef
from orders.mapping_money import MoneyMismatch, Sums
from tiktoksync.lib.money import ZERO, allocate, is_exact


@dataclass(frozen=True, slots=True)
class GroupedLine:
    """Units of one SKU at one price: one line of the Shopify order.

    `bundle` names the virtual bundle that the line is a component of; there the quantity is a
    multiple of the number of units.
    """

    sku_id: str
    variant_id: str | None
    quantity: int
    unit_price: Decimal
    line_ids: tuple[str, ...]
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class TaxShare:
    """One tax on a whole Shopify line; `rate` is a fraction (0.0725 is 7.25 %)."""

    title: str
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """A grouped line with the unit it stands for and the taxes of all its units."""

    line: GroupedLine
    unit: LineFacts
    taxes: tuple[TaxShare, ...]


def kept_units(facts: OrderFacts) -> tuple[LineFacts, ...]:
    """The units that belong on the Shopify order.

    TikTok does not say whether its sums shrink when single units are cancelled. The list prices
    tell: cancelled units are left out if the others alone make up the order's list price, and kept
    otherwise, since a Shopify order must total what TikTok pays. A wholly cancelled order keeps
    all of its units.
    """
    live = tuple(line for line in facts.lines if not line.is_cancelled)
    if not live or len(live) == len(facts.lines) or facts.status == "CANCELLED":
        return facts.lines
    listed = facts.payment.original_total_product_price
    if "original_total_product_price" not in facts.payment.given:
        return facts.lines
    return live if sum((line.original_price for line in live), ZERO) == listed else facts.lines


def unit_prices(units: tuple[LineFacts, ...], sums: Sums) -> list[Decimal]:
    """One price a unit, in order, adding up exactly to `sums.products`.

    The natural price is the list price less the seller's discount, a gift being free. Where those
    do not make up TikTok's own sum (an order-wide voucher, a rounded percentage), that sum is
    shared out in proportion to them. Raises MoneyMismatch if only gifts are there to take it.
    """
    natural = [_natural_price(unit) for unit in units]
    free_gifts = [
        ZERO if unit.is_gift else price for unit, price in zip(units, natural, strict=True)
    ]
    for prices in (free_gifts, natural):
        fits = all(is_exact(price, sums.currency) for price in prices)
        if fits and sum(prices, ZERO) == sums.products:
            return prices
    return _share_out(units, free_gifts, sums)


def _natural_price(unit: LineFacts) -> Decimal:
    return max(unit.original_price - unit.seller_discount, ZERO)


def _share_out(units: tuple[LineFacts, ...], weights: list[Decimal], sums: Sums) -> list[Decimal]:
    paid = [index for index, unit in enumerate(units) if not unit.is_gift]
    if not paid:
        raise MoneyMismatch(sums.products, ZERO, "every line item is a gift, yet products cost")
    shares = allocate(sums.products, [weights[index] for index in paid], sums.currency)
    prices = [ZERO] * len(units)
    for index, share in zip(paid, shares, strict=True):
        prices[index] = share
    return prices


class _Key(NamedTuple):
    """What units on one Shopify line have in common."""

    identity: tuple[str, ...]
    price: Decimal
    is_gift: bool
    rates: tuple[tuple[str, Decimal | None], ...]


def group_pieces(pieces: Sequence[Piece], variants: Mapping[str, VariantRef]) -> tuple[Group, ...]:
    """Units grouped by (SKU, unit price, gift, tax rate), in the order they first appear.

    Components of bundles stand by themselves, so that each line says how many make one unit.
    """
    groups: dict[_Key, list[Piece]] = {}
    for piece in pieces:
        unit = piece.unit
        made_of = (piece.bundle, str(piece.count)) if piece.bundle else ()
        key = _Key((*_identity(unit), *made_of), piece.price, unit.is_gift, _rates(unit))
        groups.setdefault(key, []).append(piece)
    return tuple(_build_group(key, members, variants) for key, members in groups.items())


def _identity(unit: LineFacts) -> tuple[str, ...]:
    """What makes two units the same article; without a SKU id, all the names they carry."""
    if unit.sku_id:
        return (unit.sku_id,)
    return (unit.seller_sku, unit.product_id, unit.product_name, unit.sku_name)


def _rates(unit: LineFacts) -> tuple[tuple[str, Decimal | None], ...]:
    return tuple((tax.title, tax.rate) for tax in unit.tax if tax.amount)


def _build_group(key: _Key, members: list[Piece], variants: Mapping[str, VariantRef]) -> Group:
    unit = members[0].unit
    variant = variants.get(unit.sku_id) if unit.sku_id else None
    line = GroupedLine(
        sku_id=unit.sku_id,
        variant_id=variant.variant_id if variant else None,
        quantity=sum(member.count for member in members),
        unit_price=key.price,
        line_ids=tuple(dict.fromkeys(member.unit.line_id for member in members)),
        bundle=members[0].bundle,
    )
    taxes = _add_taxes(key, [member.unit for member in members], line.quantity)
    return Group(line=line, unit=unit, taxes=taxes)


def _add_taxes(key: _Key, members: list[LineFacts], quantity: int) -> tuple[TaxShare, ...]:
    """The taxes of all units of a line, summed and not recomputed."""
    amounts = [
        sum(column, ZERO)
        for column in zip(
            *([tax.amount for tax in member.tax if tax.amount] for member in members), strict=True
        )
    ]
    base = sum((member.sale_price for member in members), ZERO) or key.price * quantity
    return tuple(
        TaxShare(title=tax_title(title), rate=tax_rate(rate, amount, base), amount=amount)
        for (title, rate), amount in zip(key.rates, amounts, strict=True)
    )


def tax_title(tax_type: str) -> str:
    """ "SALES_TAX" as a merchant reads it: "Sales tax"."""
    return tax_type.replace("_", " ").strip().capitalize() or "Tax"


def tax_rate(given: Decimal | None, amount: Decimal, base: Decimal) -> Decimal:
    """The rate as a fraction. Shopify wants one even where TikTok states the amount alone.

    A given rate above 1 is a percentage: no sales tax is higher than the price. Without a given
    rate it is what the exact amount comes to, to four places; it is never used to compute money.
    """
    if given is not None:
        return given if given <= 1 else given / 100
    return (amount / base).quantize(Decimal("0.0001")) if base else ZERO
