"""What the home page shows of the orders: counts, who needs a person, what must leave when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from orders.aftersales_shown import what_to_do
from orders.filters import (
    TROUBLED,
    attention_keys,
    count_together,
    due_orders,
    in_tab,
    orders_of,
    placed_orders,
)
from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
    SellerCancellation,
    StatusChange,
)
from orders.models.parts import OrderPart
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
    why: str


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
    """Orders that need a person: the nearest deadline first, then the greatest value.

    Where a buyer waits for an answer, the answer's deadline counts.
    """
    asked = CancelRequest.objects.filter(order=OuterRef("pk"), sync_status=SyncStatus.HELD)
    answer_by = Subquery(asked.order_by("respond_by").values("respond_by")[:1])
    waiting = (
        Order.objects.filter(pk__in=attention_keys(shops))
        .defer("raw")
        .select_related("shop")
        .annotate(deadline=Coalesce(answer_by, F("ship_by")))
        .order_by(F("deadline").asc(nulls_last=True), "-total", "-id")[:SHOWN]
    )
    orders = {order.pk: order for order in waiting}
    rows: dict[int, OrderPart] = {}
    for model, trouble in TROUBLED:
        manager: Any = model._base_manager
        for row in manager.filter(trouble, order__in=list(orders)):
            rows.setdefault(row.order_id, row)
    return [_task(order, rows.get(key)) for key, order in orders.items()]


_TASKS: dict[type[SyncRow], str] = {
    Fulfillment: "has tracking that TikTok refused",
    PackageFulfillment: "has a parcel of TikTok's that Shopify lacks",
    Cancellation: "is cancelled on TikTok but not in Shopify",
    CancelRequest: "the buyer asks to cancel it",
    SellerCancellation: "is cancelled in Shopify but not on TikTok",
    Refund: "has a refund that Shopify lacks",
    AddressChange: "has a new address that Shopify lacks",
}


def _task(order: Order, row: OrderPart | None) -> Task:
    """The order itself comes first; of what follows it, the first in trouble."""
    if order.needs_attention or row is None:
        return Task(order, order, "is not in Shopify", order.failure_reason)
    return Task(order, row, _TASKS[type(row)], row.failure_reason or what_to_do(row))


def recent_changes(shops: list[TikTokShop]) -> list[tuple[Order, Event]]:
    """The last lines of all histories, newest first."""
    lines = list(
        StatusChange.objects.filter(order__shop__in=[shop.pk for shop in shops])
        .select_related("order__shop", "user", "attempt")
        .defer("order__raw")
        .order_by("-id")[:CHANGES]
    )
    return list(zip([line.order for line in lines], tell_history(lines[::-1]), strict=True))
