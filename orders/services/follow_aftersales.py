"""News of an order that have to do with cancelling or returning it: what they set going."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orders.facts import OrderFacts
from orders.models import Order
from orders.policy import PAST_SHIPMENT
from orders.services.offer_cancellations import end_offer
from orders.services.request_refunds import follow_returns, follow_units
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

CANCELLED = "CANCELLED"
TOPICS = ("CANCELLATION_STATUS_CHANGE", "RETURN_STATUS_CHANGE")
# The order that a replacement or an exchange stands for.
SOURCES = ("replaced_order_id", "exchange_source_order_id")


def want_aftersales(shop: TikTokShop, order_ids: Iterable[str]) -> None:
    """Have the cancellations and returns of these orders read; orders not stored are left out."""
    ids = list(order_ids)
    if ids:
        rows = Order.objects.filter(shop=shop, tiktok_order_id__in=ids)
        rows.update(aftersales_wanted_at=database_now())
        queue.wake("pull_aftersales", shop.pk)


def see_aftersales(order: Order, facts: OrderFacts, body: Mapping[str, Any]) -> None:
    """An order that is about to be stored for the first time may have a past."""
    order.source_order_id = _source_of(body)
    has_past = facts.status in PAST_SHIPMENT and facts.status != OrderStatus.CANCELLED
    is_cut = any(line.is_cancelled for line in facts.lines)
    if facts.is_buyer_request_cancel or has_past or is_cut:
        order.aftersales_wanted_at = order.first_seen_at


def follow_aftersales(order: Order, facts: OrderFacts, raw_before: Mapping[str, Any]) -> None:
    """News of a stored order; the caller holds its row."""
    asked = raw_before.get("is_buyer_request_cancel") is True
    cancelled = {line.line_id for line in facts.lines if line.is_cancelled}
    if asked != facts.is_buyer_request_cancel or cancelled != _cancelled_before(raw_before):
        order.aftersales_wanted_at = database_now()
        order.save(update_fields=["aftersales_wanted_at"])
        queue.wake("pull_aftersales", order.shop_id)
    if order.sync_status == SyncStatus.SYNCED:
        follow_units(order)
    if facts.status == OrderStatus.CANCELLED:
        end_offer(order)


def catch_up_aftersales(order: Order) -> None:
    """What came while the order was on its way to Shopify."""
    follow_units(order)
    follow_returns(order)


def _source_of(body: Mapping[str, Any]) -> str:
    for name in SOURCES:
        value = body.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            return str(value)[:64]
    return ""


def _cancelled_before(raw: Mapping[str, Any]) -> set[str]:
    lines = raw.get("line_items")
    rows = [line for line in lines if isinstance(line, Mapping)] if isinstance(lines, list) else []
    return {str(line.get("id")) for line in rows if line.get("display_status") == CANCELLED}
