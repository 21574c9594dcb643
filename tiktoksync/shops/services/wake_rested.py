"""Wakes the lanes of accounts whose pause has just ended, long before the sweep finds them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow, StoreFlow
from tiktoksync.sync.lanes import flow_class

FIRST_LOOK_BACK = timedelta(seconds=10)
_looked_at: datetime | None = None


def wake_rested() -> int:
    """Wake due lanes of accounts that may be called again since the last look; how many."""
    global _looked_at
    now = database_now()
    since, _looked_at = _looked_at or now - FIRST_LOOK_BACK, now
    between = (since, now)
    stores = ShopifyStore.objects.filter(
        Q(paused_until__range=between) | Q(next_order_at__range=between)
    )
    shops = TikTokShop.objects.filter(paused_until__range=between)
    return _wake(StoreFlow, stores, now) + _wake(ShopFlow, shops, now)


def _wake(side: type[StoreFlow] | type[ShopFlow], accounts: Any, now: datetime) -> int:
    from tiktoksync.cron import FLOWS

    woken = 0
    for account_id in accounts.values_list("pk", flat=True):
        for stem in FLOWS:
            kind = flow_class(stem)
            flow = kind.load(account_id) if issubclass(kind, side) else None
            if flow is not None and flow.has_due(now):
                queue.wake(stem, account_id)
                woken += 1
    return woken
