"""Global search: orders, products and runs by what people have in their hands or in their heads.

Each look-up walks an index and stops after a few rows, so it answers while somebody types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from orders.models import Fulfillment, LineItem, Order, Package
from orders.presentation import sync_badge, tiktok_word
from orders.search import (
    SHORTEST_TRACKING,
    begins,
    begins_id,
    begins_in_any_case,
    name_begins,
    orders_in,
    parts_in,
)
from products.models import Listing, ListingSku, Product, Variant, sku_key
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import Merchant, TikTokShop

MOST = 6
SHORTEST_TITLE = 2
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    title: str
    note: str
    address: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind, and where all of them are."""

    label: str
    hits: list[Hit]
    more: str = ""


def tidy_words(text: str) -> str:
    """What somebody typed, without what no database takes."""
    return " ".join(text.replace("\x00", " ").split())[:LONGEST]


def find_groups(
    merchant: Merchant, shops: Sequence[TikTokShop], words: str, most: int = MOST
) -> list[Group]:
    """What the words find, by kind; kinds without anything are left out."""
    if not words:
        return []
    groups = (
        Group("Orders", find_orders(shops, words, most), f"{reverse('orders')}?q={quote(words)}"),
        Group("Products", find_products(shops, words, most)),
        Group("Runs", find_runs(merchant, words, most)),
    )
    return [group for group in groups if group.hits]


def find_exactly(shops: Sequence[TikTokShop], words: str) -> str:
    """The page of the one thing that has exactly this id, name or number; "" if none has."""
    keys = [shop.pk for shop in shops]
    orders = Order.objects.filter(shop__in=keys)
    names = [words, words.upper(), f"#{words}"]
    for when in (
        Q(tiktok_order_id=words),
        Q(shopify_order_name__in=names),
        Q(pk__in=_with_tracking(shops, words)),
    ):
        found = list(orders.filter(when).select_related("shop").defer("raw")[:2])
        if len(found) == 1:
            return order_page(found[0])
    listing = Listing.objects.filter(shop__in=keys, tiktok_product_id=words).first()
    return _listing_page(listing) if listing else ""


def order_page(order: Order) -> str:
    """The address of an order's page."""
    return f"{reverse('order', args=[order.tiktok_order_id])}?shop={quote(order.shop.shop_id)}"


# --- orders --------------------------------------------------------------------------------------


def find_orders(shops: Sequence[TikTokShop], words: str, most: int) -> list[Hit]:
    """Orders by TikTok id, name in Shopify, tracking number or seller SKU, the newest first."""
    keys: list[int] = []
    for query in _order_queries(shops, words):
        keys += [key for key in query[:most] if key not in keys]
        if len(keys) >= most:
            break
    by_shop = {shop.pk: shop for shop in shops}
    found = Order.objects.filter(pk__in=keys[:most], shop__in=by_shop).defer("raw")
    orders = sorted(found, key=lambda order: keys.index(order.pk))
    for order in orders:
        order.shop = by_shop[order.shop_id]
    return [_order_hit(order) for order in orders]


def _order_queries(shops: Sequence[TikTokShop], words: str) -> Iterable[Any]:
    orders = orders_in(shops)
    if words.isascii() and words.isdecimal():
        by_id = orders.filter(begins_id("tiktok_order_id", words)).order_by("-tiktok_order_id")
        yield by_id.values_list("pk", flat=True)
    yield orders.filter(name_begins(words)).order_by().values_list("pk", flat=True)
    if len(words) >= SHORTEST_TRACKING:
        when = begins_in_any_case("tracking_number", words)
        for model in (Fulfillment, Package, LineItem):
            rows = parts_in(model.objects.filter(when).order_by(), shops)
            yield rows.values_list("order_id", flat=True)
    lines = parts_in(LineItem.objects.filter(sku_key=sku_key(words)), shops)
    yield lines.order_by("-pk").values_list("order_id", flat=True)


def _with_tracking(shops: Sequence[TikTokShop], number: str) -> list[int]:
    """Keys of the orders that travel under exactly this number."""
    found: set[int] = set()
    if len(number) < SHORTEST_TRACKING:
        return []
    for model in (Fulfillment, Package, LineItem):
        rows = model.objects.filter(tracking_number__in={number, number.upper()})
        found |= set(parts_in(rows, shops).order_by().values_list("order_id", flat=True)[:MOST])
    return sorted(found)


