"""Links out of a file: first what each line would do, then, if a person wants it, doing it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from products.links_file import Wish
from products.models import Link, ListingSku, Variant, sku_key
from products.services import links
from tiktoksync.shops.models import TikTokShop

GID = "gid://shopify/ProductVariant/"


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of the file and what it would do; `problem` says why it cannot."""

    wish: Wish
    shop: TikTokShop | None = None
    sku_id: str = ""
    variant: Variant | None = None
    is_standing: bool = False
    problem: str = ""


@dataclass
class Report:
    """All lines, sorted by what they would do."""

    new: list[Checked] = field(default_factory=list)
    standing: list[Checked] = field(default_factory=list)
    problems: list[Checked] = field(default_factory=list)


def check_links(shops: Sequence[TikTokShop], wishes: Sequence[Wish]) -> Report:
    """What a file would do to these shops; nothing is changed."""
    report = Report()
    shelves = [_Shelf(shop, [one for one in wishes if _is_for(one, shop)]) for shop in shops]
    taken: set[tuple[int, str]] = set()
    for wish in wishes:
        found = _check(wish, [shelf for shelf in shelves if _is_for(wish, shelf.shop)])
        if found.shop and not found.problem:
            key = (found.shop.pk, found.sku_id)
            if key in taken:
                found = Checked(wish, problem="The file names this TikTok SKU twice.")
            taken.add(key)
        kind = report.problems if found.problem else report.new
        (report.standing if found.is_standing else kind).append(found)
    return report


def take_links(shops: Sequence[TikTokShop], wishes: Sequence[Wish], user: Any) -> int:
    """Make the links that are new and possible; returns how many. The file is checked again."""
    by_shop: dict[TikTokShop, dict[str, Variant]] = defaultdict(dict)
    for one in check_links(shops, wishes).new:
        if one.shop and one.variant:
            by_shop[one.shop][one.sku_id] = one.variant
    made = 0
    for shop, variants in by_shop.items():
        made += len(links.make_links(shop, variants, origin=Link.Origin.BY_HAND, user=user))
    return made


def _is_for(wish: Wish, shop: TikTokShop) -> bool:
    return wish.tiktok_shop_id in ("", shop.shop_id)


class _Shelf:
    """What one shop and its store have of what a file names; three queries."""

    def __init__(self, shop: TikTokShop, wishes: Sequence[Wish]) -> None:
        self.shop = shop
        keys = {sku_key(one.seller_sku) for one in wishes if one.seller_sku}
        skus = ListingSku.objects.filter(shop=shop, gone_at=None)
        named = [*_ids(skus, "tiktok_sku_id", {one.tiktok_sku_id for one in wishes})]
        self.skus = {one.tiktok_sku_id: one for one in named}
        self.by_sku = _grouped(_ids(skus, "sku_key", keys))
        variants = Variant.objects.filter(store=shop.store_id, gone_at=None)
        variants = variants.select_related("product")
        gids = {_gid(one.shopify_variant_id) for one in wishes}
        self.variants = {
            one.shopify_variant_id: one for one in _ids(variants, "shopify_variant_id", gids)
        }
        wanted = {sku_key(one.shopify_sku) for one in wishes if one.shopify_sku}
        self.variants_by_sku = _grouped(_ids(variants, "sku_key", wanted))
        made = Link.objects.filter(shop=shop)
        ids = {*self.skus, *(one.tiktok_sku_id for rows in self.by_sku.values() for one in rows)}
        self.links = {one.tiktok_sku_id: one for one in _ids(made, "tiktok_sku_id", ids)}


def _ids(rows: Any, name: str, values: Iterable[str]) -> Iterable[Any]:
    """The rows whose column is one of the values, asked for in pieces."""
    wanted = sorted(value for value in values if value)
    for start in range(0, len(wanted), 500):
        yield from rows.filter(**{f"{name}__in": wanted[start : start + 500]})


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.sku_key].append(row)
    return found


def _gid(text: str) -> str:
    return f"{GID}{text}" if text.isdecimal() else text


def _check(wish: Wish, shelves: Sequence[_Shelf]) -> Checked:
    if not shelves:
        return Checked(wish, problem="No shop of yours has this tiktok_shop_id.")
    found = [(shelf, sku) for shelf in shelves for sku in _skus(wish, shelf)]
    if not found:
        return Checked(wish, problem="No listing has this TikTok SKU.")
    if len(found) > 1:
        return Checked(wish, problem="Several TikTok SKUs carry this seller SKU: give its id.")
    shelf, sku = found[0]
    variants = _variants(wish, shelf)
    if len(variants) != 1:
        several = "Several variants carry this SKU: give the variant's id."
        nothing = "No Shopify variant has this id or SKU."
        return Checked(wish, problem=several if variants else nothing)
    return _compare(wish, shelf, sku.tiktok_sku_id, variants[0])


def _compare(wish: Wish, shelf: _Shelf, sku_id: str, variant: Variant) -> Checked:
    link = shelf.links.get(sku_id)
    if link is not None and link.variant_id != variant.pk:
        other = "It is linked to another variant already: change that link on its page."
        return Checked(wish, shelf.shop, sku_id, variant, problem=other)
    return Checked(wish, shelf.shop, sku_id, variant, is_standing=link is not None)


def _skus(wish: Wish, shelf: _Shelf) -> list[ListingSku]:
    if wish.tiktok_sku_id:
        found = shelf.skus.get(wish.tiktok_sku_id)
        return [found] if found else []
    return shelf.by_sku.get(sku_key(wish.seller_sku), [])


def _variants(wish: Wish, shelf: _Shelf) -> list[Variant]:
    if wish.shopify_variant_id:
        found = shelf.variants.get(_gid(wish.shopify_variant_id))
        return [found] if found else []
    return shelf.variants_by_sku.get(sku_key(wish.shopify_sku), [])


def count_problems(report: Report) -> list[tuple[str, int, list[int]]]:
    """The problems by sentence, the commonest first, each with its first lines."""
    counts = Counter(one.problem for one in report.problems)
    lines: dict[str, list[int]] = defaultdict(list)
    for one in report.problems:
        lines[one.problem].append(one.wish.line)
    return [(problem, n, lines[problem][:5]) for problem, n in counts.most_common()]
