"""The units that TikTok has sold and Shopify's stock does not know of yet.

An order takes its units off Shopify's stock when it is created there. Until then, and until the
stock that Shopify shows afterwards has been read, they are set aside: nobody else may be sold them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from orders.models import LineItem, LinePart, Order
from products.models import Link
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import OrderRules
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

#: Orders that are not in Shopify and are to come there.
OPEN = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.SENDING, SyncStatus.FAILED)
CANCELLED = OrderStatus.CANCELLED.value
#: How long a created order may be ahead of the stock that was read.
UNSEEN_SECONDS = 900.0

#: A shop (by row) and a TikTok SKU id.
Place = tuple[int, str]


def units_set_aside(
    store_id: int, variant_ids: Collection[int], as_of: Mapping[int, datetime]
) -> Counter[int]:
    """Units by variant (row), of orders of every shop that feeds the store.

    `as_of` says from when the stock is that is known of a variant: units of orders that were
    created in Shopify after that count too.
    """
    links = Link.objects.filter(shop__store=store_id, variant__in=variant_ids)
    rows = links.values_list("shop_id", "tiktok_sku_id", "variant_id")
    variants: dict[Place, int] = {(shop_id, sku_id): pk for shop_id, sku_id, pk in rows}
    units: Counter[int] = Counter()
    if not variants:
        return units
    waiting = Q(shop__store=store_id, sync_status__in=OPEN) & ~Q(tiktok_status=CANCELLED)
    for shop_id, sku_id, count in _units(Order.objects.filter(waiting), variants):
        units[variants.get((shop_id, sku_id), 0)] += count
    began = _just_created(store_id)
    created = _units(Order.objects.filter(pk__in=list(began)), variants, "pk") if began else ()
    for shop_id, sku_id, order_id, count in created:
        variant_id = variants.get((shop_id, sku_id), 0)
        if variant_id not in as_of or began[order_id] > as_of[variant_id]:
            units[variant_id] += count
    del units[0]
    return units


def _units(
    orders: QuerySet[Order], places: Collection[Place], *also: str
) -> Iterator[tuple[Any, ...]]:
    """Shop, SKU, the order's columns in `also`, and how many units: lines, and loose components."""
    sku_ids = {sku_id for _, sku_id in places}
    lines = LineItem.objects.order_by().exclude(display_status=CANCELLED)
    lines = lines.filter(order__in=orders, tiktok_sku_id__in=sku_ids)
    named = [f"order__{name}" for name in also]
    yield from lines.values_list("order__shop_id", "tiktok_sku_id", *named).annotate(
        units=Count("pk")
    )
    parts = _loose_parts().filter(line__order__in=orders, tiktok_sku_id__in=sku_ids)
    named = [f"line__order__{name}" for name in also]
    yield from parts.values_list("line__order__shop_id", "tiktok_sku_id", *named).annotate(
        units=Sum("count")
    )


def _loose_parts() -> QuerySet[LinePart]:
    """Components of bundles that are not sent under a link of the bundle's own."""
    own = Link.objects.filter(
        shop=OuterRef("line__order__shop"), tiktok_sku_id=OuterRef("line__tiktok_sku_id")
    )
    parts = LinePart.objects.order_by().exclude(line__display_status=CANCELLED)
    return parts.filter(~Exists(own))


def _just_created(store_id: int) -> dict[int, datetime]:
    """Orders (by row) created in the store of late, each with when the creating call began."""
    attempts = Attempt.objects.filter(
        outcome=Attempt.Outcome.OK,
        started_at__gte=database_now() - scaled(UNSEEN_SECONDS),
        flow="push_orders",
        subject=Order._meta.label_lower,
    )
    began = dict(attempts.order_by("started_at").values_list("subject_id", "started_at"))
    if not began:
        return {}
    taking = Order.objects.filter(
        pk__in=list(began), shop__store=store_id, sync_status=SyncStatus.SYNCED
    ).exclude(shop__rules__inventory_behaviour=OrderRules.Inventory.BYPASS)
    created = set(taking.values_list("pk", flat=True))
    return {order_id: at for order_id, at in began.items() if order_id in created}
