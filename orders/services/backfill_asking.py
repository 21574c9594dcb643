"""What both halves of a backfill ask the platforms, and how they wait when one wants rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from orders.models import Order
from orders.policy import SkipReason
from tiktoksync.errors import SyncError
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.order_search import MARKED_ORDERS_A_CALL, MarkedOrder
from tiktoksync.shops.models import ConnectedAccount, TikTokShop
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import accounts
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus
from tiktoksync.sync.settling import concerns_account

REST_SECONDS = 60.0


class Waits(Exception):
    """One of the two accounts has to rest first; nothing of the step was stored."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until}")
        self.until = until


@contextmanager
def speaking_for(account: ConnectedAccount) -> Iterator[None]:
    """Calls in an account's name. What concerns the account pauses it, and is waited for."""
    now = database_now()
    if account.is_paused(now):
        raise Waits(account.paused_until or now + scaled(REST_SECONDS))
    try:
        yield
    except SyncError as error:
        if not concerns_account(error):
            raise
        until = note_refusal(account, error)
        raise Waits(until or database_now() + scaled(REST_SECONDS)) from error
    accounts.note_success(account)


def find_marks(shop: TikTokShop, ids: Sequence[str], lease: Lease) -> dict[str, MarkedOrder]:
    """Which of these orders the shop's store has already, whoever made them there."""
    found: dict[str, MarkedOrder] = {}
    for start in range(0, len(ids), MARKED_ORDERS_A_CALL):
        with speaking_for(shop.store):
            client = shopify_client(shop.store)
            found |= client.find_marked_orders(ids[start : start + MARKED_ORDERS_A_CALL]).data
        lease.renew()
    return found


def orders_here(shop: TikTokShop, ids: Sequence[str]) -> dict[str, Order]:
    """The orders of these that are stored, by id; those skipped for their age alone are not."""
    stored = Order.objects.filter(shop=shop, tiktok_order_id__in=ids).defer("raw")
    return {order.tiktok_order_id: order for order in stored if not was_too_old(order)}


def was_too_old(order: Any) -> bool:
    """Whether the start date alone keeps an order out."""
    is_skipped: bool = order.sync_status == SyncStatus.SKIPPED
    return is_skipped and order.skip_reason == SkipReason.BEFORE_SYNC_FROM
