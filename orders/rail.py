"""An order's way as a rail of stops, with the time of each and a guess at the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from orders.models import Fulfillment, Order, StatusChange
from orders.presentation import release_estimate
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the rail. States: done, now, todo, end, passed (went by).

    `guess` says when the next stop should come; `guess_word` whether that is expected or due.
    """

    label: str
    state: str
    at: datetime | None = None
    guess: datetime | None = None
    guess_word: str = ""

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
    order: Order,
    history: Sequence[StatusChange],
    fulfillments: Sequence[Fulfillment],
    now: datetime | None = None,
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
    if order.tiktok_status == OrderStatus.CANCELLED:
        return _end_cancelled(steps, seen)
    return _guess_next(order, steps, now) if now else steps


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


def _guess_next(order: Order, steps: list[Step], now: datetime) -> list[Step]:
    """The first stop ahead, with the time at which it should come, where anything is known."""
    ahead = next((index for index, step in enumerate(steps) if step.state == "todo"), None)
    if ahead is None:
        return steps
    guess, word = _guess(order, steps[ahead].label, now)
    if guess is None or guess <= now:
        return steps
    guessed = replace(steps[ahead], guess=guess, guess_word=word)
    return [*steps[:ahead], guessed, *steps[ahead + 1 :]]


def _guess(order: Order, label: str, now: datetime) -> tuple[datetime | None, str]:
    if label in ("On hold", "Released"):
        return release_estimate(order, now), "expected"
    if label == "In Shopify" and order.sync_status == SyncStatus.PENDING.value:
        return order.next_attempt_at, "expected"
    if label in ("Tracking sent", "Awaiting collection"):
        return order.ship_by, "due"
    return None, ""
