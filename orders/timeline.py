"""An order's history as sentences, newest first, and its way as a rail of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from orders import aftersales_words, parcel_words
from orders.models import Fulfillment, Order, StatusChange
from orders.presentation import sync_word, tiktok_word
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

_ACTOR_ICONS = {
    StatusChange.Actor.TIKTOK: "note",
    StatusChange.Actor.SHOPIFY: "bag",
    StatusChange.Actor.SYSTEM: "sync",
    StatusChange.Actor.MERCHANT: "person",
    StatusChange.Actor.STAFF: "staff",
    StatusChange.Actor.API: "api",
}
_SYNC_SENTENCES = {
    "held": "Kept back from Shopify",
    "pending": "Queued for Shopify",
    "sending": "Sending to Shopify",
    "synced": "Created in Shopify",
    "failed": "Could not be sent to Shopify",
    "skipped": "Not sent to Shopify",
}
_SHIPMENT_SENTENCES = {
    "held": "Tracking waits",
    "pending": "Tracking queued for TikTok",
    "sending": "Sending the tracking to TikTok",
    "synced": "Tracking accepted by TikTok",
    "failed": "Tracking refused",
    "skipped": "Tracking not sent to TikTok",
}
_CANCEL_SENTENCES = {
    "pending": "Cancellation queued for Shopify",
    "sending": "Cancelling in Shopify",
    "synced": "Cancelled in Shopify",
    "failed": "Could not be cancelled in Shopify",
    "skipped": "Left as it is in Shopify",
}
_ADDRESS_SENTENCES = {
    "pending": "New address queued for Shopify",
    "sending": "Correcting the address in Shopify",
    "synced": "Shopify has the new address",
    "failed": "The new address is not in Shopify",
    "skipped": "Address left as it is in Shopify",
}
_SENTENCES: dict[str, Mapping[str, str]] = {
    StatusChange.Axis.SYNC: _SYNC_SENTENCES,
    StatusChange.Axis.FULFILLMENT: _SHIPMENT_SENTENCES,
    StatusChange.Axis.CANCELLATION: _CANCEL_SENTENCES,
    StatusChange.Axis.ADDRESS: _ADDRESS_SENTENCES,
    **parcel_words.SENTENCES,
    **aftersales_words.SENTENCES,
}
_RETRY_SENTENCES: dict[str, str] = {
    StatusChange.Axis.SYNC: "The try did not work; queued again",
    StatusChange.Axis.FULFILLMENT: "Tracking not sent yet; it goes on",
    StatusChange.Axis.CANCELLATION: "Cancelling did not work; queued again",
    StatusChange.Axis.ADDRESS: "The new address is not in Shopify yet; queued again",
    **parcel_words.GOES_ON,
    **aftersales_words.GOES_ON,
}
_NOTES = {
    "second_order": "A second Shopify order claims this order",
    "total_differs": "The total in Shopify has changed",
    "cancel_request_unknown": "TikTok says something new of the cancel request",
}
_WORDS = {**parcel_words.NOTES, **_NOTES}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    pk: int
    at: datetime
    icon: str
    actor: str
    sentence: str
    reason: str
    tone: str
    request_id: str
    attempt: Attempt | None


def tell_history(history: Sequence[StatusChange]) -> list[Event]:
    """The timeline, newest first. `history` comes oldest first, with users and attempts joined."""
    return [_tell(line) for line in reversed(history)]


def _tell(line: StatusChange) -> Event:
    return Event(
        pk=line.pk,
        at=line.at,
        icon=_ACTOR_ICONS.get(line.actor, "sync"),  # type: ignore[call-overload]
        actor=str(line.user) if line.user else line.get_actor_display(),
        sentence=_sentence(line),
        reason=line.reason,
        tone=_tone(line),
        request_id=line.request_id,
        attempt=line.attempt,
    )


def _sentence(line: StatusChange) -> str:
    if line.axis == StatusChange.Axis.TIKTOK:
        word = tiktok_word(line.after)
        return f"TikTok: {word}" if line.before else f"First seen on TikTok: {word}"
    if line.axis == StatusChange.Axis.SHOPIFY:
        return f"Shopify: {line.after.replace('_', ' ').capitalize()}"
    if line.axis == StatusChange.Axis.RETURN:
        return f"Return on TikTok: {aftersales_words.return_word(line.after)}"
    if line.axis == StatusChange.Axis.NOTE:
        return _WORDS.get(line.after) or line.after.replace("_", " ").capitalize() or "Note"
    if line.before == SyncStatus.SENDING.value and line.after == SyncStatus.PENDING.value:
        return _RETRY_SENTENCES[line.axis]
    known = _SENTENCES.get(line.axis, {})
    return str(known.get(line.after) or sync_word(line.after))


def _tone(line: StatusChange) -> str:
    if line.axis == StatusChange.Axis.RETURN:
        return aftersales_words.return_tone(line.after)
    if line.axis == StatusChange.Axis.CANCEL_REQUEST and line.after == SyncStatus.HELD.value:
        return "wait"
    if line.after == SyncStatus.FAILED.value or line.after in _NOTES:
        return "bad"
    if line.before == SyncStatus.SENDING.value and line.after == SyncStatus.PENDING.value:
        return "wait"
    if line.after in (SyncStatus.SYNCED.value, OrderStatus.DELIVERED, OrderStatus.COMPLETED):
        return "good"
    return "off"


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the rail. States: done, now, todo, end, passed (went by)."""

    label: str
    state: str
    at: datetime | None = None

    @property
    def icon(self) -> str:
        """What stands in the stop's circle."""
        return {"done": "check", "end": "cross"}.get(self.state, "")

    @property
    def is_now(self) -> bool:
        """The order stands here."""
        return self.state == "now"

    @property
    def is_passed(self) -> bool:
        """The order went by without stopping."""
        return self.state == "passed"


