"""Switching a connected shop on, so that its orders are created in Shopify, and off again."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orders import policy
from orders.models import Order
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change
from tiktoksync.sync.models import SyncStatus

SECTION = "connections"
OFF, ON = "not live", "live"


def go_live(shop: TikTokShop, user: Any = None) -> bool:
    """Create the shop's orders in Shopify from now on, those that waited first; False if it does.

    Everything that waited is judged again by the rules as they are now, TikTok's own hold included.
    """
    with transaction.atomic():
        now = database_now()
        switched = TikTokShop.objects.filter(pk=shop.pk, live_at=None).update(live_at=now)
        if switched:
            waiting = Order.objects.filter(
                shop=shop,
                sync_status=SyncStatus.HELD,
                wait_reason=str(policy.WaitReason.NOT_LIVE),
            )
            released = waiting.update(next_attempt_at=now)
            _note(shop, user, OFF, ON, f"{shop} went live with {_orders(released)} waiting.")
            queue.wake("push_orders", shop.store_id)
    shop.refresh_from_db(fields=["live_at"])
    return bool(switched)


def call_off(shop: TikTokShop, user: Any = None) -> bool:
    """Create no further orders of this shop; False if it was not live.

    What is in Shopify stays and is kept in step. An order on its way just now still arrives.
    """
    with transaction.atomic():
        switched = TikTokShop.objects.filter(pk=shop.pk, live_at__isnull=False).update(live_at=None)
        if switched:
            _note(shop, user, ON, OFF, f"{shop} is no longer live: its orders wait.")
    shop.refresh_from_db(fields=["live_at"])
    return bool(switched)


def _note(shop: TikTokShop, user: Any, before: str, after: str, words: str) -> None:
    change = changed("live_at", "Orders of this shop", before, after)
    note_settings_change(
        shop.merchant, SECTION, user=user, words=words, changes=[change], shop=shop
    )


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"
