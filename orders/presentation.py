"""The words, icons and colours of both status axes. Templates draw what stands here, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.models import Order
from orders.policy import REMORSE
from tiktoksync.sync.models import Attempt, FailureKind, SyncRow, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus
from tiktoksync.webhooks.models import Delivery

DUE_SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Badge:
    """A status as a merchant sees it: an icon and a word, the colour only underlines them.

    Tones: good, info, wait, bad, off. `note` is shown on hover.
    """

    word: str
    icon: str
    tone: str
    note: str = ""


_TIKTOK = {
    OrderStatus.UNPAID: Badge("Unpaid", "clock", "off"),
    OrderStatus.ON_HOLD: Badge("On hold", "pause", "wait"),
    OrderStatus.AWAITING_SHIPMENT: Badge("Awaiting shipment", "box", "info"),
    OrderStatus.PARTIALLY_SHIPPING: Badge("Partly shipping", "split", "info"),
    OrderStatus.AWAITING_COLLECTION: Badge("Awaiting collection", "hand", "info"),
    OrderStatus.IN_TRANSIT: Badge("In transit", "truck", "info"),
    OrderStatus.DELIVERED: Badge("Delivered", "check", "good"),
    OrderStatus.COMPLETED: Badge("Completed", "checks", "good"),
    OrderStatus.CANCELLED: Badge("Cancelled", "cross", "off"),
}
_CANCEL_REQUESTED = Badge("Cancel requested", "alert", "bad")
_BLOCKED = Badge("Blocked", "stop", "bad")
_NEEDS_YOU = Badge("Failed, needs you", "alert", "bad")
_WILL_RETRY = Badge("Failed, will retry", "retry", "wait")
_SKIPPED = Badge("Skipped by rule", "skip", "off")
_NOT_OURS = Badge("Not ours (already in Shopify)", "skip", "off")
_SYNC = {
    SyncStatus.HELD.value: Badge("Waiting for release", "clock", "wait"),
    SyncStatus.PENDING.value: Badge("Queued", "queue", "info"),
    SyncStatus.SENDING.value: Badge("Queued", "queue", "info"),
    SyncStatus.SYNCED.value: Badge("Synced", "check", "good"),
}
_ATTEMPT = {
    Attempt.Outcome.IN_FLIGHT.value: "info",
    Attempt.Outcome.OK.value: "good",
    Attempt.Outcome.RETRY.value: "wait",
    Attempt.Outcome.UNKNOWN.value: "wait",
    Attempt.Outcome.FAILED.value: "bad",
}
_DELIVERY = {Delivery.Outcome.NEW.value: "info", Delivery.Outcome.USED.value: "good"}
_TONE_ICONS = {"good": "check", "bad": "alert", "wait": "retry", "info": "queue", "off": "skip"}


def tiktok_word(status: str) -> str:
    """TikTok's status in words; one that nobody has heard of stays as it came."""
    badge = _TIKTOK.get(status)  # type: ignore[call-overload]
    return badge.word if badge else status


def tiktok_badge(order: Order) -> Badge:
    """What TikTok says of an order."""
    if order.cancel_requested and order.tiktok_status != OrderStatus.CANCELLED:
        now = tiktok_word(order.tiktok_status)
        return Badge(
            _CANCEL_REQUESTED.word, _CANCEL_REQUESTED.icon, _CANCEL_REQUESTED.tone, f"Now: {now}"
        )
    known = _TIKTOK.get(order.tiktok_status)  # type: ignore[call-overload]
    return known or Badge(
        order.tiktok_status, "question", "off", "A status that this version does not know"
    )


def sync_badge(row: SyncRow) -> Badge:
    """What became of an order, a shipment or a cancellation on its way to the other side."""
    badge = _sync_badge(row)
    note = row.failure_reason if row.sync_status == SyncStatus.FAILED.value else ""
    return Badge(badge.word, badge.icon, badge.tone, note or badge.note)


def _sync_badge(row: SyncRow) -> Badge:
    if row.sync_status == SyncStatus.FAILED.value:
        return _BLOCKED if row.failure_kind == FailureKind.CONFIG.value else _NEEDS_YOU
    if row.sync_status == SyncStatus.SKIPPED.value:
        return _NOT_OURS if row.skip_reason == "already_in_shopify" else _SKIPPED
    if row.sync_status == SyncStatus.PENDING.value and row.tries:
        return _WILL_RETRY
    return _SYNC.get(row.sync_status, Badge(row.sync_status, "question", "off"))


def sync_word(status: str) -> str:
    """Our status in words, for history lines, which know no more than the status."""
    plain = {SyncStatus.FAILED.value: _NEEDS_YOU, SyncStatus.SKIPPED.value: _SKIPPED}
    badge = _SYNC.get(status) or plain.get(status)
    return badge.word if badge else status


def attempt_badge(attempt: Attempt) -> Badge:
    """How one try at the other side ended."""
    tone = _ATTEMPT.get(attempt.outcome, "off")
    return Badge(attempt.get_outcome_display(), _TONE_ICONS[tone], tone)


def delivery_badge(delivery: Delivery) -> Badge:
    """What became of a webhook."""
    tone = _DELIVERY.get(delivery.outcome, "off")
    return Badge(delivery.get_outcome_display(), _TONE_ICONS[tone], tone, delivery.note)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the seller has left to ship. `word` names the urgency, `at` the moment."""

    at: datetime
    word: str
    icon: str
    tone: str


def ship_clock(order: Order, now: datetime) -> Clock | None:
    """The ship-by clock of an order that still has to leave; None when none is running."""
    if order.ship_by is None or order.tiktok_status not in _RUNNING_CLOCKS:
        return None
    if order.ship_by < now:
        return Clock(order.ship_by, "Overdue", "alert", "bad")
    if order.ship_by - now < DUE_SOON:
        return Clock(order.ship_by, "Due", "clock", "wait")
    return Clock(order.ship_by, "Due", "clock", "off")


def release_estimate(order: Order, now: datetime) -> datetime | None:
    """When TikTok's hold of an order should end; None once that is past or where there is none."""
    began = order.paid_at or order.placed_at
    if order.tiktok_status != OrderStatus.ON_HOLD or began is None:
        return None
    ends = order.release_at or began + REMORSE
    return ends if ends > now else None


_RUNNING_CLOCKS = (
    OrderStatus.ON_HOLD,
    OrderStatus.AWAITING_SHIPMENT,
    OrderStatus.PARTIALLY_SHIPPING,
)

TIKTOK_CHOICES = [
    (status.value, badge.word) for status, badge in _TIKTOK.items() if status != OrderStatus.UNPAID
]
SYNC_CHOICES = [
    (SyncStatus.HELD.value, "Waiting for release"),
    (SyncStatus.PENDING.value, "Queued"),
    (SyncStatus.SENDING.value, "Sending"),
    (SyncStatus.SYNCED.value, "Synced"),
    (SyncStatus.FAILED.value, "Blocked or failed"),
    (SyncStatus.SKIPPED.value, "Skipped"),
]
