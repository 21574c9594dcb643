"""The tabs whose rows are SKUs: what is linked, and what on either side is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from orders.models import LineItem, LinePart
from products.models import Link, ListingSku, Variant, sku_key
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus

PAGE_SIZE = 50
CAP = 10_000
PICKED = 20
TABS = (
    ("linked", "Linked"),
    ("upload", "To upload"),
    ("tiktok", "Unlinked on TikTok"),
    ("shopify", "Unlinked in Shopify"),
    ("fixing", "Needs fixing"),
    ("review", "Under review"),
    ("live", "Live"),
    ("inactive", "Inactive"),
)
# Orders that still stop at a SKU without a link.
_OPEN = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.SENDING, SyncStatus.FAILED)


@dataclass(frozen=True, slots=True)
class TikTokSku:
    """A SKU as TikTok sells it: from the shop's listings, or seen in an order only."""

    shop: TikTokShop
    tiktok_sku_id: str
    seller_sku: str
    title: str
    name: str
    is_listed: bool = True
    waiting: int = 0

    @property
    def sku_key(self) -> str:
        """The seller SKU in the form that is compared."""
        return sku_key(self.seller_sku)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A page of one tab. `older` is the key behind which the next page begins."""

    rows: list[Any]
    older: int | None = None


def count_tabs(shops: Sequence[TikTokShop]) -> dict[str, int]:
    """Rows under the tabs of SKUs, up to the cap."""
    return {
        "linked": own_links(shops, "").order_by()[: CAP + 1].count(),
        "tiktok": _calm_skus(shops, "").order_by()[: CAP + 1].count() + _count_wanted(shops),
        "shopify": free_variants(shops, "").order_by()[: CAP + 1].count(),
    }


def read_tab(tab: str, shops: Sequence[TikTokShop], words: str, after: int) -> Catalogue:
    """The rows of a tab that carry these words, behind the key `after`."""
    if tab == "shopify":
        return _cut(_behind(free_variants(shops, words), after))
    if tab == "tiktok":
        return _read_unlinked(shops, words, after)
    page = _cut(_behind(own_links(shops, words), after))
    return Catalogue(list(_with_skus(page.rows)), page.older)


def find_sku(shop: TikTokShop, tiktok_sku_id: str) -> TikTokSku | None:
    """What is known of one TikTok SKU; None if neither listings nor orders name it."""
    listed = ListingSku.objects.filter(shop=shop, tiktok_sku_id=tiktok_sku_id)
    waiting = _waiting_orders([shop], [tiktok_sku_id]).get((shop.pk, tiktok_sku_id), 0)
    if sku := listed.select_related("listing").first():
        return _from_listing(sku, shop, waiting)
    line = LineItem.objects.filter(order__shop=shop, tiktok_sku_id=tiktok_sku_id).last()
    if line is None:
        return _find_part(shop, tiktok_sku_id)
    return TikTokSku(
        shop,
        tiktok_sku_id,
        line.seller_sku,
        line.product_name,
        line.sku_name,
        is_listed=False,
        waiting=waiting,
    )


def _find_part(shop: TikTokShop, tiktok_sku_id: str) -> TikTokSku | None:
    """A component of bundles that no order names by itself."""
    parts = LinePart.objects.filter(line__order__shop=shop, tiktok_sku_id=tiktok_sku_id)
    part = parts.select_related("line").order_by("pk").last()
    if part is None:
        return None
    title = _part_title(part.line.product_name)
    waiting = _waiting_orders([shop], [tiktok_sku_id]).get((shop.pk, tiktok_sku_id), 0)
    return TikTokSku(
        shop, tiktok_sku_id, part.seller_sku, title, name="", is_listed=False, waiting=waiting
    )


def find_variants(shop: TikTokShop, words: str) -> QuerySet[Variant]:
    """Variants of the shop's store that carry these words in SKU or title."""
    variants = Variant.objects.filter(store=shop.store_id, gone_at=None).select_related("product")
    return variants.filter(_variant_words(words)).order_by("product__title", "id")


