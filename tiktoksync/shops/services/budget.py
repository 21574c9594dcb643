"""The store's point budget as the last answer told it, kept between drains."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.sync.pace import Pace

FORGOTTEN_AFTER = timedelta(hours=1)


def load_pace(store: ShopifyStore) -> Pace:
    """The pace to begin a drain with: what Shopify last said, refilled since; else unmetered."""
    now = database_now()
    seen, rate = store.budget_seen_at, store.budget_rate
    if seen is None or not rate or now - seen > FORGOTTEN_AFTER:
        return Pace()
    return Pace(
        available=store.budget_available or 0.0,
        rate=rate,
        maximum=store.budget_maximum or 0.0,
        seen_at=monotonic() - (now - seen).total_seconds(),
    )


def save_pace(store: ShopifyStore, pace: Pace) -> None:
    """Remember the budget for the next drain."""
    if not pace.metered:
        return
    age = timedelta(seconds=monotonic() - pace.seen_at)
    ShopifyStore.objects.filter(pk=store.pk).update(
        budget_available=pace.available,
        budget_rate=pace.rate,
        budget_maximum=pace.maximum,
        budget_seen_at=database_now() - age,
    )
