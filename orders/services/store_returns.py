"""Storing returns: status, amount and tracking are mirrored word for word, each change is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import transaction

from orders.aftersales_facts import ReturnFacts, return_facts
from orders.aftersales_words import return_word
from orders.facts_reading import Malformed
from orders.models import Order, Return
from orders.services.order_columns import moment, storable
from orders.services.request_refunds import follow_return
from orders.services.store_cancel_requests import lock_orders
from tiktoksync.lib import money
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import Change

log = structlog.get_logger(__name__)

STATUS_LENGTH = 40


def store_returns(shop: TikTokShop, raws: Sequence[Mapping[str, Any]]) -> int:
    """Store a page of returns; returns how many are new or changed.

    Returns of orders that are not stored are left out: they are read again with the order.
    """
    bodies = [storable(raw) for raw in raws]
    with transaction.atomic():
        found = [(body, facts) for body in bodies if (facts := _read(body)) is not None]
        orders = lock_orders(shop, {facts.order_id for _, facts in found})
        known = [(body, facts) for body, facts in found if facts.order_id in orders]
        return sum(_store(orders[facts.order_id], body, facts) for body, facts in known)


def _read(body: Mapping[str, Any]) -> ReturnFacts | None:
    try:
        return return_facts(body)
    except Malformed as malformed:
        log.warning("return left out", reason=malformed.reason)
        return None


def _store(order: Order, body: dict[str, Any], facts: ReturnFacts) -> bool:
    rows = Return.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(order=order, return_id=facts.return_id).first()
    columns = {**_columns(facts), "raw": _without_address(body), "seen_at": database_now()}
    if order.personal_data_erased_at:
        columns["raw"] = {"return_id": facts.return_id, "update_time": facts.update_time}
        columns["reason_text"] = ""
    if row is None:
        before, row = "", Return.objects.create(order=order, return_id=facts.return_id, **columns)
    elif facts.update_time < row.tiktok_update_time or row.raw == columns["raw"]:
        return False
    else:
        before = row.status
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))
    row.order = order
    if row.status != before:
        _tell(row, before)
    follow_return(row)
    return True


def _columns(facts: ReturnFacts) -> dict[str, Any]:
    return {
        "return_type": facts.kind[:40],
        "status": facts.status[:60],
        "role": facts.role[:20],
        "arbitration_status": facts.arbitration[:40],
        "reason": facts.reason[:120],
        "reason_text": facts.reason_text[:255],
        "units": list(facts.units),
        "refund_amount": facts.refund.amount,
        "currency": facts.refund.currency[:3],
        "carrier": facts.carrier[:200],
        "tracking_number": facts.tracking_number[:100],
        "next_action": facts.next_action[:60],
        "respond_by": moment(facts.respond_by),
        "opened_at": moment(facts.create_time),
        "tiktok_update_time": facts.update_time,
    }


def _without_address(body: Mapping[str, Any]) -> dict[str, Any]:
    """Where the parcel goes back to is the seller's own address: it is not needed here."""
    return {name: value for name, value in body.items() if name != "return_warehouse_address"}


def _tell(row: Return, before: str) -> None:
    why = row.reason_text or row.reason
    parts = [return_word(row.status), why, _amount(row)]
    reason = " · ".join(part for part in parts if part)
    cut = slice(STATUS_LENGTH)
    row.order.note_change(
        Change("return", before[cut], row.status[cut], "tiktok", reason=f"{reason}.")
    )


def _amount(row: Return) -> str:
    if row.refund_amount is None or not row.currency:
        return ""
    return f"{money.text(row.refund_amount, row.currency)} {row.currency}"
