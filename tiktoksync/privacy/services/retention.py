"""Buyers' data goes a while after their orders are closed, by itself."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db.models import Exists, OuterRef, Q, QuerySet

from orders.models import Order, StatusChange
from orders.retention import CLOSED
from tiktoksync.lib.timing import database_now
from tiktoksync.privacy.services.erase_orders import STEP, erase_orders
from tiktoksync.shops.models import Merchant
from tiktoksync.sync.models import FailureKind, SyncStatus

log = structlog.get_logger(__name__)
BUDGET_SECONDS = 120.0


def erase_expired(budget: float = BUDGET_SECONDS) -> int:
    """Erase what is old enough, merchant by merchant; what is left is done the next time."""
    ends = time.monotonic() + budget
    done = 0
    for merchant in Merchant.objects.order_by("pk"):
        while time.monotonic() < ends:
            keys = list(expired_orders(merchant).values_list("pk", flat=True)[:STEP])
            if not keys:
                break
            done += erase_orders(Order.objects.filter(pk__in=keys))
    if done:
        log.info("personal data erased", why="retention", orders=done)
    return done


def expired_orders(merchant: Merchant) -> QuerySet[Order]:
    """Orders that were closed, skipped or set aside so many days ago, and still name the buyer."""
    before = database_now() - timedelta(days=merchant.personal_data_days)
    recent = StatusChange.objects.filter(
        order=OuterRef("pk"), axis="tiktok", after__in=CLOSED, at__gte=before
    )
    is_closed = Q(tiktok_status__in=CLOSED) & ~Exists(recent)
    is_left = Q(sync_status=SyncStatus.SKIPPED) | Q(failure_kind=FailureKind.MALFORMED)
    return (
        Order.objects.of_merchant(merchant)
        .filter(personal_data_erased_at=None, first_seen_at__lt=before)
        .filter(is_closed | (is_left & Q(seen_at__lt=before)))
    )
