"""What the home page shows of the orders: counts, who needs a person, what must leave when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from orders.filters import (
    attention_keys,
    count_together,
    due_orders,
    in_tab,
    orders_of,
    placed_orders,
)
from orders.models import Cancellation, Fulfillment, Order, StatusChange
from orders.timeline import Event, tell_history
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import SyncRow, SyncStatus

SHOWN = 5
CHANGES = 8
DUE = (
    ("overdue", "Overdue", "bad"),
    ("today", "Today", "wait"),
    ("tomorrow", "Tomorrow", "info"),
    ("later", "Later", "off"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A count that leads to the orders it counts."""

    label: str
    icon: str
    count: int
    query: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a person, and the row that says why."""

    order: Order
    row: SyncRow
    what: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of the dispatch board."""

    label: str
    tone: str
    query: str
    count: int
    orders: list[Order]


def gather_home(merchant: Merchant, shops: list[TikTokShop]) -> dict[str, Any]:
    """The home page's facts."""
    now = timezone.now()
    orders = orders_of(shops)
    questions = {
        "any": orders,
        "placed": placed_orders(orders, "today", now),
        "on-hold": in_tab(orders, "on-hold", shops),
        "to-ship": in_tab(orders, "to-ship", shops),
        "in-transit": in_tab(orders, "in-transit", shops),
        "attention": in_tab(orders, "attention", shops),
    } | {key: due_orders(orders, key, now) for key, _, _ in DUE}
    counts = count_together(merchant, questions)
    return {
        "attention": counts["attention"],
        "has_orders": counts["any"] > 0,
        "cards": _cards(counts),
        "tasks": list_tasks(shops),
        "lanes": [_lane(shops, counts, now, *words) for words in DUE],
        "changes": recent_changes(shops),
    }


def _cards(counts: dict[str, int]) -> list[Card]:
    return [
        Card("Placed today", "bag", counts["placed"], "placed=today"),
        Card("On hold", "pause", counts["on-hold"], "tab=on-hold"),
        Card("To ship", "box", counts["to-ship"], "tab=to-ship"),
        Card("In transit", "truck", counts["in-transit"], "tab=in-transit"),
        Card(
            "Needs attention",
            "alert",
            counts["attention"],
            "tab=attention",
            "bad" if counts["attention"] else "",
        ),
    ]


def _lane(
    shops: list[TikTokShop], counts: dict[str, int], now: datetime, key: str, label: str, tone: str
) -> Lane:
    rows: list[Order] = []
    if counts[key]:
        due = due_orders(orders_of(shops), key, now).defer("raw").select_related("shop")
        rows = list(due.order_by("ship_by", "id")[:4])
    return Lane(label, tone if counts[key] else "off", f"due={key}", counts[key], rows)


def list_tasks(shops: list[TikTokShop]) -> list[Task]:
    """Orders that need a person: the nearest deadline first, then the greatest value."""
    waiting = (
        Order.objects.filter(pk__in=attention_keys(shops))
        .defer("raw")
        .select_related("shop")
        .order_by(F("ship_by").asc(nulls_last=True), "-total", "-id")[:SHOWN]
    )
    orders = {order.pk: order for order in waiting}
    troubled = {"order__in": list(orders), "sync_status": SyncStatus.FAILED}
    shipments = {row.order_id: row for row in Fulfillment.objects.filter(**troubled)}
    cancels = {row.order_id: row for row in Cancellation.objects.filter(**troubled)}
    return [_task(order, shipments.get(key), cancels.get(key)) for key, order in orders.items()]


def _task(order: Order, shipment: Fulfillment | None, cancel: Cancellation | None) -> Task:
    if order.needs_attention or (shipment is None and cancel is None):
        return Task(order, order, "is not in Shopify")
    if shipment:
        return Task(order, shipment, "has tracking that TikTok refused")
    return Task(order, cancel or order, "is cancelled on TikTok but not in Shopify")


def recent_changes(shops: list[TikTokShop]) -> list[tuple[Order, Event]]:
    """The last lines of all histories, newest first."""
    lines = list(
        StatusChange.objects.filter(order__shop__in=[shop.pk for shop in shops])
        .select_related("order__shop", "user", "attempt")
        .defer("order__raw")
        .order_by("-id")[:CHANGES]
    )
    return list(zip([line.order for line in lines], tell_history(lines[::-1]), strict=True))
