"""An order's parcels as its page shows them: both origins, what was told where, corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from orders.models import Fulfillment, Order, Package, PackageFulfillment, StatusChange
from orders.presentation import Badge, sync_badge
from orders.services.parcel_rows import AS_TOLD
from tiktoksync.sync.models import SyncStatus

# TikTok keeps a label for 24 hours; a link that ends while it is clicked helps nobody.
LABEL_LASTS = timedelta(hours=23, minutes=50)
_WAITS = {
    "no_tracking": "Waits for a tracking number in Shopify.",
    "on_hold": "Waits until TikTok releases the order.",
    "carriers": "Waits for the carriers that TikTok accepts.",
    "package_unknown": "Waits until TikTok has made its package.",
    "package_incomplete": "Waits for the rest of its TikTok package.",
    "combined": "Waits for the other orders in its TikTok package.",
    "earlier": "Waits for what TikTok is being told just now.",
    "held_there": "Waits until Shopify releases the items.",
}
_PACKAGES = {
    "TO_FULFILL": "To be shipped",
    "PROCESSING": "Awaiting collection",
    "FULFILLING": "In transit",
    "COMPLETED": "Delivered",
    "CANCELLED": "Cancelled",
}


@dataclass(slots=True)
class ParcelShown:
    """One parcel. `earlier` are the numbers that were told before this one."""

    origin: str
    carrier: str
    number: str
    key: str = ""
    address: str = ""
    failure_code: str = ""
    badge: Badge | None = None
    mapped: str = ""
    units: int = 0
    seen_at: datetime | None = None
    sent_at: datetime | None = None
    words: str = ""
    is_trouble: bool = False
    may_resend: bool = False
    package_id: str = ""
    package_word: str = ""
    earlier: list[str] = field(default_factory=list)
    label_url: str = ""
    may_ask_label: bool = False
    is_label_coming: bool = False


def show_parcels(
    order: Order,
    fulfillments: Sequence[Fulfillment],
    packages: Sequence[Package],
    made: Sequence[PackageFulfillment],
    history: Sequence[StatusChange],
) -> list[ParcelShown]:
    """Shopify's parcels first, then those that TikTok made, each once."""
    shown = [_from_shopify(order, chain, history) for chain in _chains(fulfillments)]
    known = {parcel.package_id for parcel in shown} - {""}
    for package in packages:
        told = [row for row in made if row.package_id == package.pk]
        if told or not (package.is_gone or package.tiktok_package_id in known):
            shown.append(_from_tiktok(order, package, told))
    return shown


# --- from Shopify --------------------------------------------------------------------------------


def _chains(rows: Sequence[Fulfillment]) -> list[list[Fulfillment]]:
    """The rows of each parcel, oldest first; corrections that were not needed are left out."""
    by_key = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    chains: list[list[Fulfillment]] = []
    for row in rows:
        if row.pk in replaced:
            continue
        chain, one = list[Fulfillment](), by_key.get(row.pk)
        while one is not None:
            chain.append(one)
            one = by_key.get(one.replaces_id or 0)
        if chain[0].skip_reason == AS_TOLD and len(chain) > 1:
            chain = chain[1:]
        chains.append(chain[::-1])
    return sorted(chains, key=lambda chain: chain[0].pk)


def _from_shopify(
    order: Order, chain: Sequence[Fulfillment], history: Sequence[StatusChange]
) -> ParcelShown:
    row, earlier = chain[-1], chain[:-1]
    told = [one.tracking_number for one in earlier if one.sync_status == SyncStatus.SYNCED]
    is_failed = row.sync_status == SyncStatus.FAILED
    return ParcelShown(
        origin="Shopify",
        carrier=row.carrier,
        number=row.tracking_number,
        key=f"f{row.pk}",
        address=row.tracking_url,
        failure_code=row.failure_code,
        badge=sync_badge(row),
        mapped=row.provider_name,
        units=len(row.shipped_units),
        seen_at=row.first_seen_at,
        sent_at=row.sent_at,
        words=row.failure_reason or _waiting(row, history) or _skipped(row, history),
        is_trouble=is_failed,
        may_resend=is_failed,
        package_id=row.tiktok_package_id,
        earlier=[number for number in told if number != row.tracking_number],
    )


def _waiting(row: Fulfillment | PackageFulfillment, history: Sequence[StatusChange]) -> str:
    """What a parcel waits for; who holds it up stands in the history."""
    if row.sync_status not in (SyncStatus.PENDING, SyncStatus.HELD):
        return ""
    if row.wait_reason in ("combined", "package_incomplete"):
        said = _last(history, lambda line: line.after == "waits_for_package")
        if said:
            return said
    return _WAITS.get(row.wait_reason, "")


def _skipped(row: Fulfillment | PackageFulfillment, history: Sequence[StatusChange]) -> str:
    if row.sync_status != SyncStatus.SKIPPED:
        return ""
    axis = row.history_axis
    return _last(history, lambda line: line.axis == axis and line.after == row.sync_status)


def _last(history: Sequence[StatusChange], fits: Callable[[StatusChange], bool]) -> str:
    return next((line.reason for line in reversed(history) if fits(line)), "")


# --- from TikTok ---------------------------------------------------------------------------------


def _from_tiktok(order: Order, package: Package, told: Iterable[PackageFulfillment]) -> ParcelShown:
    rows = sorted(told, key=lambda row: row.revision)
    row = rows[-1] if rows else None
    numbers = [one.tracking_number for one in rows if one.tracking_number]
    is_failed = row is not None and row.sync_status == SyncStatus.FAILED
    word = "Dissolved at TikTok" if package.is_gone else _PACKAGES.get(package.status, "")
    parcel = ParcelShown(
        origin="TikTok",
        carrier=package.carrier,
        number=package.tracking_number,
        key=f"p{row.pk}" if row else "",
        failure_code=row.failure_code if row else "",
        badge=sync_badge(row) if row else None,
        units=len(row.units) if row else 0,
        seen_at=row.first_seen_at if row else None,
        sent_at=row.sent_at if row else None,
        words=(row.failure_reason or _WAITS.get(row.wait_reason, "")) if row else "",
        is_trouble=is_failed,
        may_resend=is_failed,
        package_id=package.tiktok_package_id,
        package_word=word or package.status,
        earlier=[one for one in dict.fromkeys(numbers) if one != package.tracking_number],
    )
    _show_label(order, package, parcel)
    return parcel


def _show_label(order: Order, package: Package, parcel: ParcelShown) -> None:
    """The label that TikTok made, while its address is good; else the button that asks for it."""
    is_over = package.is_gone or package.status in ("COMPLETED", "CANCELLED")
    made_there = order.shipping_type == "TIKTOK" and bool(package.tracking_number)
    if not made_there or is_over or order.fulfillment_type == "FULFILLMENT_BY_TIKTOK":
        return
    if is_label_ready(package):
        parcel.label_url = package.label_url
    else:
        parcel.is_label_coming = package.wanted_at is not None
        parcel.may_ask_label = not parcel.is_label_coming


def is_label_ready(package: Package) -> bool:
    """Whether a parcel's label can be opened now."""
    read = package.label_read_at
    return bool(package.label_url and read and read > timezone.now() - LABEL_LASTS)
