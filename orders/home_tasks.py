"""What waits for a person, whatever it is about: orders, their parcels, listings, connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from orders.aftersales_shown import what_to_do
from orders.filters import TROUBLED, attention_keys
from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
    SellerCancellation,
)
from orders.models.parts import OrderPart
from tiktoksync.alerts.models import Alert, AlertKind
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import SyncRow, SyncStatus

SHOWN = 6
#: Alerts that are about no single order, and the button that leads to what mends them.
STANDING: dict[str, tuple[str, str]] = {
    AlertKind.CONSENT_LOST.value: ("Reconnect", "plug"),
    AlertKind.SYNC_LATE.value: ("See activity", "clock"),
    AlertKind.CONSENT_ENDING.value: ("Renew it", "plug"),
    AlertKind.LISTING_REFUSED.value: ("See listings", "tag"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """An order that waits for a person, and the row that says why."""

    order: Order
    row: SyncRow
    what: str
    why: str
    deadline: datetime | None = None

    @property
    def rank(self) -> tuple[bool, float, Decimal]:
        """The nearest deadline first, then the greatest value."""
        return _by_deadline(self.deadline, self.order.total)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something else that waits: a listing, a consent. `icon` and words tell what, one button."""

    title: str
    why: str
    icon: str
    address: str
    button: str
    deadline: datetime | None

    @property
    def rank(self) -> tuple[bool, float, Decimal]:
        """Among the orders by its deadline; without one, after them."""
        return _by_deadline(self.deadline, Decimal(0))


def _by_deadline(deadline: datetime | None, value: Decimal) -> tuple[bool, float, Decimal]:
    return deadline is None, deadline.timestamp() if deadline else 0.0, -value


def list_work(merchant: Merchant, shops: Sequence[TikTokShop]) -> list[Task | Chore]:
    """The first things to do, over everything."""
    found: list[Task | Chore] = [*list_tasks(shops), *list_chores(merchant)]
    return sorted(found, key=lambda each: each.rank)[:SHOWN]


def list_chores(merchant: Merchant) -> list[Chore]:
    """Open alerts that are about no single order. Urgent ones are due since they were raised."""
    rows = Alert.objects.filter(merchant=merchant, resolved_at=None, kind__in=STANDING)
    return [
        Chore(
            alert.title,
            alert.words,
            STANDING[alert.kind][1],
            alert.address,
            STANDING[alert.kind][0],
            alert.raised_at if alert.is_urgent else None,
        )
        for alert in rows.order_by("-is_urgent", "-id")[:SHOWN]
    ]


def list_tasks(shops: Sequence[TikTokShop]) -> list[Task]:
    """Orders that need a person: the nearest deadline first, then the greatest value.

    Where a buyer waits for an answer, the answer's deadline counts.
    """
    deadlines = _first_deadlines(shops)
    found = Order.objects.defer("raw").select_related("shop").in_bulk(list(deadlines))
    orders = {key: found[key] for key in deadlines if key in found}
    rows: dict[int, OrderPart] = {}
    for model, trouble in TROUBLED if orders else ():
        manager: Any = model._base_manager
        for row in manager.filter(trouble, order__in=list(orders)):
            rows.setdefault(row.order_id, row)
    return [_task(order, rows.get(key), deadlines[key]) for key, order in orders.items()]


def _first_deadlines(shops: Sequence[TikTokShop]) -> dict[int, datetime | None]:
    """The keys of the first orders, with their deadlines; few columns, for thousands are sorted."""
    asked = CancelRequest.objects.filter(order=OuterRef("pk"), sync_status=SyncStatus.HELD)
    answer_by = Subquery(asked.order_by("respond_by").values("respond_by")[:1])
    waiting = (
        Order.objects.filter(pk__in=attention_keys(shops))
        .annotate(deadline=Coalesce(answer_by, F("ship_by")))
        .order_by(F("deadline").asc(nulls_last=True), "-total", "-id")
    )
    return dict(waiting.values_list("pk", "deadline")[:SHOWN])


_TASKS: dict[type[SyncRow], str] = {
    Fulfillment: "has tracking that TikTok refused",
    PackageFulfillment: "has a parcel of TikTok's that Shopify lacks",
    Cancellation: "is cancelled on TikTok but not in Shopify",
    CancelRequest: "the buyer asks to cancel it",
    SellerCancellation: "is cancelled in Shopify but not on TikTok",
    Refund: "has a refund that Shopify lacks",
    AddressChange: "has a new address that Shopify lacks",
}


def _task(order: Order, row: OrderPart | None, deadline: datetime | None) -> Task:
    """The order itself comes first; of what follows it, the first in trouble."""
    if order.needs_attention or row is None:
        return Task(order, order, "is not in Shopify", order.failure_reason, deadline)
    why = row.failure_reason or what_to_do(row)
    return Task(order, row, _TASKS[type(row)], why, deadline)
