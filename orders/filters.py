"""Which orders a list shows: tabs, search and filters, all of them in the page's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    OrderTag,
    PackageFulfillment,
    Refund,
    Return,
    SellerCancellation,
)
from orders.models.parts import OrderPart
from orders.policy_rules import OrderKind
from orders.search import search_orders
from products.models import sku_key
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import SyncStatus

CAP = 10_000
SOON = timedelta(hours=24)
DUE = ("overdue", "soon", "today", "tomorrow", "later")
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
    Tab("on-hold", "Waiting", ("ON_HOLD",)),
    Tab("to-ship", "To ship", TO_SHIP),
    Tab("awaiting-collection", "Awaiting collection", ("AWAITING_COLLECTION",)),
    Tab("in-transit", "In transit", ("IN_TRANSIT",)),
    Tab("delivered", "Delivered", ("DELIVERED", "COMPLETED")),
    Tab("attention", "Needs attention"),
    Tab("cancelled", "Cancelled"),
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
    if tab.key == "cancelled":
        return orders.filter(pk__in=_undone_keys(shops))
    return orders.filter(tiktok_status__in=tab.statuses) if tab.statuses else orders


def _undone_keys(shops: Sequence[TikTokShop]) -> QuerySet[Any, Any]:
    """Keys of orders that were cancelled, or of which something comes back."""
    keys = [shop.pk for shop in shops]
    cancelled = Order.objects.order_by().filter(shop__in=keys, tiktok_status="CANCELLED")
    returned = Return.objects.order_by().filter(order__shop__in=keys)
    return cancelled.values("pk").union(returned.values("order_id"))


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


def count_tabs(
    merchant: Merchant, shops: Sequence[TikTokShop], found: QuerySet[Order] | None = None
) -> dict[str, int]:
    """Orders under each tab, and those `found`, counted up to the cap, by one query."""
    questions = {tab.key: in_tab(orders_of(shops), tab.key, shops) for tab in TABS}
    if found is not None:
        questions["found"] = found
    return count_together(merchant, questions)


def count_together(merchant: Merchant, questions: dict[str, QuerySet[Order]]) -> dict[str, int]:
    """Several capped counts by one query."""
    names = {f"n{index}": key for index, key in enumerate(questions)}
    counts = {name: CappedCount(questions[key]) for name, key in names.items()}
    found = Merchant.objects.filter(pk=merchant.pk).annotate(**counts).values(*counts).get()
    return {key: found[name] for name, key in names.items()}


def day_ends(now: datetime) -> tuple[datetime, datetime]:
    """The ends of today and of tomorrow in the current time zone."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1), midnight + timedelta(days=2)


def due_orders(orders: QuerySet[Order], when: str, now: datetime) -> QuerySet[Order]:
    """Orders still to be shipped whose ship-by clock ends then: DUE has the words."""
    today, tomorrow = day_ends(now)
    spans = {
        "overdue": Q(ship_by__lt=now),
        "today": Q(ship_by__gte=now, ship_by__lt=today),
        "soon": Q(ship_by__gte=now, ship_by__lt=now + SOON),
        "tomorrow": Q(ship_by__gte=today, ship_by__lt=tomorrow),
        "later": Q(ship_by__gte=tomorrow),
    }
    if when not in spans:
        return orders.none()
    return orders.filter(spans[when], tiktok_status__in=TO_SHIP)


def placed_orders(orders: QuerySet[Order], when: str, now: datetime) -> QuerySet[Order]:
    """Orders placed today, yesterday, or in the last days, in the current time zone."""
    if when not in PLACED:
        return orders.none()
    first, last = PLACED[when]
    tomorrow = day_ends(now)[0]
    until = tomorrow - timedelta(days=last)
    return orders.filter(placed_at__gte=tomorrow - timedelta(days=first), placed_at__lt=until)


#: Spans of days up to today: where they begin and end, counted back from the coming midnight.
PLACED = {"today": (1, 0), "yesterday": (2, 1), "7d": (7, 0), "30d": (30, 0), "90d": (90, 0)}
_SHIPPING = {
    "seller": Q(shipping_type="SELLER"),
    "tiktok": Q(shipping_type="TIKTOK"),
    "fbt": Q(kind=OrderKind.FULFILLED_BY_TIKTOK),
}
SHIPPING = tuple(_SHIPPING)
#: Filters that stand in the address, in the order in which their chips are shown.
FILTERS = (
    *("q", "tiktok_status", "sync_status", "cause", "shop", "placed", "placed_from", "placed_to"),
    *("due", "shipping", "kind", "tag", "sku", "total_min", "total_max"),
)


class OrderFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of the orders list. A value nobody knows finds nothing instead of everything."""

    q = django_filters.CharFilter(method="by_words")
    tiktok_status = django_filters.CharFilter()
    sync_status = django_filters.CharFilter()
    cause = django_filters.CharFilter(method="by_cause")
    shop = django_filters.CharFilter(field_name="shop__shop_id")
    placed = django_filters.CharFilter(method="by_placed")
    placed_from = django_filters.DateFilter(method="by_first_day")
    placed_to = django_filters.DateFilter(method="by_last_day")
    due = django_filters.CharFilter(method="by_due")
    shipping = django_filters.CharFilter(method="by_shipping")
    kind = django_filters.CharFilter()
    tag = django_filters.CharFilter(method="by_tag")
    sku = django_filters.CharFilter(method="by_sku")
    total_min = django_filters.NumberFilter(field_name="total", lookup_expr="gte")
    total_max = django_filters.NumberFilter(field_name="total", lookup_expr="lte")

    class Meta:
        model = Order
        fields = FILTERS

    def __init__(self, *args: Any, shops: Sequence[TikTokShop] | None = None, **how: Any) -> None:
        super().__init__(*args, **how)
        self.shops = shops

    def by_words(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return search_orders(orders, value, self.shops)

    def by_cause(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return orders.filter(sync_status=FAILED, failure_code=value)

    def by_due(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return due_orders(orders, value, timezone.now())

    def by_placed(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return placed_orders(orders, value, timezone.now())

    def by_first_day(self, orders: QuerySet[Order], name: str, value: date) -> QuerySet[Order]:
        return orders.filter(placed_at__gte=_midnight(value))

    def by_last_day(self, orders: QuerySet[Order], name: str, value: date) -> QuerySet[Order]:
        if value == date.max:
            return orders
        return orders.filter(placed_at__lt=_midnight(value + timedelta(days=1)))

    def by_shipping(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return orders.filter(_SHIPPING[value]) if value in _SHIPPING else orders.none()

    def by_tag(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        tagged = OrderTag.objects.filter(name=value).order_by()
        return orders.filter(pk__in=tagged.values("order_id"))

    def by_sku(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        lines = LineItem.objects.filter(sku_key=sku_key(value)).order_by()
        return orders.filter(pk__in=lines.values("order_id"))

    @property
    def qs(self) -> QuerySet[Order]:
        """The orders found; none where a value cannot be read: all would be wrong to act on."""
        found: QuerySet[Order] = super().qs
        return found.none() if set(self.form.errors) - {"q"} else found

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in use, by name, as the address has them."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        data = self.form.cleaned_data
        return {name: str(data[name]) for name in FILTERS if data.get(name) not in (None, "")}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def filter_orders(chosen: Mapping[str, Any], tab: str, shops: Sequence[TikTokShop]) -> OrderFilter:
    """The filter of a list over the orders under a tab; its `qs` are the orders."""
    return OrderFilter(chosen, in_tab(orders_of(shops), tab, shops), shops=shops)
