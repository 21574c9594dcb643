"""Storing what Shopify tells of an order: its shipments, their tracking, its cancellation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.utils.dateparse import parse_datetime

from orders.models import Fulfillment, Order, PackageFulfillment
from orders.parcels import Tracking, grouped, parcels_of, spread
from orders.services.offer_cancellations import offer_cancellation
from orders.services.parcel_rows import (
    ENDED,
    TAKEN_BACK,
    begin_empty,
    begin_row,
    columns_of,
    end_row,
    follow_tracking,
    is_told,
    note_once,
)
from orders.services.shipped_units import Units, named_units
from orders.services.store_packages import release_waiting
from tiktoksync.lib import queue
from tiktoksync.shopify.payloads import money
from tiktoksync.sync.models import Change, SyncStatus
from tiktoksync.tiktok.enums import shipping_call

__all__ = ["ENDED", "store_shopify_order"]

log = structlog.get_logger(__name__)

CANCELLED = "CANCELLED"


def store_shopify_order(order: Order, body: Mapping[str, Any], request_id: str = "") -> None:
    """Mirror one order as Shopify's Admin API gives it; the caller holds its row."""
    _mirror_status(order, body, request_id)
    offer_cancellation(order, body.get("cancelReason"))
    _mirror_total(order, body)
    echoes = list(order.package_fulfillments.all())
    shipments = [one for one in body.get("fulfillments") or [] if not _is_echo(one, echoes)]
    if shipments:
        _Shipments.of(order).store(shipments)
        release_waiting(order)
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


def _is_echo(body: Mapping[str, Any], made: Sequence[PackageFulfillment]) -> bool:
    """Whether a shipment is one that we made of TikTok's own parcel: by its id, or its number."""
    numbers = {one.number.casefold() for one in parcels_of(body)} - {""}
    return any(
        body["id"] == one.shopify_fulfillment_id or one.tracking_number.casefold() in numbers
        for one in made
    )