def suggest_variants(sku: TikTokSku, words: str) -> list[Variant]:
    """What the picker offers: an equal SKU first when nothing has been typed yet."""
    if words:
        return list(find_variants(sku.shop, words)[:PICKED])
    equal = find_variants(sku.shop, "").filter(sku_key=sku_key(sku.seller_sku)).exclude(sku_key="")
    return list(equal[:PICKED]) or list(find_variants(sku.shop, "")[:PICKED])


def own_links(shops: Sequence[TikTokShop], words: str) -> QuerySet[Link]:
    """The links of these shops that carry these words, the newest first."""
    beside = ("shop__store", "variant__product", "created_by")
    links = Link.objects.filter(shop__in=_keys(shops)).select_related(*beside)
    links = links.annotate(seen_name=_seen("product_name"), seen_sku=_seen("seller_sku"))
    if words:
        same_sku = ListingSku.objects.filter(
            shop=OuterRef("shop"), tiktok_sku_id=OuterRef("tiktok_sku_id")
        ).filter(_listing_words(words))
        links = links.filter(
            Q(tiktok_sku_id=words)
            | Q(variant__sku_key__contains=sku_key(words))
            | Q(variant__title__icontains=words)
            | Q(variant__product__title__icontains=words)
            | Exists(same_sku)
        )
    return links.order_by("-id")


def _seen(column: str) -> Subquery:
    """What some order calls a linked SKU: names it while no listing has been read."""
    lines = LineItem.objects.order_by().filter(
        tiktok_sku_id=OuterRef("tiktok_sku_id"), order__shop=OuterRef("shop")
    )
    return Subquery(lines.values(column)[:1], output_field=CharField())


def listed_skus(shops: Sequence[TikTokShop], words: str) -> QuerySet[ListingSku]:
    """Listed SKUs without a link that carry these words, the newest first."""
    linked = Link.objects.filter(shop=OuterRef("shop"), tiktok_sku_id=OuterRef("tiktok_sku_id"))
    skus = ListingSku.objects.filter(~Exists(linked), shop__in=_keys(shops), gone_at=None)
    return skus.filter(_listing_words(words)).select_related("listing").order_by("-id")


def free_variants(shops: Sequence[TikTokShop], words: str) -> QuerySet[Variant]:
    """Variants that no shop sells and that carry these words, the newest first."""
    linked = Link.objects.filter(variant=OuterRef("pk"))
    stores = {shop.store_id for shop in shops}
    variants = Variant.objects.filter(~Exists(linked), store__in=stores, gone_at=None)
    return variants.filter(_variant_words(words)).select_related("product", "store").order_by("-id")


def _wanted_skus(shops: Sequence[TikTokShop], words: str) -> list[TikTokSku]:
    """SKUs without a link that orders wait for, most wanted first; listings may not name them."""
    groups = _group_wanted(shops, words)
    by_key = {shop.pk: shop for shop in shops}
    listed = set(
        ListingSku.objects.filter(
            shop__in=_keys(shops), tiktok_sku_id__in=[group["tiktok_sku_id"] for group in groups]
        ).values_list("shop", "tiktok_sku_id")
    )
    return [
        TikTokSku(
            by_key[group["order__shop"]],
            group["tiktok_sku_id"],
            group["sku"],
            group["title"],
            group["name"],
            is_listed=(group["order__shop"], group["tiktok_sku_id"]) in listed,
            waiting=group["waiting"],
        )
        for group in groups
    ]


