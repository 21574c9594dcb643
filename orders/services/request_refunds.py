"""Which refunds Shopify should know of: units that TikTok cancelled, returns that it paid back.

Each is asked for once; whoever holds the order's row calls this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from orders.aftersales_facts import REFUNDED, WITH_GOODS
from orders.models import Order, Refund, Return
from orders.services.rules import order_rules
from tiktoksync.lib import money, queue
from tiktoksync.lib.money import ZERO
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

CANCELLED = "CANCELLED"
BY_RULE = "by_rule"
AMOUNT_ONLY = "amount_only"
NO_UNITS = "units_unknown"
LONGEST_ID = 120


def follow_units(order: Order) -> None:
    """Units that TikTok has cancelled while the rest of the order goes on are taken off once."""
    if order.tiktok_status == OrderStatus.CANCELLED:
        return
    lines = order.line_items.values_list("tiktok_line_item_id", "display_status")
    cancelled = {unit for unit, status in lines if status == CANCELLED}
    if not cancelled:
        return
    known = Refund.objects.filter(order=order).values_list("units", flat=True)
    fresh = sorted(cancelled.difference(*known))
    if fresh:
        _request_units(order, fresh)


def _request_units(order: Order, units: list[str]) -> None:
    rules = order_rules(order.shop)
    restock = rules.restock_on_cancel
    row = Refund(
        order=order,
        source=Refund.Source.CANCELLED_UNITS,
        source_id=_name(units),
        units=units,
        currency=order.currency,
        restock=Refund.Restock.CANCEL if restock else Refund.Restock.NO_RESTOCK,
    )
    row.note = f"Cancelled on TikTok: {row.source_id}"
    count = f"{len(units)} unit{'' if len(units) == 1 else 's'}"
    if rules.follow_cancelled_units:
        _queue(row, f"TikTok cancelled {count} of this order.")
    else:
        words = f"TikTok cancelled {count}. By your rule the Shopify order keeps them."
        _leave(row, BY_RULE, words)


def _name(units: Iterable[str]) -> str:
    """These units in a column, and on the refund in Shopify: as they are, or as a digest."""
    text = ",".join(units)
    return text if len(text) <= LONGEST_ID else hashlib.sha256(text.encode()).hexdigest()


def follow_returns(order: Order) -> None:
    """Returns that were stored before the order was in Shopify."""
    for row in order.returns.all():
        row.order = order
        follow_return(row)


def follow_return(row: Return) -> None:
    """A return whose money TikTok has given back is noted in Shopify once, by the shop's rule."""
    order: Order = row.order
    if row.status not in REFUNDED or not row.refund_amount or not order.is_synced:
        return
    if Refund.objects.filter(order=order, source=Refund.Source.RETURN, source_id=row.return_id):
        return
    rules = order_rules(order.shop)
    refund = Refund(
        order=order,
        source=Refund.Source.RETURN,
        source_id=row.return_id,
        amount=row.refund_amount,
        currency=row.currency,
        units=list(row.units),
        restock=rules.restock_returns if _came_back(row) else Refund.Restock.NO_RESTOCK,
        note=f"Refunded on TikTok: return {row.return_id}",
    )
    told = f"TikTok refunded {_told(refund)}"
    if not rules.refund_in_shopify:
        _leave(refund, BY_RULE, f"{told}. By your rule it is not noted in Shopify.")
    elif not row.units:
        _leave(refund, NO_UNITS, f"{told} and names no units, so nothing is taken off in Shopify.")
    elif not _came_back(row) and row.refund_amount < _paid_for(order, row.units):
        words = f"{told} of what was paid, for nothing sent back: the Shopify order stays as it is."
        _leave(refund, AMOUNT_ONLY, words)
    else:
        _queue(refund, f"{told}.")


def _came_back(row: Return) -> bool:
    """Whether goods were sent back, not only money."""
    return row.return_type == WITH_GOODS and bool(row.tracking_number)


def _paid_for(order: Order, units: Iterable[str]) -> Any:
    """What the buyer paid for these units, before tax and shipping."""
    lines = order.line_items.filter(tiktok_line_item_id__in=list(units))
    return sum(lines.values_list("price", flat=True), ZERO)


def _told(row: Refund) -> str:
    if row.amount is None or not row.currency:
        return "money"
    return f"{money.text(row.amount, row.currency)} {row.currency}"


def _queue(row: Refund, reason: str) -> None:
    change = statuses.begin(row, SyncStatus.PENDING, actor="tiktok", reason=reason)
    row.save(force_insert=True)
    row.note_change(change)
    queue.wake("push_refunds", row.order.shop.store_id)


def _leave(row: Refund, skip_reason: str, words: str) -> None:
    """Told on the order, and not sent."""
    change = statuses.begin(row, SyncStatus.SKIPPED, reason=words, skip_reason=skip_reason)
    row.save(force_insert=True)
    row.note_change(change)
