"""How busy this installation is with one merchant's rows: what is due, who works, who polled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from orders.models import (
    Cancellation,
    CancelRequest,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
)
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import LaneLease, SyncStatus

CAP = 1000


@dataclass(frozen=True, slots=True)
class Queue:
    """How many rows of a kind are due now, counted up to the cap, and how many are on their way."""

    label: str
    due: int
    sending: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that a platform allows."""

    label: str
    value: str
    note: str = ""


_QUEUES: tuple[tuple[str, type[Model], str], ...] = (
    ("Orders for Shopify", Order, "shop"),
    ("Tracking for TikTok", Fulfillment, "order__shop"),
    ("Parcels for Shopify", PackageFulfillment, "order__shop"),
    ("Cancellations for Shopify", Cancellation, "order__shop"),
    ("Answers for buyers", CancelRequest, "order__shop"),
    ("Refunds for Shopify", Refund, "order__shop"),
)


def read_queues(shops: Sequence[TikTokShop], now: datetime) -> list[Queue]:
    """What waits to be sent for these shops."""
    keys = [shop.pk for shop in shops]
    return [_read_queue(label, model, path, keys, now) for label, model, path in _QUEUES]


def _read_queue(label: str, model: type[Model], path: str, keys: list[int], now: datetime) -> Queue:
    rows: Any = model._default_manager.order_by().filter(**{f"{path}__in": keys})
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    waiting = rows.filter(due, sync_status=SyncStatus.PENDING)
    moving = rows.filter(sync_status=SyncStatus.SENDING)
    return Queue(
        label, waiting.values("pk")[: CAP + 1].count(), moving.values("pk")[: CAP + 1].count()
    )


def working_lanes(now: datetime) -> int:
    """How many lanes are being worked at this moment, of all merchants of the installation."""
    return LaneLease.objects.filter(held_until__gt=now).count()


def read_limits(shops: Sequence[TikTokShop]) -> list[Limit]:
    """What the platforms have said that they allow."""
    limits = []
    for store in {shop.store_id: shop.store for shop in shops}.values():
        if store.budget_maximum:
            left = f"{store.budget_available or 0:,.0f} of {store.budget_maximum:,.0f} points"
            more = f"{store.budget_rate or 0:,.0f} points a second come back."
            limits.append(Limit(f"Calls to {store}", left, more))
        if store.order_limit:
            note = "Shopify said so when it refused an order; development stores have it."
            limits.append(Limit(f"New orders at {store}", f"{store.order_limit} a minute", note))
    return limits
