"""The row of one parcel, and what becomes of it when Shopify says something new of its shipment.

What TikTok was told cannot be taken back, only corrected: that is a row of its own, one revision
on, that replaces the one that was sent. Until TikTok was told, the row itself changes.
"""

from __future__ import annotations

from typing import Any

from orders.carriers import carrier_key
from orders.models import Fulfillment, Order, StatusChange
from orders.parcels import Tracking
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Change, FailureKind, SyncStatus

ENDED = ("CANCELLED", "ERROR", "FAILURE")
CANCELLED = "CANCELLED"
NO_TRACKING = "no_tracking"
# TikTok was told of a shipment that Shopify has cancelled since.
TAKEN_BACK = "cancelled_after_sent"
# A correction that was not needed in the end; another change brings its row back.
AS_TOLD = "as_told"
OPEN = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.FAILED)
TAKEN_BACK_WORDS = (
    "The shipment was cancelled in Shopify, but TikTok was told its number {} and takes nothing "
    "back. Ship the items again in Shopify: the new number then replaces this one on TikTok."
)


def is_told(row: Fulfillment) -> bool:
    """Whether TikTok has, or may have, the number of a row."""
    in_doubt = row.in_doubt_since is not None and row.sync_status != SyncStatus.SKIPPED
    return row.sync_status in (SyncStatus.SYNCED, SyncStatus.SENDING) or in_doubt


def is_same(row: Fulfillment, tracking: Tracking) -> bool:
    """Whether a row says what is typed in Shopify."""
    return row.tracking_number.casefold() == tracking.number.casefold() and carrier_key(
        row.carrier
    ) == carrier_key(tracking.carrier)


def columns_of(tracking: Tracking) -> dict[str, str]:
    """The columns of a row that are as typed in Shopify."""
    return {
        "carrier": tracking.carrier,
        "tracking_number": tracking.number,
        "tracking_url": tracking.url,
    }


# --- a new row -----------------------------------------------------------------------------------


def begin_row(order: Order, row: Fulfillment) -> Fulfillment:
    """Store a new parcel: queued for TikTok, or held until it has a tracking number."""
    change = _begin(order, row)
    row.save(force_insert=True)
    row.note_change(change)
    return row


def _begin(order: Order, row: Fulfillment) -> Change:
    if order.tiktok_status == CANCELLED:
        reason = "The order was cancelled on TikTok before it was shipped."
        return statuses.begin(row, SyncStatus.SKIPPED, reason=reason, skip_reason="order_cancelled")
    if not row.tracking_number:
        reason = "Shipped without a tracking number: TikTok is told once there is one."
        return statuses.begin(row, SyncStatus.HELD, reason=reason, wait_reason=NO_TRACKING)
    reason = f"Shipped in Shopify with {row}."
    return statuses.begin(row, SyncStatus.PENDING, actor="shopify", reason=reason)


def begin_empty(row: Fulfillment) -> Fulfillment:
    """Store a shipment all of whose items another shipment has brought to TikTok already."""
    change = statuses.begin(
        row,
        SyncStatus.SKIPPED,
        actor="shopify",
        reason=f"Every item of {row} was told to TikTok with another shipment.",
        skip_reason="already_shipped",
    )
    row.save(force_insert=True)
    row.note_change(change)
    return row


# --- tracking that changed -----------------------------------------------------------------------


def follow_tracking(row: Fulfillment, tracking: Tracking) -> Fulfillment:
    """Bring the newest row of a parcel to what Shopify says; returns the newest row then."""
    if is_told(row):
        return row if is_same(row, tracking) else _correct(row, tracking)
    changed = [name for name, value in columns_of(tracking).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns_of(tracking)[name])
    if changed:
        row.save(update_fields=changed)
    _move_on(row, tracking, bool({"carrier", "tracking_number"} & set(changed)))
    return row


def _move_on(row: Fulfillment, tracking: Tracking, is_new: bool) -> None:
    """What the tracking as it is now means for a row that TikTok was not told of."""
    told = row.replaces if row.replaces_id else None
    if row.sync_status == SyncStatus.SKIPPED:
        if row.skip_reason == AS_TOLD and is_new and told and not is_same(told, tracking):
            _queue(row, f"Tracking changed in Shopify to {row}.")
    elif told is not None and is_told(told) and is_same(told, tracking):
        leave_as_told(row)
    elif not tracking.number:
        _hold(row)
    elif row.sync_status == SyncStatus.HELD:
        _queue(row, f"Shipped in Shopify with {row}.")
    elif row.sync_status == SyncStatus.FAILED and is_new:
        _queue(row, f"Tracking changed in Shopify to {row}.")
    elif is_new:
        statuses.defer(row, None, "")
        note(row.order, "tracking_changed", f"Tracking changed in Shopify to {row}.", "shopify")


