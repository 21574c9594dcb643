"""pull_aftersales: cancel requests and returns of one TikTok shop.

Orders that news or a webhook point at are looked into at once, by their ids; a slow poll of both
update windows is the safety net. Its marks move last, after every page up to them is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from orders.aftersales_facts import CANCEL_PENDING
from orders.models import CancelRequest, Order
from orders.services.store_cancel_requests import ANSWER, store_cancellations
from orders.services.store_returns import store_returns
from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.accounts import awake, note_good_poll, note_refused_poll
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus
from tiktoksync.sync.settling import concerns_account
from tiktoksync.tiktok.enums import OrderStatus

log = structlog.get_logger(__name__)

ORDERS_A_CALL = 50
MOST_PAGES = 1000
LOOK_AGAIN_SECONDS = 60.0
REASONS_AGAIN_SECONDS = 600.0
Store = Callable[[TikTokShop, Sequence[Mapping[str, Any]]], int]
# Both lists: the client's method, the column of its mark, and who stores its pages.
LISTS: tuple[tuple[str, str, Store], ...] = (
    ("search_cancellations", "cancellations_watermark", store_cancellations),
    ("search_returns", "returns_watermark", store_returns),
)


class PullAftersales(ShopFlow):
    """Reads what buyers ask for after the sale at one TikTok shop."""

    stem = "pull_aftersales"
    account: TikTokShop

    def __init__(self, shop: TikTokShop) -> None:
        super().__init__(shop)
        self.drained = Drained()

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        mine = OuterRef("pk")
        wanted = Exists(_wanted(now).filter(shop=mine))
        unread = Exists(_without_reasons(now).filter(order__shop=mine))
        due = _poll_due(now) | wanted | unread
        return TikTokShop.objects.filter(awake(now) & due).values_list("pk", flat=True)

    def has_due(self, now: datetime) -> bool:
        return self.account.pk in set(type(self).due_accounts(now))

    def run(self, lease: Lease, budget: Budget) -> Drained:
        if self.account.is_paused(database_now()):
            return self.drained
        try:
            while not budget.is_spent() and self._look_into_wanted():
                lease.renew()
            if TikTokShop.objects.filter(_poll_due(database_now()), pk=self.account.pk).exists():
                self._poll(lease, budget)
                note_good_poll(self.account, self.stem)
            while not budget.is_spent() and self._read_reasons():
                lease.renew()
        except SyncError as error:
            if not concerns_account(error):
                self._poll_later()
                note_refused_poll(self.account, self.stem, error)
            else:
                self.note_failure(error)
        return self.drained

    # --- orders that something points at ---------------------------------------------------------

    def _look_into_wanted(self) -> bool:
        """Read what is known of the next wanted orders; whether there were any."""
        rows = _wanted(database_now()).filter(shop=self.account).order_by("aftersales_wanted_at")
        wanted: dict[str, Any] = dict(
            rows.values_list("tiktok_order_id", "aftersales_wanted_at")[:ORDERS_A_CALL]
        )
        if not wanted:
            return False
        for method, _, store in LISTS:
            for page in self._pages(method, order_ids=list(wanted)):
                self.drained.worked += store(self.account, page)
        self._settle(wanted)
        return True

    def _settle(self, wanted: Mapping[str, datetime]) -> None:
        """What was read is no longer wanted, unless it was wanted anew meanwhile.

        A request that the order tells of may take a moment to be listed: it is looked for again.
        """
        later = database_now() + scaled(LOOK_AGAIN_SECONDS)
        listed = CancelRequest.objects.filter(order=OuterRef("pk"), status=CANCEL_PENDING)
        for order_id, moment in wanted.items():
            mine = Order.objects.filter(
                shop=self.account, tiktok_order_id=order_id, aftersales_wanted_at=moment
            )
            asks = mine.filter(~Exists(listed), cancel_requested=True)
            asks = asks.exclude(tiktok_status=OrderStatus.CANCELLED)
            if not asks.update(aftersales_wanted_at=later):
                mine.update(aftersales_wanted_at=None)

    # --- poll ------------------------------------------------------------------------------------

    def _poll(self, lease: Lease, budget: Budget) -> None:
        """Walk both update windows; each mark moves when its pages are stored."""
        started = database_now()
        window_end = int(platform_time(settings.TIKTOK_API_URL))
        ended = [self._walk(entry, window_end, lease, budget) for entry in LISTS]
        wait = scaled(settings.AFTERSALES_POLL_SECONDS) if all(ended) else timedelta(0)
        TikTokShop.objects.filter(pk=self.account.pk).update(
            last_aftersales_poll_at=started,
            next_aftersales_poll_at=started + wait,
            last_good_call_at=database_now(),
        )

    def _walk(
        self, entry: tuple[str, str, Store], window_end: int, lease: Lease, budget: Budget
    ) -> bool:
        """Store the pages of one window; whether it was walked to its end."""
        method, mark, store = entry
        since, newest = self._window_start(mark), 0
        reached = getattr(self.account, mark) or 0
        for page in self._pages(method, update_time_ge=since):
            self.drained.worked += store(self.account, page)
            newest = min(max([newest, *map(_updated, page)]), window_end)
            lease.renew()
            if budget.is_spent() and newest > reached:
                self._move_mark(mark, newest)
                return False
        self._move_mark(mark, window_end)
        return True

    def _pages(self, method: str, **filters: Any) -> Iterable[list[dict[str, Any]]]:
        """Every page of a list, to the end; a page token that comes back ends it."""
        search = getattr(tiktok_client(self.account), method)
        token, seen = "", set[str]()
        for _ in range(MOST_PAGES):
            answer = search(**filters, page_token=token)
            accounts.note_success(self.account)
            yield answer.data.rows
            token = answer.data.next_page_token
            if not token or token in seen:
                return
            seen.add(token)

    def _window_start(self, mark: str) -> int:
        """Where the window begins, in TikTok's seconds: before it was connected nothing is ours."""
        self.account.refresh_from_db(fields=[mark])
        since = getattr(self.account, mark) or int(self.account.connected_at.timestamp())
        return max(0, since - int(settings.POLL_OVERLAP_SECONDS))

    def _move_mark(self, mark: str, upto: int) -> None:
        shop = TikTokShop.objects.filter(pk=self.account.pk)
        shop.filter(Q(**{mark: None}) | Q(**{f"{mark}__lt": upto})).update(**{mark: upto})

    def _poll_later(self) -> None:
        """A refusal that nobody expects is told once an interval, not at every tick."""
        later = database_now() + scaled(settings.AFTERSALES_POLL_SECONDS)
        TikTokShop.objects.filter(pk=self.account.pk).update(next_aftersales_poll_at=later)
        soon = database_now() + scaled(LOOK_AGAIN_SECONDS)
        _wanted(database_now()).filter(shop=self.account).update(aftersales_wanted_at=soon)

    # --- why a request may be declined -----------------------------------------------------------

    def _read_reasons(self) -> bool:
        """Read the reasons for declining of the next open request; whether there was one."""
        now = database_now()
        row = _without_reasons(now).filter(order__shop=self.account).order_by("respond_by").first()
        if row is None:
            return False
        again: datetime | None = now + scaled(REASONS_AGAIN_SECONDS)
        try:
            answer = tiktok_client(self.account).reject_reasons(row.cancel_id)
        except PermanentError as error:
            if concerns_account(error):
                raise
            log.warning("no reasons for declining", shop=self.account.pk, code=error.code)
        else:
            accounts.note_success(self.account)
            found = [{"name": one.name[:120], "text": one.text[:255]} for one in answer.data]
            row.reject_reasons = [one for one in found if one["name"]]
            row.save(update_fields=["reject_reasons"])
            # Whoever has the order open sees it anew.
            Order.objects.filter(pk=row.order_id).update(seen_at=database_now())
            self.drained.worked += 1
            again = None if row.reject_reasons else again
        with transaction.atomic():
            statuses.defer(row, again, ANSWER)
        return True


def _poll_due(now: datetime) -> Q:
    """Shops whose poll is due; the first one comes an interval after they were connected."""
    interval = scaled(settings.AFTERSALES_POLL_SECONDS)
    first = Q(next_aftersales_poll_at=None, connected_at__lte=now - interval)
    return first | Q(next_aftersales_poll_at__lte=now)


def _wanted(now: datetime) -> QuerySet[Order]:
    return Order.objects.filter(aftersales_wanted_at__lte=now)


def _without_reasons(now: datetime) -> QuerySet[CancelRequest]:
    """Open requests whose reasons for declining are not known."""
    return CancelRequest.objects.filter(
        sync_status=SyncStatus.HELD, wait_reason=ANSWER, reject_reasons=[], next_attempt_at__lte=now
    )


def _updated(row: Mapping[str, Any]) -> int:
    value = row.get("update_time")
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
