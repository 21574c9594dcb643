"""pull_fulfillments: what one Shopify store shipped, by webhook hints and a reconcile poll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from orders.mapping import MappingOptions
from orders.models import Order
from orders.services.created_orders import UNSHIPPED
from orders.services.store_fulfillments import store_shopify_order
from tiktoksync.errors import SyncError
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.payloads import ChangedOrder
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.accounts import awake, note_good_poll, note_refused_poll
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import accounts
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus
from tiktoksync.sync.settling import concerns_account
from tiktoksync.tiktok.enums import OrderStatus
from tiktoksync.webhooks.inbox import (
    mark_ignored,
    mark_used,
    named_orders,
    take_hints,
    waiting_hints,
)
from tiktoksync.webhooks.models import Delivery

log = structlog.get_logger(__name__)

HINTS_A_ROUND = 200
ORDERS_A_CALL = 50
MOST_PAGES = 200
SAME_SECOND = timedelta(seconds=2)
# Until the carrier has a parcel, its number may still be corrected.
OPEN = (
    OrderStatus.AWAITING_SHIPMENT.value,
    OrderStatus.PARTIALLY_SHIPPING.value,
    OrderStatus.AWAITING_COLLECTION.value,
)


class PullFulfillments(StoreFlow):
    """Reads shipments of the orders that this application created in one store."""

    stem = "pull_fulfillments"
    account: ShopifyStore

    def __init__(self, store: ShopifyStore) -> None:
        super().__init__(store)
        self.drained = Drained()

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        due = Q(next_fulfillment_poll_at=None) | Q(next_fulfillment_poll_at__lte=now)
        poll = due & Exists(_open_orders().filter(shop__store=OuterRef("pk")))
        hinted = Q(pk__in=_hinted().values("store_id"))
        return ShopifyStore.objects.filter(awake(now), poll | hinted).values_list("pk", flat=True)

    def has_due(self, now: datetime) -> bool:
        return self.account.pk in set(type(self).due_accounts(now))

    def run(self, lease: Lease, budget: Budget) -> Drained:
        if self.account.is_paused(database_now()):
            return self.drained
        try:
            while not budget.is_spent() and self._follow_hints():
                lease.renew()
            if self._poll_is_due():
                self._poll(lease)
                note_good_poll(self.account, self.stem)
        except SyncError as error:
            if not concerns_account(error):
                self._poll_later()
                note_refused_poll(self.account, self.stem, error)
            else:
                self.note_failure(error)
        return self.drained

    def _mine(self) -> QuerySet[Order]:
        return Order.objects.in_shopify().filter(shop__store=self.account)

    # --- hints -----------------------------------------------------------------------------------

    def _follow_hints(self) -> bool:
        """Read again the orders that waiting webhooks name; whether there were any."""
        hints = take_hints(store=self.account, limit=HINTS_A_ROUND)
        named = {hint.pk: set(named_orders(hint)) for hint in hints}
        wanted = set().union(*named.values()) if named else set()
        ours = dict(
            self._mine()
            .filter(shopify_legacy_id__in=wanted)
            .values_list("shopify_legacy_id", "shopify_order_id")
        )
        self._read(list(ours.values()))
        mark_used(hint for hint in hints if named[hint.pk] & ours.keys())
        mark_ignored(
            (hint for hint in hints if not named[hint.pk] & ours.keys()), "Not an order of ours."
        )
        return bool(hints)

    def _read(self, gids: list[str]) -> None:
        for start in range(0, len(gids), ORDERS_A_CALL):
            answer = shopify_client(self.account).read_orders(gids[start : start + ORDERS_A_CALL])
            accounts.note_success(self.account)
            for body in answer.data:
                self._store(body, answer.request_id)

    def _store(self, body: Mapping[str, Any], request_id: str) -> None:
        with transaction.atomic():
            order = (
                self._mine()
                .select_for_update(of=("self",), no_key=True)
                .select_related("shop")
                .filter(shopify_order_id=body["id"])
                .first()
            )
            if order is not None:
                store_shopify_order(order, body, request_id)
                self.drained.worked += 1

    # --- poll ------------------------------------------------------------------------------------

    def _poll_is_due(self) -> bool:
        polls = ["next_fulfillment_poll_at", "last_fulfillment_poll_at"]
        self.account.refresh_from_db(fields=[*polls, "fulfillments_watermark"])
        due = self.account.next_fulfillment_poll_at
        if due is not None and due > database_now():
            return False
        return _open_orders().filter(shop__store=self.account).exists()

    def _poll(self, lease: Lease) -> None:
        """Ask which orders changed since the watermark, and read those of them that are ours."""
        started = database_now()
        since = self._window_start(started)
        after, newest = "", since
        for _ in range(MOST_PAGES):
            answer = shopify_client(self.account).orders_updated_since(
                since, source_name=MappingOptions().source_name, after=after
            )
            accounts.note_success(self.account)
            page = answer.data
            self._read(self._worth_reading(page.orders))
            newest = max([newest, *(row.updated_at for row in page.orders)])
            after = page.next_cursor
            if not after:
                break
            lease.renew()
        self._move_watermark(started, newest)

    def _worth_reading(self, changed: Sequence[ChangedOrder]) -> list[str]:
        """Those of the changed orders that are ours and say something new about shipping."""
        stored = {
            order.shopify_order_id: order
            for order in self._mine().filter(shopify_order_id__in=[row.id for row in changed])
        }
        recently = self._read_recently()
        return [
            row.id
            for row in changed
            if row.id in stored and _is_news(stored[row.id], row, recently)
        ]

    def _read_recently(self) -> datetime:
        """From when on changes may have followed a reading within the same second."""
        last = self.account.last_fulfillment_poll_at
        return (last or database_now()) - SAME_SECOND

    def _window_start(self, now: datetime) -> datetime:
        mark = self.account.fulfillments_watermark
        if mark is None:
            first = self._mine().order_by("synced_at").values_list("synced_at", flat=True).first()
            mark = first or now
        return mark - timedelta(seconds=settings.POLL_OVERLAP_SECONDS)

    def _move_watermark(self, started: datetime, newest: datetime) -> None:
        mark = max(filter(None, [self.account.fulfillments_watermark, newest]))
        ShopifyStore.objects.filter(pk=self.account.pk).update(
            fulfillments_watermark=mark,
            last_fulfillment_poll_at=started,
            next_fulfillment_poll_at=started + scaled(settings.FULFILLMENT_POLL_SECONDS),
            last_good_call_at=database_now(),
        )

    def _poll_later(self) -> None:
        """A refusal that nobody expects is told once an interval, not at every tick."""
        later = database_now() + scaled(settings.FULFILLMENT_POLL_SECONDS)
        ShopifyStore.objects.filter(pk=self.account.pk).update(next_fulfillment_poll_at=later)


def _open_orders() -> QuerySet[Order]:
    """Orders in Shopify whose tracking TikTok still waits for, or may still take a change of."""
    return Order.objects.filter(sync_status=SyncStatus.SYNCED, tiktok_status__in=OPEN)


def begin_polling(store: ShopifyStore) -> None:
    """Start the reconcile poll's interval, for a store that had nothing open until now."""
    interval = scaled(settings.FULFILLMENT_POLL_SECONDS)
    now = database_now()
    idle = Q(next_fulfillment_poll_at=None) | Q(next_fulfillment_poll_at__lt=now - 2 * interval)
    ShopifyStore.objects.filter(idle, pk=store.pk).update(next_fulfillment_poll_at=now + interval)


def _is_news(order: Order, row: ChangedOrder, recently: datetime) -> bool:
    """Unshipped orders change for many reasons (a tag, a note): they need not be read again.

    Shopify's times are in whole seconds: what changed since the last poll began may have changed
    once more after it was read.
    """
    if row.fulfillment_status == UNSHIPPED and not row.cancelled_at:
        return order.shopify_status != UNSHIPPED
    return row.updated_at != order.shopify_updated_at or row.updated_at >= recently


def _hinted() -> QuerySet[Delivery]:
    return waiting_hints(PullFulfillments.stem)
