"""The last two steps: the rehearsal, and going live with or without a dry run before it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from tiktoksync.connecting.clearance import clearance_of
from tiktoksync.connecting.services.go_live import go_live
from tiktoksync.onboarding.frame import setup_for, show_step
from tiktoksync.onboarding.services import dry_runs
from tiktoksync.onboarding.services.dry_runs import DryRunConflict
from tiktoksync.onboarding.services.progress import note_finished
from tiktoksync.onboarding.services.rehearse import last_rehearsal, rehearse
from tiktoksync.onboarding.services.sandbox_order import is_sandbox, place_sandbox_order
from tiktoksync.onboarding.shown import group_verdicts
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_page, owner_action, read_key

NO_SHOP = "Connect both sides first."
HOURS = (1, 4, 12, 24)


@merchant_page
def show_rehearsal(request: MerchantRequest) -> HttpResponse:
    """Step 8: what came of the last rehearsal, and a button for the next."""
    setup = setup_for(request)
    rehearsal = last_rehearsal(setup.shop) if setup.shop else None
    facts = {"rehearsal": rehearsal, "is_sandbox": is_sandbox()}
    return show_step(request, setup, "rehearsal", facts)


@owner_action
def run_rehearsal(request: MerchantRequest) -> HttpResponse:
    """Send the made-up order on its way."""
    shop = setup_for(request).shop
    if shop is None:
        messages.error(request, NO_SHOP)
    else:
        rehearse(shop)
    return redirect("rehearsal")


@owner_action
def place_order(request: MerchantRequest) -> HttpResponse:
    """Have a buyer of the sandbox order something for real."""
    shop = setup_for(request).shop
    number = place_sandbox_order(shop) if shop else ""
    if number:
        messages.success(request, f"Order {number} was placed on the sandbox. It appears shortly.")
    else:
        messages.error(request, "No order was placed: the sandbox did not take it.")
    return redirect("rehearsal")


@merchant_page
def show_live(request: MerchantRequest) -> HttpResponse:
    """Step 9: the switch, and the dry run with what it has found so far."""
    setup = setup_for(request)
    facts = _gather_live(setup.shop) if setup.shop else {}
    # The pre-flight has a card of its own here: without it nobody goes live.
    facts["left_open"] = [one for one in setup.open_before_live if one.step.key != "preflight"]
    if request.htmx:
        return show_step(request, setup, "live", facts, "_dry_run")
    return show_step(request, setup, "live", facts)


@owner_action
def begin(request: MerchantRequest) -> HttpResponse:
    """Begin a dry run."""
    shop = setup_for(request).shop
    try:
        if shop is None:
            raise DryRunConflict(NO_SHOP)
        dry_runs.begin_dry_run(shop, read_key(request.POST.get("hours", "24")), request.user)
    except DryRunConflict as conflict:
        messages.warning(request, str(conflict))
    return redirect("welcome-live")


@owner_action
def end(request: MerchantRequest) -> HttpResponse:
    """End the dry run that is under way; nothing goes live by that."""
    shop = setup_for(request).shop
    if shop is None or not dry_runs.end_dry_run(shop, request.user):
        messages.warning(request, "No dry run is under way.")
    return redirect("welcome-live")


@owner_action
def go(request: MerchantRequest) -> HttpResponse:
    """Switch the shop on, once both sides were looked over and nothing is in the way."""
    shop = setup_for(request).shop
    refusal = _refusal(shop)
    if shop is None or refusal:
        messages.error(request, refusal)
    elif _go_live(request, shop):
        messages.success(request, f"{shop} is live.")
    else:
        messages.info(request, f"{shop} is live already.")
    return redirect("welcome-live")


def _refusal(shop: TikTokShop | None) -> str:
    """Why the shop cannot go live now; "" where it can, or is live."""
    if shop is None:
        return NO_SHOP
    return "" if shop.live_at is not None else clearance_of(shop).refusal


def _go_live(request: MerchantRequest, shop: TikTokShop) -> bool:
    """A dry run ends with going live; False if the shop was live before."""
    switched = go_live(shop, request.user)
    dry_runs.end_dry_run(shop, request.user)
    note_finished(request.merchant)
    return switched


def _gather_live(shop: TikTokShop) -> dict[str, Any]:
    now = timezone.now()
    run = dry_runs.last_dry_run(shop)
    findings = dry_runs.read_findings(run, now) if run else None
    return {
        "findings": findings,
        "groups": group_verdicts(findings) if findings else [],
        "hours": HOURS,
        "clearance": clearance_of(shop),
        "is_live": shop.live_at is not None,
    }
