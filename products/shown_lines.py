"""A TikTok SKU beside its Shopify variant: link, stock and price of both sides, set-based."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.presentation import Badge
from products.models import Link, ListingSku, ProductRules, Variant
from products.pricing import price_for
from products.services.stock_figures import Basis, StockFigure, stock_figures
from products.shown_badges import link_badge
from products.shown_formulas import explain_figure, explain_price
from tiktoksync.lib.money import quantize
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.markets import currency_of

#: Shopify's name for the only variant of a product without options.
NO_OPTIONS = "Default Title"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line is made of; either side may be missing."""

    shop: TikTokShop
    sku: ListingSku | None = None
    link: Link | None = None
    variant: Variant | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One SKU with its variant, as lists and pages show them."""

    shop: TikTokShop
    sku: ListingSku | None
    variant: Variant | None
    link: Link | None
    stock: StockFigure | None
    price: Decimal | None
    currency: str
    why_stock: str = ""
    why_price: str = ""
    keeps_stock: bool = False
    keeps_price: bool = False

    @property
    def badge(self) -> Badge:
        """Whether they are linked, and why."""
        return link_badge(self.link)

    @property
    def in_shopify(self) -> str:
        """What Shopify can sell of it; "∞" where it does not count."""
        if self.stock is None or self.stock.basis == Basis.UNKNOWN:
            return "–"
        return "∞" if self.stock.basis == Basis.UNCOUNTED else f"{self.stock.available:,}"

    @property
    def shown_price(self) -> Decimal | None:
        """The price on TikTok, as far as it is known."""
        if self.sku is None:
            return None
        return self.sku.price if self.sku.price is not None else self.sku.sent_price

    @property
    def stock_differs(self) -> bool:
        """TikTok shows another number than it is kept at."""
        wanted = self.stock.quantity if self.stock and self.keeps_stock else None
        shown = self.sku.quantity if self.sku else None
        return wanted is not None and shown is not None and wanted != shown

    @property
    def price_differs(self) -> bool:
        """TikTok shows another price than it is kept at."""
        if self.price is None or self.shown_price is None or not self.keeps_price:
            return False
        return quantize(self.shown_price, self.currency) != self.price

    @property
    def name(self) -> str:
        """The options in one line: TikTok's, else Shopify's."""
        if self.sku and self.sku.shown_name:
            return self.sku.shown_name
        return option_name(self.variant)


def option_name(variant: Variant | None) -> str:
    """A variant's options; empty where its product has none."""
    return "" if variant is None or variant.title == NO_OPTIONS else variant.title


def make_lines(entries: Sequence[Entry]) -> list[Line]:
    """The lines of these entries, in their order, by a handful of queries for each shop."""
    shops = {entry.shop.pk: entry.shop for entry in entries}
    rules = rules_of(shops.values())
    figures = {
        pk: stock_figures(shop.store_id, rules[pk], _variants(entries, pk))
        for pk, shop in shops.items()
    }
    return [_line(one, rules[one.shop.pk], figures[one.shop.pk]) for one in entries]


def rules_of(shops: Iterable[TikTokShop]) -> dict[int, ProductRules]:
    """The product rules of shops by row; the defaults, unsaved, of one that has none yet."""
    by_key = {shop.pk: shop for shop in shops}
    found = {rules.shop_id: rules for rules in ProductRules.objects.filter(shop__in=by_key)}
    return {pk: found.get(pk) or ProductRules(shop=shop) for pk, shop in by_key.items()}


def links_of(shops: Iterable[TikTokShop], sku_ids: Iterable[str]) -> dict[tuple[int, str], Link]:
    """The links of TikTok SKUs by shop (row) and SKU id, with their variants and makers."""
    links = Link.objects.filter(
        shop__in=[shop.pk for shop in shops], tiktok_sku_id__in=list(sku_ids)
    ).select_related("variant__product", "created_by")
    return {(link.shop_id, link.tiktok_sku_id): link for link in links}


def _variants(entries: Iterable[Entry], shop_id: int) -> list[Variant]:
    variants = (_variant(entry) for entry in entries if entry.shop.pk == shop_id)
    return list({one.pk: one for one in variants if one is not None}.values())


def _variant(entry: Entry) -> Variant | None:
    return entry.link.variant if entry.link else entry.variant


def _line(entry: Entry, rules: ProductRules, figures: dict[int, StockFigure]) -> Line:
    variant = _variant(entry)
    figure = figures.get(variant.pk) if variant else None
    currency = (entry.sku.currency if entry.sku else "") or currency_of(entry.shop.region) or ""
    wanted, why = _price(variant, entry.shop, rules, currency)
    return Line(
        entry.shop,
        entry.sku,
        variant,
        entry.link,
        figure,
        wanted,
        currency,
        explain_figure(figure, rules) if figure else "",
        why,
        _is_kept(entry, rules.push_stock, "stock_locked"),
        _is_kept(entry, rules.push_prices, "price_locked"),
    )


def _is_kept(entry: Entry, pushes: bool, lock: str) -> bool:
    """Whether TikTok is told by itself: linked, switched on and not locked."""
    is_linked = entry.sku is not None and entry.link is not None and not entry.link.is_broken
    return pushes and is_linked and not getattr(entry.sku, lock)


def _price(
    variant: Variant | None, shop: TikTokShop, rules: ProductRules, currency: str
) -> tuple[Decimal | None, str]:
    """What TikTok should show, and how that came about."""
    if variant is None or not variant.price:
        return None, "It has no price in Shopify." if variant else ""
    if not currency or shop.store.currency not in ("", currency):
        return None, f"Prices in {shop.store.currency} are not converted to {currency or 'others'}."
    return price_for(variant.price, rules, currency), explain_price(variant.price, rules, currency)