def _correct(told: Fulfillment, tracking: Tracking) -> Fulfillment:
    """A row that corrects what TikTok was told."""
    if not tracking.number:
        reason = f"The number {told.tracking_number} was removed in Shopify; TikTok keeps it."
        note_once(told.order, "tracking_removed", reason, "shopify")
        return told
    row = _next_revision(told)
    for name, value in columns_of(tracking).items():
        setattr(row, name, value)
    reason = f"Tracking changed in Shopify from {told} to {row}."
    change = statuses.begin(row, SyncStatus.PENDING, actor="shopify", reason=reason)
    row.save(force_insert=True)
    row.note_change(change)
    return row


def _next_revision(told: Fulfillment) -> Fulfillment:
    kept = ("shopify_fulfillment_id", "parcel", "status", "carrier", "tracking_number")
    return Fulfillment(
        order=told.order,
        revision=told.revision + 1,
        replaces=told,
        shipped_units=list(told.shipped_units),
        shopify_created_at=told.shopify_created_at,
        **{name: getattr(told, name) for name in kept},
    )


def leave_as_told(row: Fulfillment) -> None:
    """A correction is not needed: TikTok has what Shopify says."""
    statuses.move(
        row,
        SyncStatus.SKIPPED,
        reason=f"TikTok has {row} already: nothing to correct.",
        skip_reason=AS_TOLD,
        in_doubt_since=None,
    )


def _queue(row: Fulfillment, reason: str) -> None:
    statuses.move(row, SyncStatus.PENDING, actor="shopify", reason=reason, tries=0)


def _hold(row: Fulfillment) -> None:
    """The number was removed before TikTok was told of it."""
    if row.sync_status == SyncStatus.FAILED:
        _queue(row, "The tracking number was removed in Shopify.")
    if row.sync_status == SyncStatus.PENDING:
        statuses.move(
            row,
            SyncStatus.HELD,
            actor="shopify",
            reason="The tracking number was removed in Shopify.",
            wait_reason=NO_TRACKING,
        )


# --- shipments that were cancelled ---------------------------------------------------------------


def end_row(row: Fulfillment) -> Fulfillment | None:
    """Shopify cancelled the shipment of this newest row; gives the row that waits for the next."""
    if row.sync_status == SyncStatus.SYNCED:
        return take_back(row)
    if is_told(row):
        return None  # what became of it is seen first
    if row.replaces_id:
        _take_back_correction(row)
    elif row.sync_status in OPEN:
        statuses.move(
            row,
            SyncStatus.SKIPPED,
            actor="shopify",
            reason="The shipment was cancelled in Shopify.",
            skip_reason="fulfillment_cancelled",
        )
    return None


def take_back(told: Fulfillment) -> Fulfillment | None:
    """Tell a person that TikTok cannot take a number back; the row waits for the next shipment."""
    if told.order.tiktok_status == CANCELLED or Fulfillment.objects.filter(replaces=told).exists():
        return None
    row = _next_revision(told)
    reason = TAKEN_BACK_WORDS.format(told.tracking_number)
    change = statuses.begin(
        row,
        SyncStatus.FAILED,
        actor="shopify",
        reason=reason,
        failure_kind=FailureKind.CONFIG,
        failure_code=TAKEN_BACK,
        failure_reason=reason,
    )
    row.save(force_insert=True)
    row.note_change(change)
    return row


def _take_back_correction(row: Fulfillment) -> None:
    """The shipment ended before its correction went out: TikTok still has the earlier number."""
    if row.failure_code == TAKEN_BACK or row.replaces is None:
        return
    if row.sync_status in (SyncStatus.SKIPPED, SyncStatus.FAILED):
        _queue(row, "The shipment was cancelled in Shopify.")
    fail_taken_back(row)


def fail_taken_back(row: Fulfillment) -> None:
    """Set a row aside that only the next shipment of its items can move on."""
    number = row.replaces.tracking_number if row.replaces else row.tracking_number
    statuses.fail(row, FailureKind.CONFIG, TAKEN_BACK, TAKEN_BACK_WORDS.format(number))


# --- words in the history ------------------------------------------------------------------------


def note(order: Order, what: str, reason: str, actor: str = "system") -> None:
    """A line of the order's history that belongs to no axis."""
    order.note_change(Change("note", "", what, actor, reason=reason))


def note_once(order: Order, what: str, reason: str, actor: str = "system") -> None:
    """The same, unless the history says it already."""
    known: Any = StatusChange.objects.filter(order=order, axis="note", after=what, reason=reason)
    if not known.exists():
        note(order, what, reason, actor)
