"""Virtual bundles as the variants they are made of, with the bundle's money split to the cent.

TikTok sells a bundle as one unit with one price. If its own SKU is linked it stays one line;
else each component becomes a line of its own, as long as every component is linked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from orders.facts import BundlePart, LineFacts, TaxFact
from tiktoksync.lib.money import ZERO, allocate, exponent, is_exact


@dataclass(frozen=True, slots=True)
class VariantRef:
    """The Shopify variant a TikTok SKU is linked to; `variant_id` is its GraphQL id.

    `price` is Shopify's list price, which says what a component is worth beside the others.
    """

    variant_id: str
    sku: str
    title: str
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit as it goes on a line: itself, or some equal pieces of it that have one price each.

    The money of `unit` (sale price, taxes) is that of all these pieces together.
    """

    unit: LineFacts
    price: Decimal
    count: int = 1
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """Pieces of one component at one price."""

    part: BundlePart
    price: Decimal
    count: int

    @property
    def money(self) -> Decimal:
        return self.price * self.count


def missing_parts(unit: LineFacts, variants: Mapping[str, VariantRef]) -> list[BundlePart]:
    """The components of a bundle that have no variant."""
    return [part for part in unit.combined_skus if part.sku_id not in variants]


def open_bundles(
    units: Sequence[LineFacts],
    prices: Sequence[Decimal],
    variants: Mapping[str, VariantRef],
    currency: str,
) -> list[Piece]:
    """What goes on the lines of an order, in order; it adds up to the prices exactly."""
    pieces: list[Piece] = []
    for unit, price in zip(units, prices, strict=True):
        stays_whole = unit.sku_id in variants or not unit.combined_skus
        if stays_whole or missing_parts(unit, variants):
            pieces.append(Piece(unit, price))
        else:
            pieces += _open(unit, price, variants, currency)
    return pieces


def _open(
    unit: LineFacts, price: Decimal, variants: Mapping[str, VariantRef], currency: str
) -> Iterator[Piece]:
    parts = unit.combined_skus
    rows = _price_rows(parts, price, _weights(parts, variants), currency)
    weights = [row.money for row in rows]
    if not any(weights):
        weights = [Decimal(row.count) for row in rows]
    taxes = [_split(tax.amount, weights, currency) for tax in unit.tax]
    sold_for = _split(unit.sale_price, weights, currency)
    name = unit.product_name.strip() or unit.seller_sku.strip() or "TikTok bundle"
    for place, row in enumerate(rows):
        piece = replace(
            unit,
            sku_id=row.part.sku_id,
            product_id=row.part.product_id,
            seller_sku=row.part.seller_sku,
            sku_name="",
            sale_price=sold_for[place],
            tax=tuple(
                TaxFact(tax.title, tax.rate, shares[place])
                for tax, shares in zip(unit.tax, taxes, strict=True)
            ),
        )
        yield Piece(piece, row.price, row.count, name)


def _weights(parts: Sequence[BundlePart], variants: Mapping[str, VariantRef]) -> list[Decimal]:
    """What each component is worth: by Shopify's list prices if all are known, else by count."""
    listed = [variants[part.sku_id].price for part in parts]
    known = [price for price in listed if price is not None]
    if len(known) < len(parts) or not any(known):
        known = [Decimal(1)] * len(parts)
    return [price * part.count for price, part in zip(known, parts, strict=True)]


def _price_rows(
    parts: Sequence[BundlePart], price: Decimal, weights: Sequence[Decimal], currency: str
) -> list[_Row]:
    """One price for the pieces of each component; cents that do not divide go where they fit."""
    step = Decimal(1).scaleb(-exponent(currency))
    shares = [int(share / step) for share in allocate(price, weights, currency)]
    each = [share // part.count for share, part in zip(shares, parts, strict=True)]
    over = sum(
        share - one * part.count for share, one, part in zip(shares, each, parts, strict=True)
    )
    taker = _taker(parts, shares, over)
    rows = []
    for place, (part, one) in enumerate(zip(parts, each, strict=True)):
        more, dearer = divmod(over, part.count) if place == taker else (0, 0)
        cheap = one + more
        rows += [_Row(part, cheap * step, part.count - dearer)]
        rows += [_Row(part, (cheap + 1) * step, dearer)] if dearer else []
    return rows


def _taker(parts: Sequence[BundlePart], shares: Sequence[int], over: int) -> int:
    """The component that takes the cents left over: the dearest among those they divide evenly
    on, so that it needs no second line; else the dearest of all.
    """
    even = [place for place, part in enumerate(parts) if over % part.count == 0]
    return max(even or range(len(parts)), key=lambda place: (shares[place], -place))


def _split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """An amount over the rows of a bundle. One that the currency cannot hold stays in one piece:
    it is refused, or placed on the order as a whole, like any other such amount.
    """
    if is_exact(amount, currency):
        return allocate(amount, weights, currency)
    return [amount, *[ZERO] * (len(weights) - 1)]
