"""New orders a minute of a development store: a limit that only a refusal tells.

Shopify documentation: development and trial stores may create five orders a minute. It shows in no
bucket. Once a store refused for it, its orders are created one after the other, evenly, until it
was not refused for hours: then it may have become an ordinary store, and is tried as one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Q

from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore

log = structlog.get_logger(__name__)

ORDERS_A_MINUTE = 5
KEPT = timedelta(hours=6)
# The platform counts when it creates, we when its answer is here: that is never too early.
MINUTE = timedelta(seconds=60)


def learn(store: ShopifyStore, wait: float | None) -> datetime:
    """A refusal told of the limit; returns until when no order is created."""
    now = database_now()
    until = now + (MINUTE if wait is None else timedelta(seconds=wait))
    if not is_limited(store, now):
        log.info("order limit learned", orders_a_minute=ORDERS_A_MINUTE, **store.lane_facts)
    store.order_limit, store.order_limit_seen_at = ORDERS_A_MINUTE, now
    rows = ShopifyStore.objects.filter(pk=store.pk)
    rows.update(order_limit=store.order_limit, order_limit_seen_at=now)
    earlier = Q(next_order_at=None) | Q(next_order_at__lt=until)
    rows.filter(earlier).update(next_order_at=until)
    return until


def is_limited(store: ShopifyStore, now: datetime) -> bool:
    """Whether this store was seen to create only a few orders a minute."""
    seen = store.order_limit_seen_at
    return bool(store.order_limit) and seen is not None and now - seen < KEPT


def note_sent(store: ShopifyStore, now: datetime) -> None:
    """An order is about to be created: the next one waits at least as long as the call may take."""
    most = timedelta(seconds=settings.CALL_DEADLINE_SECONDS) + gap(store)
    ShopifyStore.objects.filter(pk=store.pk).update(next_order_at=now + most)


def note_answered(store: ShopifyStore) -> None:
    """The answer is here: the next order may follow at the store's pace."""
    ShopifyStore.objects.filter(pk=store.pk).update(next_order_at=database_now() + gap(store))


def gap(store: ShopifyStore) -> timedelta:
    """Between two orders."""
    return MINUTE / (store.order_limit or ORDERS_A_MINUTE)


def may_create(now: datetime, prefix: str) -> Q:
    """Rows of stores that may create an order now; `prefix` leads to the store."""
    return Q(**{f"{prefix}next_order_at": None}) | Q(**{f"{prefix}next_order_at__lte": now})