def _group_wanted(shops: Sequence[TikTokShop], words: str) -> list[dict[str, Any]]:
    """Shop, SKU, its names and its waiting orders; of a bundle its components, not itself."""
    found = {_key(group): group for group in _group_parts(shops, words)}
    for group in _group_lines(shops, words):
        if (key := _key(group)) in found:  # sold by itself and in bundles
            group["waiting"] = _waiting_orders(shops, [key[1]])[key]
        found[key] = group
    most = sorted(found.values(), key=lambda group: (-group["waiting"], group["tiktok_sku_id"]))
    return most[:PAGE_SIZE]


def _key(group: dict[str, Any]) -> tuple[int, str]:
    return group["order__shop"], group["tiktok_sku_id"]


def _group_parts(shops: Sequence[TikTokShop], words: str) -> list[dict[str, Any]]:
    parts = _unlinked_parts(shops)
    if words:
        parts = parts.filter(
            Q(tiktok_sku_id=words)
            | Q(sku_key__contains=sku_key(words))
            | Q(line__product_name__icontains=words)
        )
    groups: QuerySet[LinePart, Any] = (
        parts.values("tiktok_sku_id", order__shop=F("line__order__shop"))
        .annotate(
            sku=Max("seller_sku"),
            title=Max("line__product_name"),
            waiting=Count("line__order", distinct=True),
        )
        .order_by("-waiting", "tiktok_sku_id")[:PAGE_SIZE]
    )
    return [{**group, "name": "", "title": _part_title(group["title"])} for group in groups]


def _part_title(bundle: str) -> str:
    return f"Part of {bundle or 'a bundle'}"


def _group_lines(shops: Sequence[TikTokShop], words: str) -> list[dict[str, Any]]:
    lines = _unlinked_lines(shops)
    if words:
        lines = lines.filter(
            Q(tiktok_sku_id=words)
            | Q(sku_key__contains=sku_key(words))
            | Q(product_name__icontains=words)
        )
    groups: QuerySet[LineItem, Any] = (
        lines.values("order__shop", "tiktok_sku_id")
        .annotate(
            sku=Max("seller_sku"),
            title=Max("product_name"),
            name=Max("sku_name"),
            waiting=Count("order", distinct=True),
        )
        .order_by("-waiting", "tiktok_sku_id")[:PAGE_SIZE]
    )
    return list(groups)


def _read_unlinked(shops: Sequence[TikTokShop], words: str, after: int) -> Catalogue:
    """SKUs that orders wait for stand on the first page, in front of the rest of the listings."""
    by_key = {shop.pk: shop for shop in shops}
    page = _cut(_behind(_calm_skus(shops, words), after))
    wanted = [] if after else _wanted_skus(shops, words)
    rest = [_from_listing(sku, by_key[sku.shop_id], 0) for sku in page.rows]
    return Catalogue(wanted + rest, page.older)


def _calm_skus(shops: Sequence[TikTokShop], words: str) -> QuerySet[ListingSku]:
    """Listed SKUs without a link that no waiting order holds, by themselves or in a bundle."""
    same = {"tiktok_sku_id": OuterRef("tiktok_sku_id")}
    lines = _open_lines(shops).filter(order__shop=OuterRef("shop"), **same)
    parts = _unlinked_parts(shops).filter(line__order__shop=OuterRef("shop"), **same)
    return listed_skus(shops, words).filter(~Exists(lines), ~Exists(parts))


def _count_wanted(shops: Sequence[TikTokShop]) -> int:
    lines = _unlinked_lines(shops).values_list("order__shop", "tiktok_sku_id")
    parts = _unlinked_parts(shops).values_list("line__order__shop", "tiktok_sku_id")
    return lines.union(parts)[: CAP + 1].count()


def _unlinked_lines(shops: Sequence[TikTokShop]) -> QuerySet[LineItem]:
    linked = Link.objects.filter(
        shop=OuterRef("order__shop"), tiktok_sku_id=OuterRef("tiktok_sku_id")
    )
    # A bundle without a link goes to Shopify as its components.
    parts = LinePart.objects.order_by().filter(line=OuterRef("pk"))
    return _open_lines(shops).filter(~Exists(linked), ~Exists(parts))


