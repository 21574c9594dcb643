"""push_packages: the parcels that TikTok ships become fulfillments in Shopify.

One parcel makes one fulfillment, or one for each location its units wait at. A changed number is
put on it, a cancelled parcel takes it back. Shopify knows no key for any of this: after an unclear
answer the order is read, and what carries the parcel's number there is the parcel's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from orders.carriers import shopify_company
from orders.models import PackageFulfillment
from orders.open_lines import Lines, Picked, pick, shipped_pieces
from orders.parcels import parcels_of
from orders.services.rules import order_rules
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.payloads import Tracking
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import (
    confirm_refusal,
    look_after_refusal,
    settle_error,
    was_refused,
)

SOON_SECONDS, HELD_SECONDS = 2.0, 300.0
WRITES = ("fulfill", "update_tracking", "cancel_fulfillment")
LIVE = "SUCCESS"
CANCELLED_HERE = "The order is cancelled in Shopify."
BY_RULE = "Parcels that TikTok ships are not told to Shopify, by the shop's rules."
SUPERSEDED = "TikTok changed the parcel again: its newest state takes this one's place."
NOTHING_TO_TAKE_BACK = "Shopify was not told of this parcel: there is nothing to take back."
ORDER_GONE = "The order is no longer in Shopify."
NO_LINES = "The Shopify order has no line for these items any more: its lines were changed."
DONE_BY_HAND = "Shopify shows these items as fulfilled already, without this number."
HELD_THERE = "The items are on hold in Shopify; the parcel is told once they are released."
NO_FULFILLMENT = "Shopify holds no fulfillment with the number {} any more."
NOT_YET = "Shopify does not have the parcel yet."


@dataclass(slots=True)
class _Seen:
    """What was read of a row's order since its last write; gone with the drain."""

    fulfillments: list[Mapping[str, Any]] | None = None
    lines: Lines | None = None
    more: bool = False


@dataclass(slots=True)
class _Target:
    """What a write is about, and whether another has to follow."""

    gid: str = ""
    more: bool = False
    lines: Lines = field(default_factory=dict)


