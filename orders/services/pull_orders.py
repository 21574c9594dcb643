"""pull_orders: what is new at one TikTok shop, by webhook hints and by a poll of the update window.

The webhook says where to look, the API says what is true. The watermark moves last, after every
page up to it is stored; windows overlap, because lists lag and clocks differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from orders.services.follow_aftersales import TOPICS, want_aftersales
from orders.services.store_orders import Stored, store_page
from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.accounts import awake, note_good_poll, note_refused_poll
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import accounts
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account
from tiktoksync.webhooks.inbox import mark_used, named_orders, take_hints, waiting_hints
from tiktoksync.webhooks.models import Delivery

log = structlog.get_logger(__name__)

HINTS_A_ROUND = 200
DETAILS_A_CALL = 50
MOST_PAGES = 1000


class PullOrders(ShopFlow):
    """Reads orders of one TikTok shop."""

    stem = "pull_orders"
    account: TikTokShop

    def __init__(self, shop: TikTokShop) -> None:
        super().__init__(shop)
        self.drained = Drained()

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        poll = Q(next_poll_at=None) | Q(next_poll_at__lte=now)
        hinted = Q(pk__in=_hinted().values("shop_id"))
        return TikTokShop.objects.filter(awake(now), poll | hinted).values_list("pk", flat=True)

    def has_due(self, now: datetime) -> bool:
        self.account.refresh_from_db(fields=["next_poll_at", *PAUSE_COLUMNS])
        if self.account.is_paused(now):
            return False
        poll_at = self.account.next_poll_at
        return poll_at is None or poll_at <= now or _hinted().filter(shop=self.account).exists()

    def run(self, lease: Lease, budget: Budget) -> Drained:
        if self.account.is_paused(database_now()):
            return self.drained
        try:
            while not budget.is_spent() and self._follow_hints():
                lease.renew()
            if self._poll_is_due():
                self._poll(lease, budget)
                note_good_poll(self.account, self.stem)
        except SyncError as error:
            if not concerns_account(error):
                self._poll_later()
                note_refused_poll(self.account, self.stem, error)
            else:
                self.note_failure(error)
        return self.drained

    # --- hints -----------------------------------------------------------------------------------

    def _follow_hints(self) -> bool:
        """Read again what the waiting webhooks name; whether there were any."""
        hints = take_hints(shop=self.account, limit=HINTS_A_ROUND)
        by_order: dict[str, list[Delivery]] = {}
        for hint in hints:
            for order_id in named_orders(hint):
                by_order.setdefault(order_id, []).append(hint)
        ids = list(by_order)
        for start in range(0, len(ids), DETAILS_A_CALL):
            self._read(ids[start : start + DETAILS_A_CALL])
        told = [hint for hint in hints if hint.topic in TOPICS]
        want_aftersales(self.account, [one for hint in told for one in named_orders(hint)])
        mark_used(hints)
        return bool(hints)

    def _read(self, ids: list[str]) -> None:
        """Read and store orders; ids that are not this shop's are found out one by one."""
        try:
            answer = tiktok_client(self.account).get_orders(ids)
        except PermanentError as error:
            if concerns_account(error):
                raise
            self._read_singly(ids, error)
            return
        accounts.note_success(self.account)
        self._store(answer.data)

    def _read_singly(self, ids: list[str], error: SyncError) -> None:
        if len(ids) == 1:
            log.warning("hinted order refused", shop=self.account.pk, code=error.code)
            return
        middle = len(ids) // 2
        self._read(ids[:middle])
        self._read(ids[middle:])

    def _store(self, bodies: list[dict[str, Any]]) -> Stored:
        """Store orders; bugs that one of them meets are raised after the others."""
        stored = store_page(self.account, bodies)
        self.drained.worked += stored.new + stored.changed
        self.drained.bugs += stored.bugs
        return stored

    # --- poll ------------------------------------------------------------------------------------

    def _poll_is_due(self) -> bool:
        self.account.refresh_from_db(fields=["next_poll_at", "watermark"])
        poll_at = self.account.next_poll_at
        return poll_at is None or poll_at <= database_now()

    def _poll(self, lease: Lease, budget: Budget) -> None:
        """Walk the pages of the update window; the watermark moves when they are stored.

        Pages come oldest change first: a walk that stops early goes on from the newest one stored.
        """
        shop, started = self.account, database_now()
        client = tiktok_client(shop)
        page_token, seen_tokens, newest = "", set[str](), 0
        window_end = int(platform_time(settings.TIKTOK_API_URL))
        for _ in range(MOST_PAGES):
            answer = client.search_orders(
                update_time_ge=self._window_start(), page_token=page_token
            )
            accounts.note_success(shop)
            if answer.data.orders:
                stored = self._store(answer.data.orders)
                newest = min(max(newest, stored.newest_update), window_end)
            page_token = answer.data.next_page_token
            if not page_token:
                self._move_watermark(started, window_end)
                return
            got_on = newest > (shop.watermark or 0)
            if page_token in seen_tokens or (budget.is_spent() and got_on):
                break
            seen_tokens.add(page_token)
            lease.renew()
        self._move_watermark(started, newest, go_on=got_on and page_token not in seen_tokens)

    def _window_start(self) -> int | None:
        """Where the window begins, in TikTok's seconds; None for everything."""
        shop = self.account
        if shop.watermark:
            return max(0, shop.watermark - int(settings.POLL_OVERLAP_SECONDS))
        return int(shop.sync_from.timestamp()) if shop.sync_from else None

    def _move_watermark(self, started: datetime, upto: int, *, go_on: bool = False) -> None:
        """All changes up to `upto` are stored; the next poll is due, at once to `go_on`."""
        shop = self.account
        shop.watermark = max(shop.watermark or 0, upto)
        shop.last_poll_at = started
        # A little early, so that the wait for the next tick does not add to the interval.
        wait = scaled(0 if go_on else settings.POLL_SECONDS * 0.95)
        shop.next_poll_at = started + wait
        later = Q(watermark=None) | Q(watermark__lte=shop.watermark)
        TikTokShop.objects.filter(later, pk=shop.pk).update(
            watermark=shop.watermark,
            last_poll_at=shop.last_poll_at,
            next_poll_at=shop.next_poll_at,
            last_good_call_at=database_now(),
        )

    def _poll_later(self) -> None:
        """A refusal that nobody expects is told once an interval, not at every tick."""
        later = database_now() + scaled(settings.POLL_SECONDS)
        TikTokShop.objects.filter(pk=self.account.pk).update(next_poll_at=later)


def _hinted() -> QuerySet[Delivery]:
    return waiting_hints(PullOrders.stem)