@dataclass(slots=True)
class _Shipments:
    """The shipments of one order, as stored and locked."""

    order: Order
    rows: list[Fulfillment]
    package_of: dict[str, str]
    live: set[str]
    by_package: bool

    @classmethod
    def of(cls, order: Order) -> _Shipments:
        """Lock the order's parcels, after the order itself."""
        rows = order.fulfillments.select_for_update(of=("self",), no_key=True).order_by("pk")
        lines = order.line_items.values_list("tiktok_line_item_id", "package_id", "display_status")
        packages = {unit: package for unit, package, _ in lines}
        # Of equal units the cancelled ones stay behind; a cancelled order has no others.
        live = {unit for unit, _, status in lines if status != CANCELLED} or set(packages)
        by_package = shipping_call(order.shop.region) == "ship_package"
        shipments = cls(order, list(rows), packages, live, by_package)
        stored = {row.pk: row for row in shipments.rows}
        for row in shipments.rows:
            row.order = order
            if row.replaces_id:
                row.replaces = stored.get(row.replaces_id)
        return shipments

    def store(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Known shipments first: what they let go of is free for new ones."""
        bodies = sorted(bodies, key=lambda body: (str(body.get("createdAt") or ""), body["id"]))
        known = {row.shopify_fulfillment_id for row in self.rows}
        for body in bodies:
            if body["id"] in known:
                self._update(body)
        for body in bodies:
            if body["id"] not in known and body.get("status") not in ENDED:
                self._see_first(body)

    def _newest(self, fulfillment_id: str) -> list[Fulfillment]:
        """The newest row of each parcel of a shipment."""
        newest: dict[int, Fulfillment] = {}
        for row in self.rows:
            if row.shopify_fulfillment_id == fulfillment_id:
                known = newest.get(row.parcel)
                if known is None or row.revision > known.revision:
                    newest[row.parcel] = row
        return [newest[parcel] for parcel in sorted(newest)]

    # --- a known shipment ----------------------------------------------------------------------

    def _update(self, body: Mapping[str, Any]) -> None:
        status = str(body.get("status") or "")[:20]
        newest = self._newest(body["id"])
        for row in self.rows:
            if row.shopify_fulfillment_id == body["id"] and row.status != status:
                row.status = status
                row.save(update_fields=["status"])
        if status in ENDED:
            waiting = [end_row(row) for row in newest]
            self.rows += [row for row in waiting if row is not None]
            return
        typed = parcels_of(body)
        self._make_room(newest, typed, body)
        for row in newest:
            follow_tracking(row, typed[min(row.parcel, len(typed) - 1)])

    def _make_room(
        self, newest: list[Fulfillment], typed: list[Tracking], body: Mapping[str, Any]
    ) -> None:
        """Numbers were added: units that TikTok was not told of yet are laid under them too."""
        place = newest[-1].parcel + 1
        if len(typed) <= place:
            return
        free = [row for row in newest if not is_told(row) and not row.replaces_id]
        free = [row for row in free if row.sync_status != SyncStatus.SKIPPED]
        groups = self._groups([unit for row in free for unit in row.shipped_units])
        parts = spread(groups, len(free) + len(typed) - place) if free else []
        for row, part in zip(free, parts, strict=False):
            if row.shipped_units != part:
                row.shipped_units = part
                row.save(update_fields=["shipped_units"])
        self._add(body, parts[len(free) :], typed, place)

    # --- a new shipment ------------------------------------------------------------------------

    def _see_first(self, body: Mapping[str, Any]) -> None:
        units = Units(self.rows, self.live)
        chosen = units.choose(body)
        typed = parcels_of(body)
        place = 0
        for row in self._taken_back(chosen):
            self._ship_again(row, body, place, typed[min(place, len(typed) - 1)])
            chosen = [unit for unit in chosen if unit not in row.shipped_units]
            place += 1
        free = [unit for unit in chosen if unit in units.free]
        named = [unit for unit in named_units(body) if unit in self.package_of]
        if free or not (place or named):
            parts = spread(self._groups(free), max(1, len(typed) - place))
            self._add(body, parts, typed, place)
        elif not place:
            row = self._row(body, 0, [], typed[0])
            self.rows.append(begin_empty(row))

    def _taken_back(self, chosen: Sequence[str]) -> list[Fulfillment]:
        """Rows of cancelled shipments that wait for just these units to be shipped again."""
        return [
            row
            for row in self.rows
            if row.failure_code == TAKEN_BACK and set(row.shipped_units) <= set(chosen)
        ]

    def _ship_again(
        self, row: Fulfillment, body: Mapping[str, Any], place: int, typed: Tracking
    ) -> None:
        """The units of a cancelled shipment go out anew: its number on TikTok is corrected."""
        told = row.replaces
        row.shopify_fulfillment_id, row.parcel = body["id"], place
        row.status, row.shopify_created_at = str(body.get("status") or "")[:20], _created(body)
        names = ["shopify_fulfillment_id", "parcel", "status", "shopify_created_at"]
        row.save(update_fields=names)
        follow_tracking(row, typed)
        if told is not None and row.sync_status == SyncStatus.SKIPPED:
            # The same number again: what TikTok was told stands for the new shipment.
            for name in names:
                setattr(told, name, getattr(row, name))
            told.save(update_fields=names)

    def _add(
        self,
        body: Mapping[str, Any],
        parts: Sequence[Sequence[str]],
        typed: Sequence[Tracking],
        place: int,
    ) -> None:
        for part in parts:
            row = self._row(body, place, list(part), typed[min(place, len(typed) - 1)])
            self.rows.append(begin_row(self.order, row))
            place += 1
        for surplus in typed[place:]:
            reason = f"{surplus.number} was not sent to TikTok: no item is left for this number."
            note_once(self.order, "surplus_number", reason)

    def _row(
        self, body: Mapping[str, Any], place: int, units: list[str], typed: Tracking
    ) -> Fulfillment:
        return Fulfillment(
            order=self.order,
            shopify_fulfillment_id=body["id"],
            parcel=place,
            status=str(body.get("status") or "")[:20],
            shopify_created_at=_created(body),
            shipped_units=units,
            **columns_of(typed),
        )

    def _groups(self, units: list[str]) -> list[list[str]]:
        """What cannot go under different numbers is one group: in some regions, a package."""
        return grouped(units, self.package_of) if self.by_package else [[unit] for unit in units]


def _created(body: Mapping[str, Any]) -> datetime | None:
    return _time(body.get("createdAt"))


def _time(text: Any) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) and text else None
