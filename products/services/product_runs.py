"""product_runs: the uploads, imports and pushes somebody asked for, step by step.

A run of products has two halves, as every run: the preview sorts each thing under its cause and
changes nothing on either platform; the work hands what is ready to the flow that does it, and
watches. A step is stored as a whole or not at all: a run that is killed goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.accounts import awake
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account

Step = Callable[[Run, TikTokShop, Lease], None]
#: For each kind of run the module with its two steps, `prepare_step` and `work_step`.
MODULES = {
    Run.Kind.UPLOAD.value: "products.services.upload_runs",
    Run.Kind.IMPORT.value: "products.services.import_runs",
    Run.Kind.LINK.value: "products.services.link_runs",
    Run.Kind.STOCK.value: "products.services.listing_runs",
    Run.Kind.PRICES.value: "products.services.listing_runs",
    Run.Kind.STATE.value: "products.services.listing_runs",
}


class Waits(Exception):
    """The step cannot go on before `until`: an account rests, or a limit is used up."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class ProductRuns(ShopFlow):
    """Works the product runs of one TikTok shop."""

    stem = "product_runs"
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
        due = _due(now).filter(shop=self.account).select_related("shop")
        return due.order_by("next_step_at", "pk").first()

    def _step(self, run: Run, lease: Lease) -> None:
        step = _step_of(run)
        reach("claimed")
        try:
            step(run, self.account, lease)
            if run.is_ready and run.wish.get("start"):
                _start(run)
        except Waits as waits:
            runs.end_step(run, waits.until)
        except PermanentError as error:
            if concerns_account(error):
                self._rest(run, error)
            else:
                runs.fail_run(run, error.message)
        except SyncError as error:
            self._rest(run, error)
        reach("recorded")

    def _rest(self, run: Run, error: SyncError) -> None:
        """The shop does not answer, or not to us: the run goes on when it does."""
        until = self.note_failure(error) or self.account.paused_until
        runs.end_step(run, until or database_now() + runs.STUMBLE)


def _step_of(run: Run) -> Step:
    name = "prepare_step" if run.is_preparing else "work_step"
    step: Step = import_string(f"{MODULES[run.kind]}.{name}")
    return step


def _start(run: Run) -> None:
    """Somebody asked to start at once; with nothing to do it ends here."""
    if run.left:
        runs.start_run(run)
    else:
        runs.finish_ready(run, "There was nothing to do.")


def _due(now: datetime) -> QuerySet[Run]:
    kinds = tuple(MODULES)
    return Run.objects.filter(kind__in=kinds, status__in=Run.ACTIVE, next_step_at__lte=now)
