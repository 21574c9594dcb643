"""One action on one order, as a person asks for it of many: done once, with its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orders.models import Fulfillment, Order, OrderTag, StatusChange
from orders.policy import SkipReason
from orders.services.actions import dismiss_order, release_order, retry_order
from orders.services.keep_back import keep_back_order, let_go_on
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Change, SyncStatus

LONGEST_TAG = 40
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, and what was typed."""

    actor: str = "merchant"
    user: Any = None
    tag: str = ""
    reason: str = ""

    @property
    def who(self) -> dict[str, Any]:
        """The person, as actions on orders take it."""
        return {"actor": self.actor, "user": self.user}


def do_act(act: str, order: Order, asked: Asked) -> bool:
    """Do it; False if the order had moved on and nothing was done."""
    return bool(_DO[act](order, asked))


def _sync(order: Order, asked: Asked) -> bool:
    if order.sync_status == SyncStatus.HELD:
        return release_order(order, **asked.who)
    if order.sync_status == SyncStatus.PENDING:
        return _hurry(order)
    return retry_order(order, **asked.who)


def _hurry(order: Order) -> bool:
    """An order that waits for its next try has it now."""
    waiting = Order.objects.filter(pk=order.pk, sync_status=SyncStatus.PENDING)
    moved = waiting.exclude(next_attempt_at=None).update(next_attempt_at=None)
    queue.wake("push_orders", order.shop.store_id)
    return bool(moved)


def _retry(order: Order, asked: Asked) -> bool:
    return retry_order(order, **asked.who)


def _resend(order: Order, asked: Asked) -> bool:
    """Tell TikTok again what it refused."""
    moved = False
    with transaction.atomic():
        refused = Fulfillment.objects.filter(order=order, sync_status=SyncStatus.FAILED)
        for row in refused.select_for_update(no_key=True):
            moved |= statuses.move(
                row,
                SyncStatus.PENDING,
                actor=asked.actor,
                user_id=_id(asked.user),
                reason="Asked for again.",
                tries=0,
            )
        if moved:
            queue.wake("push_fulfillments", order.shop_id)
    return moved


def _skip(order: Order, asked: Asked) -> bool:
    return dismiss_order(order, why=asked.reason, **asked.who)


def _unskip(order: Order, asked: Asked) -> bool:
    """Take a skipping back: the rules decide again, as if it had never been asked for."""
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        if row.sync_status != SyncStatus.SKIPPED or row.skip_reason != SkipReason.DISMISSED:
            return False
        moved = statuses.move(
            row,
            SyncStatus.PENDING,
            actor=asked.actor,
            user_id=_id(asked.user),
            reason="The skipping was taken back.",
            tries=0,
        )
        queue.wake("push_orders", row.shop.store_id)
    return moved


def _tag(order: Order, asked: Asked) -> bool:
    with transaction.atomic():
        _, is_new = OrderTag.objects.get_or_create(order=order, name=asked.tag)
        if is_new:
            _note(order, asked, f"Tagged “{asked.tag}”.")
    return is_new


def _untag(order: Order, asked: Asked) -> bool:
    with transaction.atomic():
        removed, _ = OrderTag.objects.filter(order=order, name=asked.tag).delete()
        if removed:
            _note(order, asked, f"Tag “{asked.tag}” removed.")
    return bool(removed)


def _note(order: Order, asked: Asked, said: str) -> None:
    order.note_change(
        Change(
            axis=StatusChange.Axis.NOTE,
            before="",
            after="tags",
            actor=asked.actor,
            reason=said,
            user_id=_id(asked.user),
        )
    )


_DO: Mapping[str, Any] = {
    "sync": _sync,
    "retry": _retry,
    "resend": _resend,
    "keep": lambda order, asked: keep_back_order(order, **asked.who),
    "let_go": lambda order, asked: let_go_on(order, **asked.who),
    "release": lambda order, asked: release_order(order, **asked.who),
    "skip": _skip,
    "unskip": _unskip,
    "tag": _tag,
    "untag": _untag,
}


def _id(user: Any) -> int | None:
    return getattr(user, "pk", None)