class PushPackages(StoreFlow, OutboundFlow):
    """Fulfills orders in one Shopify store with the parcels that TikTok ships."""

    stem = "push_packages"
    model = PackageFulfillment
    account: ShopifyStore
    account_of_row = "order__shop__store"
    origin_of_row = "order__shop"
    order_by = ("package_id", "revision")

    def __init__(self, account: ShopifyStore) -> None:
        super().__init__(account)
        self.seen: dict[int, _Seen] = {}

    def prefetched(self, rows: QuerySet[PackageFulfillment]) -> QuerySet[PackageFulfillment]:
        return rows.select_related("order", "order__shop", "package")

    def remote_id(self, answer: Answer[Any]) -> str:
        return str(getattr(answer.data, "id", ""))

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[PackageFulfillment], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        tasks = [self._decide(client, row, now) for row in rows]
        return [task for task in tasks if task is not None]

    def _decide(self, client: Any, row: PackageFulfillment, now: datetime) -> Task | None:
        others = list(row.package.shopify_fulfillments.exclude(pk=row.pk).order_by("revision"))
        if self._has_no_use(row, others):
            return None
        earlier = [one for one in others if one.revision < row.revision]
        if any(one.sync_status in (SyncStatus.PENDING, SyncStatus.SENDING) for one in earlier):
            statuses.defer(row, now + scaled(SOON_SECONDS), "earlier")
            return None
        told = _told(earlier)
        if told is None and not row.tracking_number:
            _skip(row, "nothing_to_take_back", NOTHING_TO_TAKE_BACK)
            return None
        seen = self.seen.setdefault(row.pk, _Seen())
        if seen.fulfillments is None and (told is not None or row.in_doubt_since is not None):
            call = partial(client.read_orders, [row.order.shopify_order_id])
            return Task("look", call, (row,), told)
        if told is not None:
            return self._change(client, row, told, seen.fulfillments or [])
        if seen.lines is None:
            call = partial(client.fulfillment_orders, row.order.shopify_order_id)
            return Task("read", call, (row,))
        call = partial(client.create_fulfillment, seen.lines, _tracking(row))
        return Task("fulfill", call, (row,), _Target(more=seen.more))

    def _has_no_use(self, row: PackageFulfillment, others: Sequence[PackageFulfillment]) -> bool:
        """Parcels that Shopify is not told of: said on the row."""
        if row.order.shopify_cancelled_at is not None:
            _skip(row, "order_cancelled", CANCELLED_HERE)
        elif row.in_doubt_since is not None:
            return False
        elif any(one.revision > row.revision for one in others):
            _skip(row, "superseded", SUPERSEDED)
        elif not order_rules(row.order.shop).fulfill_tiktok_parcels:
            _skip(row, "excluded_by_rule", BY_RULE)
        else:
            return False
        return True

    def _change(
        self,
        client: Any,
        row: PackageFulfillment,
        told: PackageFulfillment,
        fulfillments: Sequence[Mapping[str, Any]],
    ) -> Task | None:
        """Put the new number on what carries the old one, or take it back, one by one."""
        left = _carrying(fulfillments, told, row)
        if not left:
            reason = NO_FULFILLMENT.format(told.tracking_number)
            statuses.fail(row, FailureKind.GONE, "fulfillment_gone", reason, in_doubt_since=None)
            return None
        target = _Target(gid=str(left[0]["id"]), more=len(left) > 1)
        if not row.tracking_number:
            call = partial(client.cancel_fulfillment, target.gid)
            return Task("cancel_fulfillment", call, (row,), target)
        call = partial(client.update_fulfillment_tracking, target.gid, _tracking(row))
        return Task("update_tracking", call, (row,), target)

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[PackageFulfillment],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == "look":
            self._looked(row, task.facts, answer, attempt)
        elif task.step == "read":
            self._read(row, answer, attempt)
        else:
            self._wrote(row, task, answer, attempt)

    def _looked(
        self,
        row: PackageFulfillment,
        told: PackageFulfillment | None,
        answer: Answer[Any],
        attempt: Attempt,
    ) -> None:
        """The order was read: what carries the parcel's number there is the parcel's."""
        if not answer.data:
            _fail(row, FailureKind.GONE, "order_gone", ORDER_GONE, attempt)
            return
        found = [
            one for one in answer.data[0].get("fulfillments") or [] if one.get("status") == LIVE
        ]
        mine = [one for one in found if _carries(one, row.tracking_number)]
        self.seen[row.pk] = _Seen(fulfillments=found)
        if told is not None and not _carrying(found, told, row) and (mine or _is_end(row)):
            self._done(row, answer, attempt, str(mine[0]["id"]) if mine else "")
        elif was_refused(row) and not mine:
            self.seen.pop(row.pk)
            confirm_refusal(row, attempt)
        elif told is None and not mine:
            _try_again(row, attempt, in_doubt_since=None)
        else:
            gid = str(mine[0]["id"]) if mine else row.shopify_fulfillment_id
            _try_again(row, attempt, shopify_fulfillment_id=gid)

    def _read(self, row: PackageFulfillment, answer: Answer[Any], attempt: Attempt) -> None:
        """What the order still has to ship is known: choose the parcel's lines."""
        if answer.data is None:
            _fail(row, FailureKind.GONE, "order_gone", ORDER_GONE, attempt)
            return
        seen = self.seen.setdefault(row.pk, _Seen())
        mine = [one for one in seen.fulfillments or [] if _carries(one, row.tracking_number)]
        picked = pick(answer.data, row.units, shipped_pieces(mine))
        if not picked.is_known:
            _fail(row, FailureKind.CONFIG, "units_unknown", NO_LINES, attempt)
        elif picked.locations:
            seen.lines, seen.more = picked.locations[0], len(picked.locations) > 1
            _try_again(row, attempt)
        else:
            self._nothing_left(row, picked, answer, attempt, bool(mine))

    def _nothing_left(
        self,
        row: PackageFulfillment,
        picked: Picked,
        answer: Answer[Any],
        attempt: Attempt,
        has_some: bool,
    ) -> None:
        self.seen.pop(row.pk, None)
        if has_some:
            self._done(row, answer, attempt, row.shopify_fulfillment_id)
        elif picked.is_held:
            later = database_now() + scaled(HELD_SECONDS)
            _try_again(row, attempt, HELD_THERE, next_attempt_at=later, wait_reason="held_there")
        else:
            _skip(row, "already_fulfilled", DONE_BY_HAND, attempt)

    def _wrote(
        self, row: PackageFulfillment, task: Task, answer: Answer[Any], attempt: Attempt
    ) -> None:
        self.seen.pop(row.pk, None)
        gid = row.shopify_fulfillment_id or answer.data.id
        if task.facts.more:
            # The next call is about what the order shows then.
            columns = {"shopify_fulfillment_id": gid, "in_doubt_since": attempt.started_at}
            _try_again(row, attempt, "Part of the parcel is in Shopify; more follows.", **columns)
        else:
            self._done(row, answer, attempt, gid)

    def _done(
        self, row: PackageFulfillment, answer: Answer[Any], attempt: Attempt, gid: str
    ) -> None:
        self.seen.pop(row.pk, None)
        parcel = f"{shopify_company(row.carrier)} {row.tracking_number}"
        if _is_end(row):
            reason = "The fulfillment of the cancelled parcel was taken back in Shopify."
        else:
            reason = f"Shopify has {parcel}."
        statuses.move(
            row,
            SyncStatus.SYNCED,
            attempt=attempt,
            reason=reason,
            request_id=answer.request_id,
            shopify_fulfillment_id=gid,
            sent_at=database_now(),
        )

    def refused(
        self,
        row: PackageFulfillment,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        self.seen.pop(row.pk, None)
        if isinstance(error, Rejected | Gone) and task.step in WRITES:
            look_after_refusal(row, error, attempt)
        else:
            settle_error(row, error, attempt, paused_until)


def _tracking(row: PackageFulfillment) -> Tracking:
    return Tracking(company=shopify_company(row.carrier), number=row.tracking_number)


def _is_end(row: PackageFulfillment) -> bool:
    """Whether the row takes a fulfillment back."""
    return not row.tracking_number


def _told(earlier: Sequence[PackageFulfillment]) -> PackageFulfillment | None:
    """The newest state of the parcel that Shopify has."""
    synced = [one for one in earlier if one.sync_status == SyncStatus.SYNCED]
    return synced[-1] if synced and synced[-1].tracking_number else None


def _carries(fulfillment: Mapping[str, Any], number: str) -> bool:
    numbers = {one.number.casefold() for one in parcels_of(fulfillment)} - {""}
    return number.casefold() in numbers


def _carrying(
    fulfillments: Sequence[Mapping[str, Any]], told: PackageFulfillment, row: PackageFulfillment
) -> list[Mapping[str, Any]]:
    """The living fulfillments of a parcel that are not as they should be yet."""
    company = shopify_company(row.carrier)
    return [
        one
        for one in fulfillments
        if (one["id"] == told.shopify_fulfillment_id or _carries(one, told.tracking_number))
        and not (
            row.tracking_number
            and _carries(one, row.tracking_number)
            and parcels_of(one)[0].carrier == company
        )
    ]


def _try_again(
    row: PackageFulfillment, attempt: Attempt, reason: str = NOT_YET, **columns: Any
) -> None:
    statuses.move(row, SyncStatus.PENDING, attempt=attempt, reason=reason, **columns)


def _skip(row: PackageFulfillment, code: str, reason: str, attempt: Attempt | None = None) -> None:
    statuses.move(
        row,
        SyncStatus.SKIPPED,
        attempt=attempt,
        reason=reason,
        skip_reason=code,
        in_doubt_since=None,
    )


def _fail(
    row: PackageFulfillment, kind: FailureKind, code: str, reason: str, attempt: Attempt
) -> None:
    statuses.fail(row, kind, code, reason, attempt=attempt, in_doubt_since=None)
