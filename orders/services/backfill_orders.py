"""backfill_orders: old orders of one TikTok shop, previewed first, and then only the gap.

The lane works the shop's run step by step. A step is stored as a whole or not at all, so a run that
is killed goes on where it stood and does nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import QuerySet

from orders.services.backfill_asking import Waits
from orders.services.backfill_preview import preview_step
from orders.services.backfill_start import run_step
from tiktoksync.errors import PermanentError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.accounts import awake
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease


def begin_backfill(shop: TikTokShop, since: datetime, until: datetime, *, user: Any = None) -> Run:
    """Preview the orders placed in [since, until). Raises RunConflict if that cannot be."""
    until = min(until, database_now())
    if since >= until:
        raise RunConflict("The first day has to come before the last, and not after today.")
    # Whole seconds, as TikTok counts: the second that has begun belongs to the span.
    wish = {"from": int(since.timestamp()), "to": ceil(until.timestamp())}
    return runs.begin_run(Run.Kind.BACKFILL, shop, wish, user=user)


class BackfillOrders(ShopFlow):
    """Works the backfill of one TikTok shop."""

    stem = "backfill_orders"
    account: TikTokShop

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        rows = _due(now).filter(awake(now, "shop__"), shop__isnull=False).order_by()
        return [int(key) for key in rows.values_list("shop", flat=True).distinct() if key]

    def has_due(self, now: datetime) -> bool:
        self.account.refresh_from_db(fields=PAUSE_COLUMNS)
        return not self.account.is_paused(now) and self._next(now) is not None

    def run(self, lease: Lease, budget: Budget) -> Drained:
        drained = Drained()
        while not budget.is_spent() and not self.account.is_paused(database_now()):
            run = self._next(database_now())
            if run is None:
                break
            if runs.take_step(run):
                self._step(run, lease)
                drained.worked += 1
            lease.renew()
        return drained

    def _next(self, now: datetime) -> Run | None:
        return _due(now).filter(shop=self.account).first()

    def _step(self, run: Run, lease: Lease) -> None:
        step = preview_step if run.status == Run.Status.PREPARING else run_step
        reach("claimed")
        try:
            step(run, self.account, lease)
        except Waits as waits:
            runs.end_step(run, waits.until)
        except PermanentError as error:
            runs.fail_run(run, error.message)
        reach("recorded")


def _due(now: datetime) -> QuerySet[Run]:
    return Run.objects.filter(kind=Run.Kind.BACKFILL, status__in=Run.ACTIVE, next_step_at__lte=now)
