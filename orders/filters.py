"""Which orders a list shows: tabs, search and filters, all of them in the page's address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django_filters
from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.utils import timezone

from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    Fulfillment,
    LineItem,
    Order,
    Package,
    PackageFulfillment,
    Refund,
    SellerCancellation,
)
from orders.models.parts import OrderPart
from products.models import sku_key
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import SyncStatus

CAP = 10_000
TO_SHIP = ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING")
FAILED, HELD = SyncStatus.FAILED.value, SyncStatus.HELD.value


@dataclass(frozen=True, slots=True)
class Tab:
    """A standing view on the orders."""

    key: str
    label: str
    statuses: tuple[str, ...] = ()


TABS = (
    Tab("", "All"),
    Tab("on-hold", "On hold", ("ON_HOLD",)),
    Tab("to-ship", "To ship", TO_SHIP),
    Tab("awaiting-collection", "Awaiting collection", ("AWAITING_COLLECTION",)),
    Tab("in-transit", "In transit", ("IN_TRANSIT",)),
    Tab("delivered", "Delivered", ("DELIVERED",)),
    Tab("completed", "Completed", ("COMPLETED",)),
    Tab("attention", "Needs attention"),
    Tab("cancelled", "Cancelled", ("CANCELLED",)),
)
_TABS = {tab.key: tab for tab in TABS}


def orders_of(shops: Sequence[TikTokShop]) -> QuerySet[Order]:
    """The orders of these shops, asked for in a way that uses the indexes."""
    return Order.objects.filter(shop__in=[shop.pk for shop in shops])


def in_tab(orders: QuerySet[Order], key: str, shops: Sequence[TikTokShop]) -> QuerySet[Order]:
    """The orders that stand under a tab; an unknown tab holds nothing."""
    tab = _TABS.get(key)
    if tab is None:
        return orders.none()
    if tab.key == "attention":
        return orders.filter(pk__in=attention_keys(shops))
    return orders.filter(tiktok_status__in=tab.statuses) if tab.statuses else orders


# What follows an order, and when somebody must see to it.
TROUBLED: tuple[tuple[type[OrderPart], Q], ...] = (
    (Fulfillment, Q(sync_status=FAILED)),
    (PackageFulfillment, Q(sync_status=FAILED)),
    (Cancellation, Q(sync_status=FAILED)),
    (CancelRequest, Q(sync_status=FAILED) | Q(sync_status=HELD, wait_reason="answer")),
    (SellerCancellation, Q(sync_status__in=(FAILED, HELD))),
    (Refund, Q(sync_status=FAILED)),
    (AddressChange, Q(sync_status=FAILED)),
)


def attention_keys(shops: Sequence[TikTokShop]) -> QuerySet[Any, Any]:
    """Keys of orders where a person must act: on the order itself, or on what follows it."""
    keys = [shop.pk for shop in shops]
    managers: list[tuple[Any, Q]] = [(model._base_manager, when) for model, when in TROUBLED]
    parts = (
        rows.order_by().filter(trouble, order__shop__in=keys).values("order_id")
        for rows, trouble in managers
    )
    failed = Order.objects.order_by().filter(shop__in=keys, sync_status=FAILED)
    return failed.values("pk").union(*parts)


class CappedCount(Subquery):
    """How many rows a sliced query holds, as one column: many counts fit in one round trip."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Order]) -> None:
        super().__init__(rows.order_by().values("pk")[: CAP + 1])


def count_tabs(merchant: Merchant, shops: Sequence[TikTokShop]) -> dict[str, int]:
    """Orders under each tab, counted up to the cap, by one query."""
    return count_together(
        merchant, {tab.key: in_tab(orders_of(shops), tab.key, shops) for tab in TABS}
    )


def count_together(merchant: Merchant, questions: dict[str, QuerySet[Order]]) -> dict[str, int]:
    """Several capped counts by one query."""
    names = {f"n{index}": key for index, key in enumerate(questions)}
    counts = {name: CappedCount(questions[key]) for name, key in names.items()}
    found = Merchant.objects.filter(pk=merchant.pk).annotate(**counts).values(*counts).get()
    return {key: found[name] for name, key in names.items()}


def search_orders(orders: QuerySet[Order], words: str) -> QuerySet[Order]:
    """Orders found by TikTok order id, Shopify name, seller SKU or tracking number."""
    words = words.strip()
    if not words:
        return orders
    name = Q(shopify_order_name__istartswith=words) | Q(shopify_order_name__istartswith=f"#{words}")
    lines = LineItem.objects.order_by().filter(
        Q(sku_key__startswith=sku_key(words)) | Q(tracking_number__istartswith=words)
    )
    return orders.filter(
        Q(tiktok_order_id__startswith=words)
        | name
        | Q(pk__in=lines.values("order_id"))
        | Q(pk__in=_shipped_under(Fulfillment, words))
        | Q(pk__in=_shipped_under(Package, words))
    )


def _shipped_under(model: type[Fulfillment | Package], number: str) -> QuerySet[Fulfillment]:
    rows = model.objects.order_by().filter(tracking_number__istartswith=number)
    return rows.values("order_id")  # type: ignore[return-value]


def day_ends(now: datetime) -> tuple[datetime, datetime]:
    """The ends of today and of tomorrow in the current time zone."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1), midnight + timedelta(days=2)


def due_orders(orders: QuerySet[Order], when: str, now: datetime) -> QuerySet[Order]:
    """Orders still to be shipped whose ship-by clock ends overdue, today, tomorrow or later."""
    today, tomorrow = day_ends(now)
    spans = {
        "overdue": Q(ship_by__lt=now),
        "today": Q(ship_by__gte=now, ship_by__lt=today),
        "tomorrow": Q(ship_by__gte=today, ship_by__lt=tomorrow),
        "later": Q(ship_by__gte=tomorrow),
    }
    if when not in spans:
        return orders.none()
    return orders.filter(spans[when], tiktok_status__in=TO_SHIP)


def placed_orders(orders: QuerySet[Order], when: str, now: datetime) -> QuerySet[Order]:
    """Orders placed today, in the current time zone."""
    if when != "today":
        return orders.none()
    return orders.filter(placed_at__gte=day_ends(now)[0] - timedelta(days=1))


class OrderFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of the orders list. A value nobody knows finds nothing instead of everything."""

    q = django_filters.CharFilter(method="by_words")
    tiktok_status = django_filters.CharFilter()
    sync_status = django_filters.CharFilter()
    shop = django_filters.CharFilter(field_name="shop__shop_id")
    cause = django_filters.CharFilter(field_name="failure_code")
    due = django_filters.CharFilter(method="by_due")

    placed = django_filters.CharFilter(method="by_placed")

    class Meta:
        model = Order
        fields = ("q", "tiktok_status", "sync_status", "shop", "cause", "due", "placed")

    def by_words(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return search_orders(orders, value)

    def by_due(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return due_orders(orders, value, timezone.now())

    def by_placed(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return placed_orders(orders, value, timezone.now())

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in use, by name."""
        if not self.is_bound or self.form.is_valid() is None:
            return {}
        return {name: value for name, value in self.form.cleaned_data.items() if value}
