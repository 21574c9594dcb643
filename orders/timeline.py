"""An order's history as sentences, newest first, with what people said in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from orders import aftersales_words, parcel_words
from orders.comments_shown import Comment
from orders.models import Order, StatusChange
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
_QUIET_NOTES = {"tagged": "Tag added", "untagged": "Tag taken off"}
_WORDS = {**parcel_words.NOTES, **_NOTES, **_QUIET_NOTES}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. `rule` is the setting or check that decided, where one did."""

    pk: int
    at: datetime
    icon: str
    actor: str
    sentence: str
    reason: str
    tone: str
    request_id: str
    attempt: Attempt | None
    rule: str = ""
    comment: Comment | None = None
    groups: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Its name in the page."""
        return f"comment-{self.pk}" if self.comment else f"event-{self.pk}"


#: The ways to read the timeline, and their names.
FILTERS = (
    ("all", "All"),
    ("changes", "Changes"),
    ("errors", "Errors"),
    ("people", "People"),
)


def tell_history(history: Sequence[StatusChange]) -> list[Event]:
    """The timeline, newest first. `history` comes oldest first, with users and attempts joined."""
    return [_tell(line) for line in reversed(history)]


def tell_timeline(
    order: Order, history: Sequence[StatusChange], comments: Sequence[Comment], show: str
) -> list[Event]:
    """History and comments together, newest first, as far as `show` lets through."""
    events = tell_history(history)
    newest = next((line.pk for line in reversed(history) if line.axis == "sync"), None)
    rule = order.failure_code or order.skip_reason or order.wait_reason
    events = [replace(one, rule=rule) if one.pk == newest else one for one in events]
    told = [*events, *(_tell_comment(comment) for comment in comments)]
    told.sort(key=lambda event: event.at, reverse=True)
    return told if show not in _GROUPS else [one for one in told if show in one.groups]


_GROUPS = frozenset(key for key, _ in FILTERS) - {"all"}
_PEOPLE = (StatusChange.Actor.MERCHANT.value, StatusChange.Actor.STAFF.value)


def _tell_comment(comment: Comment) -> Event:
    return Event(
        pk=comment.row.pk,
        at=comment.row.at,
        icon="lock" if comment.row.is_for_staff else "person",
        actor=comment.row.who,
        sentence="Note for support" if comment.row.is_for_staff else "Comment",
        reason="",
        tone="info",
        request_id="",
        attempt=None,
        comment=comment,
        groups=frozenset({"people"}),
    )


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
        groups=_groups(line),
    )


def _groups(line: StatusChange) -> frozenset[str]:
    """Under which of the filters a line is shown."""
    tried_again = line.before == SyncStatus.SENDING.value and line.after == SyncStatus.PENDING.value
    marks = {
        "changes": line.axis != StatusChange.Axis.NOTE.value and line.before != line.after,
        "errors": tried_again or _tone(line) == "bad",
        "people": line.actor in _PEOPLE,
    }
    return frozenset(name for name, fits in marks.items() if fits)


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
