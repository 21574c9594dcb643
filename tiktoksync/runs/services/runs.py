"""What may be done with a run: begin, make ready, start, cancel, retry, count, end.

Every move is a conditional update: of two people who click at once one is told that it is too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.shops.models import TikTokShop

Status, State = Run.Status, RunItem.State
# The lane that works each kind of run.
LANES = {
    Run.Kind.BACKFILL.value: "backfill_orders",
    Run.Kind.UPLOAD.value: "product_runs",
    Run.Kind.IMPORT.value: "product_runs",
    Run.Kind.LINK.value: "product_runs",
    Run.Kind.STOCK.value: "product_runs",
    Run.Kind.PRICES.value: "product_runs",
    Run.Kind.STATE.value: "product_runs",
    Run.Kind.ORDERS.value: "bulk_orders",
}
ENDED = (Status.FINISHED, Status.CANCELLED, Status.FAILED)
# A step that dies with its worker is taken up again; one that dies every time is given up.
STUMBLE = timedelta(seconds=60)
MOST_STUMBLES = 5
STUMBLED = (
    "It stopped several times for a reason inside TikTokSync; the log has the details. "
    "What is done stays done, and a retry goes on from there."
)
UNDER_WAY = "Another run of this kind is under way for this shop. Wait for it, or cancel it."


class RunConflict(Exception):
    """It cannot be done in the run's present state; the message says why."""


def begin_run(
    kind: Run.Kind, shop: TikTokShop, wish: Mapping[str, Any], *, user: Any = None
) -> Run:
    """A new run of a shop, in the place of a preview that nobody started.

    Raises RunConflict while another one of its kind is under way.
    """
    try:
        with transaction.atomic():
            older = Run.objects.filter(shop=shop, kind=kind, status=Status.READY)
            older.update(
                status=Status.CANCELLED,
                message="Replaced by a newer preview.",
                finished_at=database_now(),
            )
            run = Run.objects.create(
                merchant=shop.merchant, shop=shop, kind=kind, wish=dict(wish), started_by=user
            )
            _wake(run)
            return run
    except IntegrityError as error:
        raise RunConflict(UNDER_WAY) from error


def make_ready(run: Run, message: str) -> bool:
    """The preview is complete."""
    count_items(run)
    return _move(run, (Status.PREPARING,), status=Status.READY, message=message, next_step_at=None)


def start_run(run: Run) -> Run:
    """Do what the preview shows. Raises RunConflict if it is not ready, or there is nothing."""
    count_items(run)
    if run.status == Status.READY and not run.left:
        raise RunConflict("There is nothing to do: nothing is missing.")
    if not _set_going(run, (Status.READY,)):
        raise RunConflict(_too_late(run, "started"))
    return run


def _set_going(run: Run, from_: Iterable[str]) -> bool:
    now = database_now()
    try:
        with transaction.atomic():
            _wake(run)
            return _move(
                run,
                from_,
                status=Status.RUNNING,
                started_at=now,
                finished_at=None,
                next_step_at=now,
                stumbles=0,
                message="",
                cursor={"settled_before": run.total - run.left},
            )
    except IntegrityError as error:
        raise RunConflict(UNDER_WAY) from error


def cancel_run(run: Run) -> Run:
    """Stop a run between two steps; what is done stays. Raises RunConflict if it has ended."""
    done = _move(
        run,
        (Status.PREPARING, Status.READY, Status.RUNNING),
        status=Status.CANCELLED,
        message="Cancelled. What was done until then stays.",
        next_step_at=None,
        finished_at=database_now(),
    )
    if not done:
        raise RunConflict(_too_late(run, "cancelled"))
    return run


def retry_run(run: Run) -> Run:
    """Take up again what failed or was not reached. Raises RunConflict if there is nothing."""
    if run.started_at is None:
        raise RunConflict(_too_late(run, "retried"))
    with transaction.atomic():
        RunItem.objects.filter(run=run, state=State.FAILED).update(
            state=State.WAITING, cause="", words="", updated_at=database_now()
        )
        count_items(run)
        if not run.left:
            raise RunConflict("Nothing failed: there is nothing to try again.")
        if not _set_going(run, ENDED):
            raise RunConflict(_too_late(run, "retried"))
    return run


def finish_run(run: Run, message: str) -> bool:
    """Everything has its outcome."""
    return _move(
        run,
        Run.ACTIVE,
        status=Status.FINISHED,
        message=message,
        next_step_at=None,
        finished_at=database_now(),
    )


def finish_ready(run: Run, message: str) -> bool:
    """The preview has shown that there is nothing to do, and nobody is asked."""
    return _move(
        run,
        (Status.READY,),
        status=Status.FINISHED,
        message=message,
        started_at=database_now(),
        finished_at=database_now(),
    )


def fail_run(run: Run, message: str) -> bool:
    """It cannot go on by itself."""
    return _move(
        run,
        Run.ACTIVE,
        status=Status.FAILED,
        message=message,
        next_step_at=None,
        finished_at=database_now(),
    )


# --- steps ---------------------------------------------------------------------------------------


def take_step(run: Run) -> bool:
    """Before a step: should its worker die, it is taken up again after a while.

    False if the run is no longer active, or was just given up.
    """
    if run.stumbles >= MOST_STUMBLES:
        fail_run(run, STUMBLED)
        return False
    return _move(
        run,
        Run.ACTIVE,
        next_step_at=database_now() + STUMBLE,
        stumbles=run.stumbles + 1,
    )


def end_step(run: Run, next_step_at: datetime, cursor: Mapping[str, Any] | None = None) -> bool:
    """After a step: where the next one goes on, and when. False if the run was ended meanwhile."""
    columns: dict[str, Any] = {"next_step_at": next_step_at, "stumbles": 0}
    if cursor is not None:
        columns["cursor"] = dict(cursor)
    return _move(run, Run.ACTIVE, **columns)


def add_items(run: Run, items: Iterable[RunItem]) -> None:
    """Add things to a run; one that it holds already stays as it is."""
    RunItem.objects.bulk_create(items, ignore_conflicts=True)


def count_items(run: Run) -> None:
    """Count the items anew, by state and by cause, with one query."""
    rows = RunItem.objects.filter(run=run).order_by().values("state", "cause")
    groups: list[dict[str, Any]] = [dict(row) for row in rows.annotate(count=Count("pk"))]
    numbers = dict.fromkeys(State.values, 0)
    for group in groups:
        numbers[group["state"]] += group["count"]
    columns = {
        "total": sum(numbers.values()),
        "done": numbers[State.DONE],
        "failed": numbers[State.FAILED],
        "skipped": numbers[State.SKIPPED],
        "counts": sorted(groups, key=lambda group: (group["state"], group["cause"])),
    }
    Run.objects.filter(pk=run.pk).update(**columns)
    for name, value in columns.items():
        setattr(run, name, value)


def _wake(run: Run) -> None:
    if run.kind in LANES and run.shop_id is not None:
        queue.wake(LANES[run.kind], run.shop_id)


def _move(run: Run, from_: Iterable[str], **columns: Any) -> bool:
    moved = Run.objects.filter(Q(status__in=tuple(from_)), pk=run.pk).update(**columns)
    if moved:
        for name, value in columns.items():
            setattr(run, name, value)
    else:
        run.refresh_from_db()
    return bool(moved)


def _too_late(run: Run, verb: str) -> str:
    run.refresh_from_db(fields=["status"])
    return f"This run cannot be {verb}: it is {run.get_status_display().lower()}."
