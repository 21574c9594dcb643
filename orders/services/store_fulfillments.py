"""Storing what Shopify tells of an order: its shipments, their tracking, its cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.utils.dateparse import parse_datetime

from orders.mapping_input import LINE_IDS_PROPERTY
from orders.models import Fulfillment, Order
from orders.services.store_orders import CANCELLED
from tiktoksync.lib import queue
from tiktoksync.shopify.payloads import money
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Change, SyncStatus

log = structlog.get_logger(__name__)

SHIPPED = "SUCCESS"
ENDED = ("CANCELLED", "ERROR", "FAILURE")
NO_TRACKING = "no_tracking"


def store_shopify_order(order: Order, body: Mapping[str, Any], request_id: str = "") -> None:
    """Mirror one order as Shopify's Admin API gives it; the caller holds its row."""
    _mirror_status(order, body, request_id)
    _mirror_total(order, body)
    known = {row.shopify_fulfillment_id: row for row in order.fulfillments.all()}
    for fulfillment in body.get("fulfillments") or []:
        row = known.get(fulfillment["id"])
        if row is None:
            _see_first(order, fulfillment, known)
        else:
            _update(row, fulfillment)
    queue.wake("push_fulfillments", order.shop_id)


def _mirror_status(order: Order, body: Mapping[str, Any], request_id: str) -> None:
    status = str(body.get("displayFulfillmentStatus") or "")
    before = order.shopify_state
    order.shopify_status = status
    order.shopify_cancelled_at = _time(body.get("cancelledAt"))
    if order.shopify_state != before:
        change = Change("shopify", before, order.shopify_state, "shopify", request_id=request_id)
        order.note_change(change)
    order.shopify_updated_at = _time(body.get("updatedAt"))
    order.save(update_fields=["shopify_status", "shopify_cancelled_at", "shopify_updated_at"])


def _mirror_total(order: Order, body: Mapping[str, Any]) -> None:
    """Shopify's own sum must be ours; a difference is told loudly, the order stays."""
    total, _ = money(body.get("totalPriceSet"))
    if total is None or total == order.shopify_total:
        return
    expected, order.shopify_total = order.shopify_total, total
    order.save(update_fields=["shopify_total"])
    log.error("totals differ", order=order.tiktok_order_id)
    reason = f"Shopify's total is {total}, it should be {expected}."
    order.note_change(Change("note", "", "total_differs", "system", reason=reason))


def _see_first(order: Order, body: Mapping[str, Any], known: dict[str, Fulfillment]) -> None:
    """A new shipment: queued for TikTok, or held until it has a tracking number."""
    if body.get("status") in ENDED:
        return
    row = Fulfillment(order=order, shopify_fulfillment_id=body["id"], **_columns(body))
    row.shopify_created_at = _time(body.get("createdAt"))
    row.shipped_units = units_of(order, body, known.values())
    change = _begin(order, row)
    row.save(force_insert=True)
    row.note_change(change)
    known[row.shopify_fulfillment_id] = row


def _begin(order: Order, row: Fulfillment) -> Change:
    if order.tiktok_status == CANCELLED:
        reason = "The order was cancelled on TikTok before it was shipped."
        return statuses.begin(row, SyncStatus.SKIPPED, reason=reason, skip_reason="order_cancelled")
    if not row.tracking_number:
        reason = "Shipped without a tracking number: TikTok is told once there is one."
        return statuses.begin(row, SyncStatus.HELD, reason=reason, wait_reason=NO_TRACKING)
    reason = f"Shipped in Shopify with {row}."
    return statuses.begin(row, SyncStatus.PENDING, actor="shopify", reason=reason)


def _update(row: Fulfillment, body: Mapping[str, Any]) -> None:
    """News of a known shipment: a number that was missing, or its end."""
    columns = _columns(body)
    if row.sync_status in (SyncStatus.SYNCED, SyncStatus.SENDING):
        columns = {"status": columns["status"]}
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    if changed:
        row.save(update_fields=changed)
    if row.status in ENDED and row.sync_status in statuses.SKIPPABLE:
        statuses.move(
            row,
            SyncStatus.SKIPPED,
            actor="shopify",
            reason="The shipment was cancelled in Shopify.",
            skip_reason="fulfillment_cancelled",
        )
    elif _may_go_now(row, changed):
        statuses.move(
            row, SyncStatus.PENDING, actor="shopify", reason=f"Shipped in Shopify with {row}."
        )


def _may_go_now(row: Fulfillment, changed: list[str]) -> bool:
    """A held shipment got its number, or a refused one was corrected."""
    if not row.tracking_number:
        return False
    corrected = row.sync_status == SyncStatus.FAILED and bool(
        {"tracking_number", "carrier"} & set(changed)
    )
    return corrected or row.sync_status == SyncStatus.HELD


def _columns(body: Mapping[str, Any]) -> dict[str, Any]:
    """Carrier and number of the first parcel that has a number."""
    parcels = body.get("trackingInfo") or []
    parcel = next((one for one in parcels if (one.get("number") or "").strip()), None)
    if parcel is None:
        parcel = parcels[0] if parcels else {}
    url = str(parcel.get("url") or "")
    return {
        "status": str(body.get("status") or "")[:20],
        "carrier": str(parcel.get("company") or "").strip()[:200],
        "tracking_number": str(parcel.get("number") or "").strip()[:100],
        "tracking_url": url if len(url) <= 500 else "",
    }


def units_of(order: Order, body: Mapping[str, Any], others: Any) -> list[str]:
    """Which TikTok units a shipment holds: those its lines name, as many as were shipped.

    A Shopify line names all its units in a hidden property; of a partial shipment the first units
    that no other shipment holds are taken.
    """
    taken = {unit for other in others if other.status not in ENDED for unit in other.shipped_units}
    valid = set(order.line_items.values_list("tiktok_line_item_id", flat=True))
    units: list[str] = []
    for node in (body.get("fulfillmentLineItems") or {}).get("nodes") or []:
        line = node.get("lineItem") or {}
        named = [unit for unit in _named_units(line) if unit in valid and unit not in taken]
        quantity = int(node.get("quantity") or 0)
        units += [unit for unit in named if unit not in units][:quantity]
    return units


def _named_units(line: Mapping[str, Any]) -> list[str]:
    for attribute in line.get("customAttributes") or []:
        if attribute.get("key") == LINE_IDS_PROPERTY:
            return [unit for unit in str(attribute.get("value") or "").split(",") if unit]
    return []


def _time(text: Any) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) and text else None
