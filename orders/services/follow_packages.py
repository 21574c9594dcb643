"""What a parcel of TikTok's asks of Shopify: a fulfillment, another number on it, or its end.

Rows of a package follow each other as revisions: the first makes the fulfillment, a later one with
a number changes its tracking, one without a number takes it back.
"""

from __future__ import annotations

from orders.models import Order, Package, PackageFulfillment
from orders.services.parcel_rows import note_once
from orders.services.rules import order_rules
from orders.services.store_packages import CANCELLED, COMPLETED, ships_itself
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

ARRIVED = (OrderStatus.DELIVERED.value, OrderStatus.COMPLETED.value)
OPEN = (SyncStatus.PENDING, SyncStatus.FAILED)


def follow_package(order: Order, package: Package) -> None:
    """Bring Shopify after what is known of a package; the caller holds the order's row."""
    if order.sync_status != SyncStatus.SYNCED or not ships_itself(order):
        return
    told = package.shopify_fulfillments.select_for_update(of=("self",), no_key=True)
    newest = told.order_by("-revision").first()
    if package.is_gone or package.status == CANCELLED:
        _take_back(order, package, newest)
    elif package.tracking_number and order_rules(order.shop).fulfill_tiktok_parcels:
        _tell(order, package, newest)


def _tell(order: Order, package: Package, newest: PackageFulfillment | None) -> None:
    if newest is None or (_is_told(newest) and not _is_same(newest, package)):
        if newest is None and not _units(order, package):
            return  # the order's own news name them
        reason = f"TikTok ships {package.carrier} {package.tracking_number}."
        _begin(order, package, newest, reason, package.tracking_number)
    elif newest.sync_status in OPEN and not _is_same(newest, package):
        newest.carrier, newest.tracking_number = package.carrier, package.tracking_number
        newest.save(update_fields=["carrier", "tracking_number"])
        if newest.sync_status == SyncStatus.FAILED:
            reason = "TikTok changed the parcel's number."
            statuses.move(newest, SyncStatus.PENDING, actor="tiktok", reason=reason, tries=0)
        queue.wake("push_packages", order.shop.store_id)


def _take_back(order: Order, package: Package, newest: PackageFulfillment | None) -> None:
    """The package is no more: its fulfillment ends too, unless the parcel has arrived."""
    if newest is None or order.tiktok_status == OrderStatus.CANCELLED:
        return  # a cancelled order has a flow of its own, and maybe a person who stops the parcel
    if _is_told(newest) and newest.tracking_number:
        if order.tiktok_status in ARRIVED or package.status == COMPLETED:
            reason = f"TikTok cancelled package {package} after it arrived; Shopify keeps it."
            note_once(order, "package_gone", reason, "tiktok")
        else:
            _begin(order, package, newest, f"TikTok cancelled package {package}.", "")
    elif newest.sync_status in OPEN and newest.tracking_number and not _is_told(newest):
        statuses.move(
            newest,
            SyncStatus.SKIPPED,
            actor="tiktok",
            reason=f"TikTok cancelled package {package} before Shopify was told of it.",
            skip_reason="package_gone",
        )


def _begin(
    order: Order, package: Package, newest: PackageFulfillment | None, reason: str, number: str
) -> None:
    row = PackageFulfillment(
        order=order,
        package=package,
        revision=newest.revision + 1 if newest else 0,
        carrier=package.carrier,
        tracking_number=number,
        units=_units(order, package) if number else [],
    )
    change = statuses.begin(row, SyncStatus.PENDING, actor="tiktok", reason=reason)
    row.save(force_insert=True)
    row.note_change(change)
    queue.wake("push_packages", order.shop.store_id)


def _units(order: Order, package: Package) -> list[str]:
    """The units of one order in a package."""
    lines = order.line_items.filter(package_id=package.tiktok_package_id)
    return list(lines.values_list("tiktok_line_item_id", flat=True))


def _is_told(row: PackageFulfillment) -> bool:
    """Whether Shopify has, or may have, the number of a row."""
    in_doubt = row.in_doubt_since is not None and row.sync_status != SyncStatus.SKIPPED
    return row.sync_status in (SyncStatus.SYNCED, SyncStatus.SENDING) or in_doubt


def _is_same(row: PackageFulfillment, package: Package) -> bool:
    told = (row.carrier, row.tracking_number.casefold())
    return told == (package.carrier, package.tracking_number.casefold())