# What a status means for the rail: the stops that TikTok itself names, in their order.
_STOPS = (
    (OrderStatus.ON_HOLD, "On hold"),
    (OrderStatus.AWAITING_SHIPMENT, "Released"),
    (None, "In Shopify"),
    (None, "Tracking sent"),
    (OrderStatus.AWAITING_COLLECTION, "Awaiting collection"),
    (OrderStatus.IN_TRANSIT, "In transit"),
    (OrderStatus.DELIVERED, "Delivered"),
)


def progress_rail(
    order: Order, history: Sequence[StatusChange], fulfillments: Sequence[Fulfillment]
) -> list[Step]:
    """Paid → On hold → Released → In Shopify → … → Delivered, with the time of each stop."""
    seen = _first_times(history)
    sent = min((row.sent_at for row in fulfillments if row.sent_at), default=None)
    moments: list[tuple[str, datetime | None]] = [
        ("Ordered" if order.is_cod else "Paid", order.paid_at or order.placed_at)
    ]
    for status, label in _STOPS:
        moments.append((label, seen.get(status) if status else None))
    known = dict(moments) | {"In Shopify": order.synced_at, "Tracking sent": sent}
    known["Released"] = known["Released"] or order.released_at
    known["Delivered"] = known["Delivered"] or seen.get(OrderStatus.COMPLETED)
    steps = _states([(label, known[label]) for label, _ in moments])
    return _end_cancelled(steps, seen) if order.tiktok_status == OrderStatus.CANCELLED else steps


def _first_times(history: Sequence[StatusChange]) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    for line in history:
        if line.axis == StatusChange.Axis.TIKTOK:
            times.setdefault(line.after, line.at)
    return times


def _states(moments: Sequence[tuple[str, datetime | None]]) -> list[Step]:
    reached = [index for index, (_, at) in enumerate(moments) if at]
    last = max(reached, default=0)
    steps = []
    for index, (label, at) in enumerate(moments):
        if index == last:
            state = "done" if index == len(moments) - 1 else "now"
        elif index < last:
            state = "done" if at else "passed"
        else:
            state = "todo"
        steps.append(Step(label, state, at))
    return steps


def _end_cancelled(steps: list[Step], seen: dict[str, datetime]) -> list[Step]:
    """A cancelled order keeps the stops it made; what lies ahead is replaced by the end."""
    made = [Step(step.label, "done", step.at) for step in steps if step.at]
    return [*made, Step("Cancelled", "end", seen.get(OrderStatus.CANCELLED))]
