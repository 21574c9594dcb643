"""Finding orders by what people hold in their hands: exact ids and beginnings, along indexes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from orders.models import Fulfillment, LineItem, Order, Package
from products.models import sku_key
from tiktoksync.shops.models import TikTokShop

#: Tracking numbers begin alike everywhere: fewer letters than these would find half the world.
SHORTEST_TRACKING = 4
LONGEST_ID = 20
#: Units beyond which a beginning of a SKU says little.
MANY = 5_000
_LAST = "\U0010ffff"


def begins(column: str, text: str) -> Q:
    """Whether a column begins with a text, asked in the way that the database has an index for."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + _LAST})
    return Q(**{f"{column}__startswith": text})


def begins_id(column: str, digits: str) -> Q:
    """The same for ids of digits, which sort alike under every collation."""
    return Q(**{f"{column}__gte": digits, f"{column}__lte": digits + "9" * LONGEST_ID})


def begins_in_any_case(column: str, text: str) -> Q:
    """The text as typed, in capitals, or in small letters: indexes know nothing between."""
    found = Q()
    for spelling in dict.fromkeys((text, text.upper(), text.lower())):
        found |= begins(column, spelling)
    return found


def search_orders(
    orders: QuerySet[Order], words: str, shops: Sequence[TikTokShop] | None = None
) -> QuerySet[Order]:
    """Orders found by TikTok order id, Shopify name, seller SKU or tracking number.

    The look-ups give keys of any shop's orders, of which `orders` keeps its own; `shops`, if they
    are known, make them cheaper.
    """
    words = words.replace("\x00", "").strip()
    if not words:
        return orders
    lines = LineItem.objects.order_by().filter(begins("sku_key", sku_key(words)))
    others = _look_ups(words, shops)
    if not _are_many(lines):
        return orders.filter(pk__in=_union([*others, lines.values("order_id")]))
    # Keys of nearly all orders would be gathered and sorted before the first is shown: each order
    # is asked instead, and a page is full after a few.
    sold = Exists(lines.filter(order=OuterRef("pk")))
    return orders.filter(Q(sold) | Q(pk__in=_union(others)))


def _are_many(rows: QuerySet[Any]) -> bool:
    """Whether a look-up finds so much that its keys are no short cut; reads a part of an index."""
    return rows.values("pk")[: MANY + 1].count() > MANY


def _look_ups(words: str, shops: Sequence[TikTokShop] | None) -> Iterable[QuerySet[Any, Any]]:
    """A query of order keys for each kind of thing that the words may be."""
    orders = Order.objects.order_by() if shops is None else orders_in(shops)
    yield orders.filter(name_begins(words)).values("pk")
    if words.isascii() and words.isdecimal():
        yield orders.filter(begins_id("tiktok_order_id", words)).values("pk")
    for model, when in _tracking_parts(words):
        # Whose they are shows in the orders that the keys belong to.
        yield model._base_manager.order_by().filter(when).values("order_id")


def orders_in(shops: Sequence[TikTokShop]) -> QuerySet[Order]:
    """The orders of these shops, in no order."""
    return Order.objects.order_by().filter(shop__in=[shop.pk for shop in shops])


def parts_in(rows: QuerySet[Any], shops: Sequence[TikTokShop]) -> QuerySet[Any]:
    """Rows whose orders belong to these shops.

    The shop is looked up for each row that was found, where a join would tempt the database to
    begin with all the orders of the shop.
    """
    shop = Order.objects.order_by().filter(pk=OuterRef("order_id")).values("shop_id")[:1]
    found = rows.annotate(shop_of_order=Subquery(shop))
    mine: QuerySet[Any] = found.filter(shop_of_order__in=[one.pk for one in shops])
    return mine


def _tracking_parts(words: str) -> Iterable[tuple[type[Model], Q]]:
    if len(words) < SHORTEST_TRACKING:
        return
    for model in (LineItem, Fulfillment, Package):
        yield model, begins_in_any_case("tracking_number", words)


def name_begins(words: str) -> Q:
    """Whether an order's name in Shopify begins so, with or without its sign."""
    return begins_in_any_case("shopify_order_name", words) | begins(
        "shopify_order_name", f"#{words}"
    )


def _union(queries: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    first, *others = queries
    return first.union(*others)
