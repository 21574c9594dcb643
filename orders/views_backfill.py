"""Backfill: choose the days, look at the preview, create what is missing, watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from orders.backfill import CREATED, TO_DO, cause_words
from orders.forms import BackfillForm
from orders.frame import frame_of
from orders.services.backfill_orders import begin_backfill
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

EXAMPLES = 4
State = RunItem.State


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of a run that stand alike, with some of them."""

    words: str
    count: int
    examples: list[RunItem]


@merchant_page
def show_backfill(request: MerchantRequest) -> HttpResponse:
    """The page: the days to choose, and the merchant's last backfill."""
    run = _mine(request).first()
    return _page(request, run, BackfillForm(shops=frame_of(request).shops))


@merchant_page
def show_run(request: MerchantRequest, run_id: int) -> HttpResponse:
    """One backfill: its page, or the fragment that keeps it fresh."""
    run = _find(request, run_id)
    if request.htmx:
        return render(request, "orders/_backfill_run.html", gather_run(run))
    return _page(request, run, BackfillForm(shops=frame_of(request).shops))


@merchant_action
def begin(request: MerchantRequest) -> HttpResponse:
    """Begin a preview."""
    form = BackfillForm(request.POST, shops=frame_of(request).shops)
    if form.is_valid():
        try:
            run = begin_backfill(form.chosen_shop, *form.span, user=request.user)
            return redirect("backfill-run", run.pk)
        except runs.RunConflict as conflict:
            messages.warning(request, str(conflict))
    return _page(request, _mine(request).first(), form)


@merchant_action
def start(request: MerchantRequest, run_id: int) -> HttpResponse:
    """Create what the preview found missing."""
    return _act(request, run_id, runs.start_run)


@merchant_action
def cancel(request: MerchantRequest, run_id: int) -> HttpResponse:
    """Stop between two steps."""
    return _act(request, run_id, runs.cancel_run)


@merchant_action
def retry(request: MerchantRequest, run_id: int) -> HttpResponse:
    """Try again what failed, or was not reached."""
    return _act(request, run_id, runs.retry_run)


def gather_run(run: Run | None) -> dict[str, Any]:
    """What the fragment shows of a run."""
    if run is None:
        return {"run": None}
    waiting = run.groups(State.WAITING)
    settled = (State.SKIPPED,) if run.started_at is None else (State.SKIPPED, State.DONE)
    return {
        "run": run,
        # The span ends with the second before its end.
        "dates": [
            datetime.fromtimestamp(moment, UTC) for moment in (run.wish["from"], run.wish["to"] - 1)
        ],
        "missing": sum(group["count"] for group in waiting if group["cause"] in CREATED),
        "to_note": sum(group["count"] for group in waiting if group["cause"] not in CREATED),
        "expected": run.cursor.get("expected") or 0,
        "under_way": sum(group["count"] for group in run.groups(State.WORKING)),
        "to_do": _groups(run, State.WAITING) if run.started_at is None else [],
        "failed": _groups(run, State.FAILED),
        "settled": _groups(run, *settled),
        "may_retry": run.started_at is not None
        and not run.is_active
        and bool(run.failed or run.left),
    }


def _groups(run: Run, *states: str) -> list[Group]:
    """The largest first; what will be created stands before what is only noted."""
    found = []
    for group in run.groups(*states):
        items = run.items.filter(state=group["state"], cause=group["cause"]).order_by("id")
        words = cause_words(group["cause"])
        found.append((group["cause"], Group(words, group["count"], list(items[:EXAMPLES]))))
    order = {str(cause): place for place, cause in enumerate(TO_DO)}
    found.sort(key=lambda pair: order.get(pair[0], len(order)))
    return [group for _, group in found]


def _page(request: MerchantRequest, run: Run | None, form: BackfillForm) -> HttpResponse:
    context = {**gather_run(run), "form": form, "shops": list(form.shops.values())}
    return render(request, "orders/backfill.html", context)


def _mine(request: MerchantRequest) -> Any:
    runs_ = Run.objects.filter(merchant=request.merchant, kind=Run.Kind.BACKFILL)
    return runs_.select_related("shop", "started_by").order_by("-pk")


def _find(request: MerchantRequest, run_id: int) -> Run:
    run: Run = get_object_or_404(_mine(request), pk=run_id)
    return run


def _act(request: MerchantRequest, run_id: int, act: Callable[[Run], Run]) -> HttpResponse:
    """Do it once, and show the run as it stands now."""
    run = _find(request, run_id)
    try:
        act(run)
    except runs.RunConflict as conflict:
        messages.warning(request, str(conflict))
    if not request.htmx:
        return redirect("backfill-run", run.pk)
    run = _find(request, run_id)
    return render(request, "orders/_backfill_run.html", {**gather_run(run), "toasts": True})
