"""Runs: what was asked for, how far it is, what came of each thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from tiktoksync.runs.download import download_items
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.runs.shown import gather_run, words_of
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key

PAGE_SIZE = 50
Status = Run.Status
TABS: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "running": ("Running", Q(status__in=(*Run.ACTIVE, Status.READY))),
    "attention": ("Needs attention", Q(status=Status.FAILED) | Q(failed__gt=0)),
    "finished": ("Finished", Q(status__in=(Status.FINISHED, Status.CANCELLED), failed=0)),
}


@merchant_page
def list_runs(request: MerchantRequest) -> HttpResponse:
    """All runs of the merchant, newest first, by tabs."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    rows = _mine(request).filter(TABS[tab][1])
    if kind := request.GET.get("kind", ""):
        rows = rows.filter(kind=kind[:20])
    if after := read_key(request.GET.get("after", "")):
        rows = rows.filter(pk__lt=after)
    found = list(rows[: PAGE_SIZE + 1])
    context = {
        "rows": [(run, words_of(run)) for run in found[:PAGE_SIZE]],
        "older": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
        "tabs": [(key, label) for key, (label, _) in TABS.items()],
        "tab": tab,
        "kinds": Run.Kind.choices,
        "kind": kind,
        "is_live": any(run.is_active for run in found),
    }
    template = "runs/_list.html" if request.htmx else "runs/list.html"
    return render(request, template, context)


@merchant_page
def show_run(request: MerchantRequest, run_id: int) -> HttpResponse:
    """One run: its page, or the fragment that keeps it fresh."""
    run = _find(request, run_id)
    if run.kind == Run.Kind.BACKFILL:
        return redirect("backfill-run", run.pk)
    if request.htmx:
        return render(request, "runs/_run.html", gather_run(run))
    return render(request, "runs/run.html", gather_run(run) | gather_items(request, run))


@merchant_page
def list_items(request: MerchantRequest, run_id: int) -> HttpResponse:
    """The items alone: while somebody types, narrows or turns the page."""
    run = _find(request, run_id)
    context = {"run": run, **gather_items(request, run)}
    return render(request, "runs/_items.html", context)


@merchant_page
def download(request: MerchantRequest, run_id: int) -> StreamingHttpResponse:
    """The items as a table; `state` narrows them."""
    run, state = _find(request, run_id), request.GET.get("state", "")
    return download_items(run, *([state] if state in RunItem.State.values else []))


@merchant_action
def start(request: MerchantRequest, run_id: int) -> HttpResponse:
    """Do what the preview shows."""
    return _act(request, run_id, runs.start_run)


@merchant_action
def cancel(request: MerchantRequest, run_id: int) -> HttpResponse:
    """Stop between two steps."""
    return _act(request, run_id, runs.cancel_run)


@merchant_action
def retry(request: MerchantRequest, run_id: int) -> HttpResponse:
    """Try again what failed, or was not reached."""
    return _act(request, run_id, runs.retry_run)


def gather_items(request: MerchantRequest, run: Run) -> dict[str, Any]:
    """A page of a run's items, narrowed by the address."""
    state, cause = request.GET.get("state", ""), request.GET.get("cause", "").replace("\x00", "")
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = run.items.order_by("pk")
    if state in RunItem.State.values:
        rows = rows.filter(state=state)
    if cause:
        rows = rows.filter(cause=cause)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(remote_id__icontains=words))
    if after := read_key(request.GET.get("after", "")):
        rows = rows.filter(pk__gt=after)
    found = list(rows[: PAGE_SIZE + 1])
    return {
        "items": found[:PAGE_SIZE],
        "next_item": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
        "chosen_state": state,
        "chosen_cause": cause,
        "words": words,
        "states": RunItem.State.choices,
    }


def _mine(request: MerchantRequest) -> QuerySet[Run]:
    mine = Run.objects.filter(merchant=request.merchant)
    return mine.select_related("shop", "started_by").order_by("-pk")


def _find(request: MerchantRequest, run_id: int) -> Run:
    return get_object_or_404(_mine(request), pk=run_id)


def _act(request: MerchantRequest, run_id: int, act: Callable[[Run], Run]) -> HttpResponse:
    """Do it once, and show the run as it stands now."""
    run = _find(request, run_id)
    try:
        act(run)
    except runs.RunConflict as conflict:
        messages.warning(request, str(conflict))
    if not request.htmx:
        return redirect("run", run.pk)
    run = _find(request, run_id)
    return render(request, "runs/_run.html", {**gather_run(run), "toasts": True})