def _unlinked_parts(shops: Sequence[TikTokShop]) -> QuerySet[LinePart]:
    """Components without a link, of bundles without one of their own."""
    mine = Link.objects.filter(shop=OuterRef("line__order__shop"))
    return _open_parts(shops).filter(
        ~Exists(mine.filter(tiktok_sku_id=OuterRef("tiktok_sku_id"))),
        ~Exists(mine.filter(tiktok_sku_id=OuterRef("line__tiktok_sku_id"))),
    )


def _from_listing(sku: ListingSku, shop: TikTokShop, waiting: int) -> TikTokSku:
    return TikTokSku(
        shop,
        sku.tiktok_sku_id,
        sku.seller_sku,
        sku.listing.title,
        sku.name,
        waiting=waiting,
    )


def _with_skus(links: Sequence[Link]) -> Iterable[tuple[Link, TikTokSku]]:
    """Each link with what is known of its TikTok side."""
    wanted = {link.tiktok_sku_id for link in links}
    shops = {link.shop_id for link in links}
    listed = {
        (sku.shop_id, sku.tiktok_sku_id): sku
        for sku in ListingSku.objects.filter(
            shop__in=shops, tiktok_sku_id__in=wanted
        ).select_related("listing")
    }
    for link in links:
        sku = listed.get((link.shop_id, link.tiktok_sku_id))
        yield link, _from_listing(sku, link.shop, 0) if sku else _from_orders(link)


def _from_orders(link: Any) -> TikTokSku:
    return TikTokSku(
        link.shop,
        link.tiktok_sku_id,
        link.seen_sku or "",
        link.seen_name or "",
        name="",
        is_listed=False,
    )


def _waiting_orders(shops: Sequence[TikTokShop], skus: Sequence[str]) -> dict[tuple[int, str], int]:
    """Orders that wait and hold these SKUs, by themselves or in a bundle."""
    lines = _open_lines(shops).filter(tiktok_sku_id__in=skus)
    parts = _open_parts(shops).filter(tiktok_sku_id__in=skus)
    found: Any = lines.values_list("order__shop", "tiktok_sku_id", "order").union(
        parts.values_list("line__order__shop", "tiktok_sku_id", "line__order")
    )
    return Counter((shop, sku) for shop, sku, _ in found)


def _open_lines(shops: Sequence[TikTokShop]) -> QuerySet[LineItem]:
    return (
        LineItem.objects.order_by()
        .filter(order__shop__in=_keys(shops), order__sync_status__in=_OPEN)
        .exclude(tiktok_sku_id="")
    )


def _open_parts(shops: Sequence[TikTokShop]) -> QuerySet[LinePart]:
    waiting = {"line__order__shop__in": _keys(shops), "line__order__sync_status__in": _OPEN}
    return LinePart.objects.order_by().filter(**waiting).exclude(tiktok_sku_id="")


def _listing_words(words: str) -> Q:
    if not words:
        return Q()
    return (
        Q(tiktok_sku_id=words)
        | Q(sku_key__contains=sku_key(words))
        | Q(name__icontains=words)
        | Q(listing__title__icontains=words)
    )


def _variant_words(words: str) -> Q:
    if not words:
        return Q()
    return (
        Q(sku_key__contains=sku_key(words))
        | Q(title__icontains=words)
        | Q(product__title__icontains=words)
    )


def _keys(shops: Sequence[TikTokShop]) -> list[int]:
    return [shop.pk for shop in shops]


def _behind(rows: QuerySet[Any], after: int) -> QuerySet[Any]:
    return rows.filter(pk__lt=after) if after else rows


def _cut(rows: QuerySet[Any]) -> Catalogue:
    page = list(rows[: PAGE_SIZE + 1])
    more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    return Catalogue(page, page[-1].pk if more else None)