def _order_hit(order: Order) -> Hit:
    name = f"{order.shopify_order_name} · " if order.shopify_order_name else ""
    state = f"{tiktok_word(order.tiktok_status)}, {sync_badge(order).word.lower()}"
    return Hit(f"{name}{order.tiktok_order_id}", state, order_page(order), "bag")


# --- products ------------------------------------------------------------------------------------


def find_products(shops: Sequence[TikTokShop], words: str, most: int) -> list[Hit]:
    """Products and listings by SKU, id or title; one that stands on both sides is told once."""
    keys, stores = [shop.pk for shop in shops], {shop.store_id for shop in shops}
    products = _products(stores, words, most)
    hits = [_product_hit(product, sku) for product, sku in products]
    if len(hits) < most:
        known = {product.title for product, _ in products}
        listings = (row for row in _listings(keys, words, most) if row[0].title not in known)
        hits += [_listing_hit(listing, sku) for listing, sku in listings]
    return hits[:most]


def _products(stores: set[int], words: str, most: int) -> list[tuple[Product, str]]:
    found: dict[int, tuple[Product, str]] = {}
    variants = Variant.objects.filter(begins("sku_key", sku_key(words)), store__in=stores)
    skus = variants.order_by("sku_key").values_list("product_id", "sku")[: 4 * most]
    by_product = dict(reversed(list(skus)))
    shown = Product.objects.only("title", "shopify_product_id", "gone_at")
    for product in shown.filter(pk__in=by_product):
        found[product.pk] = (product, by_product[product.pk])
    if len(found) < most and len(words) >= SHORTEST_TITLE:
        for product in shown.filter(store__in=stores, title__icontains=words)[:most]:
            found.setdefault(product.pk, (product, ""))
    return [pair for pair in found.values() if pair[0].gone_at is None][:most]


def _listings(shops: list[int], words: str, most: int) -> list[tuple[Listing, str]]:
    found: dict[int, tuple[Listing, str]] = {}
    shown = Listing.objects.only("title", "tiktok_product_id", "gone_at", "shop__shop_id")
    shown = shown.select_related("shop")
    if words.isascii() and words.isdecimal():
        ids = begins_id("tiktok_product_id", words)
        for listing in shown.filter(ids, shop__in=shops)[:most]:
            found[listing.pk] = (listing, "")
    rows = ListingSku.objects.filter(begins("sku_key", sku_key(words)), shop__in=shops)
    skus = dict(rows.order_by("sku_key").values_list("listing_id", "seller_sku")[: 4 * most])
    for listing in shown.filter(pk__in=skus):
        found.setdefault(listing.pk, (listing, skus[listing.pk]))
    if len(found) < most and len(words) >= SHORTEST_TITLE:
        for listing in shown.filter(shop__in=shops, title__icontains=words)[:most]:
            found.setdefault(listing.pk, (listing, ""))
    return [pair for pair in found.values() if pair[0].gone_at is None][:most]


def _product_hit(product: Product, sku: str) -> Hit:
    number = product.shopify_product_id.rpartition("/")[2]
    note = f"SKU {sku}" if sku else "Shopify product"
    return Hit(product.title or number, note, reverse("product-page", args=[number]), "tag")


def _listing_hit(listing: Listing, sku: str) -> Hit:
    note = f"SKU {sku}" if sku else f"TikTok listing {listing.tiktok_product_id}"
    return Hit(listing.title or listing.tiktok_product_id, note, _listing_page(listing), "tag")


def _listing_page(listing: Listing) -> str:
    return reverse("listing-page", args=[listing.shop.shop_id, listing.tiktok_product_id])


# --- runs ----------------------------------------------------------------------------------------


def find_runs(merchant: Merchant, words: str, most: int) -> list[Hit]:
    """Runs by their number, or the newest of a kind that is called so."""
    runs = Run.objects.filter(merchant=merchant).order_by("-pk")
    number = words.removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        found = list(runs.filter(pk=int(number)))
    elif len(words) > SHORTEST_TITLE:
        said = words.casefold()
        kinds = [kind for kind, label in Run.Kind.choices if said in label.casefold()]
        found = list(runs.filter(kind__in=kinds)[:most]) if kinds else []
    else:
        found = []
    return [
        Hit(str(run), run.get_status_display(), reverse("run", args=[run.pk]), "activity")
        for run in found
    ]
