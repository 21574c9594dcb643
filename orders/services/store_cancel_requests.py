"""Storing buyers' cancel requests: TikTok's word is mirrored, and ours ends when TikTok's does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from orders.aftersales_facts import CANCEL_PENDING, ENDED, GRANTED, CancelFacts, cancel_facts
from orders.facts_reading import Malformed
from orders.models import CancelRequest, Order
from orders.services.order_columns import moment, storable
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Change, SyncStatus

log = structlog.get_logger(__name__)

ANSWER = "answer"
UNKNOWN = "unknown_status"
# TikTok Shop documentation, Cancellations: unanswered requests are granted after these hours.
HOURS_TO_ANSWER = {"US": 24}
USUAL_HOURS = 48
OPEN = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.FAILED)


def store_cancellations(shop: TikTokShop, raws: Sequence[Mapping[str, Any]]) -> int:
    """Store a page of cancellations; returns how many requests are new or changed.

    Requests of orders that are not stored are left out: they are read again with the order.
    """
    with transaction.atomic():
        found = [facts for facts in map(_read, raws) if facts is not None and facts.is_request]
        orders = lock_orders(shop, {facts.order_id for facts in found})
        return sum(
            _store(orders[facts.order_id], facts) for facts in found if facts.order_id in orders
        )


def lock_orders(shop: TikTokShop, ids: set[str]) -> dict[str, Order]:
    """The stored orders of these ids by id, locked in one order everywhere."""
    if not ids:
        return {}
    locked = Order.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    rows = locked.filter(shop=shop, tiktok_order_id__in=ids).select_related("shop")
    return {order.tiktok_order_id: order for order in rows.defer("raw")}


def _read(raw: Mapping[str, Any]) -> CancelFacts | None:
    try:
        return cancel_facts(storable(raw))
    except Malformed as malformed:
        log.warning("cancellation left out", reason=malformed.reason)
        return None


def _store(order: Order, facts: CancelFacts) -> bool:
    rows = CancelRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(order=order, cancel_id=facts.cancel_id).first()
    if row is None:
        _see_first(order, facts)
        return True
    row.order = order
    columns = _columns(order, facts)
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if facts.update_time < row.tiktok_update_time or not changed:
        return False
    for name in changed:
        setattr(row, name, columns[name])
    row.save(update_fields=changed)
    _follow(row)
    return True


def _columns(order: Order, facts: CancelFacts) -> dict[str, Any]:
    return {
        "cancel_type": facts.kind[:40],
        "status": facts.status[:60],
        "role": facts.role[:20],
        "reason": facts.reason[:120],
        "reason_text": "" if order.personal_data_erased_at else facts.reason_text[:255],
        "units": list(facts.units),
        "refund_amount": facts.refund.amount,
        "currency": facts.refund.currency[:3],
        "requested_at": moment(facts.create_time),
        "respond_by": _deadline(order, facts),
        "tiktok_update_time": facts.update_time,
    }


def _deadline(order: Order, facts: CancelFacts) -> datetime | None:
    """TikTok's own stamp, or the rule of the region; it stays known after the request is over."""
    if facts.respond_by:
        return moment(facts.respond_by)
    stored = CancelRequest.objects.filter(order=order, cancel_id=facts.cancel_id)
    known = stored.values_list("respond_by", flat=True).first()
    asked = moment(facts.create_time)
    if known or asked is None:
        return known
    return asked + timedelta(hours=HOURS_TO_ANSWER.get(order.shop.region, USUAL_HOURS))


def _see_first(order: Order, facts: CancelFacts) -> None:
    row = CancelRequest(order=order, cancel_id=facts.cancel_id, **_columns(order, facts))
    if facts.status == CANCEL_PENDING:
        change = statuses.begin(
            row,
            SyncStatus.HELD,
            actor="tiktok",
            reason=asking_words(row),
            wait_reason=ANSWER,
            next_attempt_at=database_now(),
        )
    elif facts.status in (*GRANTED, *ENDED):
        skip_reason, words = _ending(row)
        row.resolved_at = database_now()
        change = statuses.begin(
            row, SyncStatus.SKIPPED, actor="tiktok", reason=words, skip_reason=skip_reason
        )
    else:
        words = f"TikTok gives the request the status “{facts.status}”, which is not known here."
        change = statuses.begin(
            row, SyncStatus.HELD, actor="tiktok", reason=words, wait_reason=UNKNOWN
        )
    row.save(force_insert=True)
    row.note_change(change)


def asking_words(row: CancelRequest) -> str:
    """What the buyer asks for, in a sentence."""
    why = row.reason_text or row.reason
    count = len(row.units)
    units = f" {count} unit{'' if count == 1 else 's'} of" if count else ""
    return f"The buyer asks to cancel{units} this order{f': {why}' if why else ''}."


def _follow(row: CancelRequest) -> None:
    """What TikTok's word means for a request that nobody has answered, or not clearly."""
    if row.sync_status not in OPEN or row.status == CANCEL_PENDING:
        return
    if row.in_doubt_since is not None:
        # An answer of ours may have done it: it is looked after before anything is said.
        if row.sync_status == SyncStatus.FAILED:
            statuses.move(row, SyncStatus.PENDING, actor="tiktok", reason="The request is over.")
        return
    if row.status in (*GRANTED, *ENDED):
        skip_reason, words = _ending(row)
        end_request(row, skip_reason, words)
    else:
        words = f"TikTok gives the request the status “{row.status}”, which is not known here."
        row.note_change(Change("note", "", "cancel_request_unknown", "tiktok", reason=words))


def end_request(row: CancelRequest, skip_reason: str, words: str, **how: Any) -> bool:
    """The request is over without an answer of ours."""
    return statuses.move(
        row,
        SyncStatus.SKIPPED,
        actor="tiktok",
        reason=words,
        skip_reason=skip_reason,
        resolved_at=database_now(),
        in_doubt_since=None,
        **how,
    )


def _ending(row: CancelRequest) -> tuple[str, str]:
    """How a request ended that we did not answer: a word for it, and a sentence."""
    if row.status in ENDED:
        return "withdrawn", (
            "The request is over: the buyer took it back, or it was declined in Seller Center."
        )
    changed = moment(row.tiktok_update_time)
    if row.respond_by and changed and changed >= row.respond_by:
        return "granted_unanswered", "Nobody answered in time, so TikTok granted the request."
    return "granted_elsewhere", "The request was accepted on TikTok, not from here."
