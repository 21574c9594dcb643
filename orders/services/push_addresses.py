"""push_addresses: the address that a buyer changed on TikTok is written on the Shopify order.

Shopify is looked at first: it may have the address already, or have shipped the order meanwhile.
The same look answers what became of a write without a clear answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from orders.address_changes import address_of, fingerprint, is_same_address
from orders.models import AddressChange, Order
from orders.services.request_addresses import REPLACED, SUPERSEDED
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.order_changes import OrderAddress
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
from tiktoksync.tiktok.enums import OrderStatus

COMPARED = "compared"
FULFILLED = "FULFILLED"
ONE_AFTER_THE_OTHER_SECONDS = 5.0
SHIPPED = (
    "The buyer changed the address after the parcel was shipped in Shopify, so it is on its way to "
    "the old one. Stop or redirect it if you still can; the new address stands on TikTok."
)
HIDDEN = (
    "The buyer changed the address, but TikTok hides it by now. Open the order in TikTok's Seller "
    "Center and correct the Shopify order by hand."
)
GONE = "The Shopify order no longer exists, so its address cannot be corrected."


class PushAddresses(StoreFlow, OutboundFlow):
    """Corrects the addresses of orders in one Shopify store."""

    stem = "push_addresses"
    model = AddressChange
    account: ShopifyStore
    account_of_row = "order__shop__store"
    origin_of_row = "order__shop"
    order_by = ("requested_at", "pk")

    def prefetched(self, rows: QuerySet[AddressChange]) -> QuerySet[AddressChange]:
        return rows.select_related("order", "order__shop")

    def plan(self, rows: Sequence[AddressChange], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        return [task for row in rows if (task := _plan(client, row, now))]

    def record(
        self,
        rows: Sequence[AddressChange],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == "update":
            _done(row, attempt, f"Written on Shopify order {row.order.shopify_order_name}.", answer)
        else:
            _compare(row, attempt, answer, task.facts)

    def refused(
        self,
        row: AddressChange,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if isinstance(error, Rejected | Gone) and task.step == "update":
            look_after_refusal(row, error, attempt)
        else:
            settle_error(row, error, attempt, paused_until)


def _plan(client: Any, row: AddressChange, now: datetime) -> Task | None:
    order = row.order
    others = AddressChange.objects.filter(order=order).exclude(pk=row.pk)
    if others.filter(revision__gt=row.revision).exists():
        statuses.move(row, SyncStatus.SKIPPED, reason=REPLACED, skip_reason=SUPERSEDED)
    elif order.tiktok_status == OrderStatus.CANCELLED or order.shopify_cancelled_at:
        _skip_cancelled(row)
    elif others.filter(sync_status=SyncStatus.SENDING).exists():
        # Two writes of one order side by side could end with the older address.
        statuses.defer(row, now + scaled(ONE_AFTER_THE_OTHER_SECONDS), "older_in_flight")
    else:
        return _task(client, row)
    return None


def _task(client: Any, row: AddressChange) -> Task | None:
    address = wanted_address(row)
    gid = row.order.shopify_order_id
    if address is None:
        statuses.fail(row, FailureKind.CONFIG, "address_hidden", HIDDEN)
        return None
    if row.wait_reason == COMPARED and row.in_doubt_since is None:
        return Task("update", partial(client.update_order_address, gid, address), (row,))
    return Task("look", partial(client.read_order_address, gid), (row,), facts=address)


def wanted_address(row: AddressChange) -> dict[str, str] | None:
    """The address that a change stands for, if TikTok still shows it."""
    order: Order = row.order
    address = address_of(order.raw).address
    if address and fingerprint(order.tiktok_order_id, address) == row.fingerprint:
        return address
    return None


def _compare(
    row: AddressChange,
    attempt: Attempt,
    answer: Answer[OrderAddress | None],
    wanted: dict[str, str],
) -> None:
    """What Shopify's own state of the order means for the change."""
    found = answer.data
    if found is None:
        statuses.fail(row, FailureKind.GONE, "gone", GONE, attempt=attempt)
    elif is_same_address(found.parts, wanted):
        _done(row, attempt, f"Shopify order {row.order.shopify_order_name} has it.", answer)
    elif found.cancelled_at:
        _skip_cancelled(row, attempt)
    elif was_refused(row):
        confirm_refusal(row, attempt)
    elif found.fulfillment_status == FULFILLED:
        statuses.fail(row, FailureKind.CONFIG, "address_after_shipping", SHIPPED, attempt=attempt)
    else:
        statuses.move(
            row,
            SyncStatus.PENDING,
            attempt=attempt,
            reason="Shopify still has the old address.",
            request_id=answer.request_id,
            wait_reason=COMPARED,
            in_doubt_since=None,
        )


def _done(row: AddressChange, attempt: Attempt, reason: str, answer: Answer[Any]) -> None:
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=reason,
        request_id=answer.request_id,
        done_at=database_now(),
    )


def _skip_cancelled(row: AddressChange, attempt: Attempt | None = None) -> None:
    statuses.move(
        row,
        SyncStatus.SKIPPED,
        attempt=attempt,
        reason="The order was cancelled, so its address does not matter any more.",
        skip_reason="order_cancelled",
    )
