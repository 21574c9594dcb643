"""A buyer's new address of an order that Shopify has: a row in a flow of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders.address_changes import address_of, fingerprint, is_readable, new_address
from orders.addresses import ShipTo
from orders.facts import OrderFacts, order_facts
from orders.models import AddressChange, Order
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, SyncStatus

SUPERSEDED = "superseded"
CHANGED = "The buyer changed the address on TikTok."
TO_COMPARE = "TikTok shows another form of the address: it is compared with Shopify's."
REPLACED = "TikTok has a newer address."
REPLACEABLE = (SyncStatus.PENDING, SyncStatus.FAILED)


def request_address(order: Order, facts: OrderFacts, raw_before: Mapping[str, Any]) -> None:
    """Have a synced order's new address written in Shopify; the caller holds the order's row."""
    if order.raw.get("recipient_address") != raw_before.get("recipient_address"):
        told_now = _is_told_changed(order.raw) and not _is_told_changed(raw_before)
        _compare(order, facts, address_of(raw_before), told_now)


def catch_up_address(order: Order, attempt: Attempt) -> None:
    """The same for news that came while the order was being created, or was in doubt.

    `order` is as it was planned, but for `seen_at`; the row of news says what TikTok tells now.
    """
    if order.seen_at <= _asked_at(order, attempt):
        return
    raw = Order.objects.values_list("raw", flat=True).get(pk=order.pk)
    sent = address_of(order.raw) if attempt.step == "create" else ShipTo(None, ())
    _compare(order, order_facts(raw), sent)


def _compare(order: Order, facts: OrderFacts, before: ShipTo, told: bool = False) -> None:
    """`told` says that TikTok names it the buyer's change, whatever could be read before."""
    address = new_address(facts, before)
    if address is not None:
        _begin(order, address, CHANGED if told or is_readable(before) else TO_COMPARE)


def _is_told_changed(raw: Mapping[str, Any]) -> bool:
    return raw.get("has_updated_recipient_address") is True


def _asked_at(order: Order, attempt: Attempt) -> Any:
    """When the order was first sent: a look-up may have found what an earlier try made."""
    if attempt.step == "create" and attempt.number == 1:
        return attempt.started_at
    tries = Attempt.objects.filter(
        subject=attempt.subject, subject_id=order.pk, step="create"
    ).order_by("number")
    return tries.values_list("started_at", flat=True).first() or attempt.started_at


def _begin(order: Order, address: Mapping[str, str], reason: str) -> None:
    """Queue the address, once, in the place of older ones that were not written yet."""
    wanted = fingerprint(order.tiktok_order_id, address)
    known = list(AddressChange.objects.select_for_update(no_key=True).filter(order=order))
    if known and known[-1].fingerprint == wanted:
        return
    for older in known:
        if older.sync_status in REPLACEABLE:
            statuses.move(
                older, SyncStatus.SKIPPED, actor="tiktok", reason=REPLACED, skip_reason=SUPERSEDED
            )
    row = AddressChange(
        order=order, fingerprint=wanted, revision=known[-1].revision + 1 if known else 1
    )
    change = statuses.begin(row, SyncStatus.PENDING, actor="tiktok", reason=reason)
    row.save(force_insert=True)
    row.note_change(change)
    queue.wake("push_addresses", order.shop.store_id)
