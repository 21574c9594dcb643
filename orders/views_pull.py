"""Pull now: have the platforms asked at once, and watch until they have answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from orders.frame import shops_of
from orders.services import actions
from tiktoksync.lib.timing import database_now
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

PATIENCE = timedelta(seconds=60)


@merchant_action
def pull_orders(request: MerchantRequest) -> HttpResponse:
    """Ask TikTok for news of every shop now."""
    since = database_now()
    asked = actions.pull_now(shops_of(request.merchant))
    if not request.htmx:
        messages.success(request, f"Asking TikTok for news: {asked} shop{'s' * (asked != 1)}.")
        return redirect("orders")
    return _show_progress(request, since)


@merchant_page
def watch_pull(request: MerchantRequest) -> HttpResponse:
    """How far the asking has come."""
    try:
        since = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        since = None
    return _show_progress(request, since if since and since.tzinfo else database_now())


def _show_progress(request: MerchantRequest, since: datetime) -> HttpResponse:
    shops = shops_of(request.merchant)
    answered = [shop for shop in shops if shop.last_poll_at and shop.last_poll_at >= since]
    context = {
        "since": since.isoformat(),
        "total": len(shops),
        "answered": len(answered),
        "is_done": len(answered) == len(shops),
        "is_late": timezone.now() - since > PATIENCE,
    }
    return render(request, "orders/_pull.html", context)
