"""Answering a buyer who asks to cancel, and cancelling on TikTok what Shopify cancelled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from orders.services import answers
from orders.views_detail import ACTOR, find_order, show_again
from tiktoksync.web_access import MerchantRequest, merchant_action


@merchant_action
def accept_cancel_request(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Let the buyer cancel."""
    done = "Accepted. TikTok is told in a moment."
    return _decide(request, tiktok_order_id, answers.accept_cancel_request, done)


@merchant_action
def decline_cancel_request(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Say no to the buyer, with one of TikTok's reasons."""
    reason, comment = request.POST.get("reason", ""), request.POST.get("comment", "").strip()
    decline = partial(answers.decline_cancel_request, reason=reason, comment=comment)
    return _decide(request, tiktok_order_id, decline, "Declined. TikTok is told in a moment.")


@merchant_action
def cancel_on_tiktok(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Cancel on TikTok too."""
    cancel = partial(answers.cancel_on_tiktok, reason=request.POST.get("reason", ""))
    return _decide(request, tiktok_order_id, cancel, "TikTok is told to cancel in a moment.")


@merchant_action
def leave_on_tiktok(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Let the order go on at TikTok."""
    done = "Left as it is on TikTok."
    return _decide(request, tiktok_order_id, answers.leave_on_tiktok, done)


def _decide(
    request: MerchantRequest, tiktok_order_id: str, decide: Callable[..., Any], done: str
) -> HttpResponse:
    """Decide once, say what came of it, and show the order as it stands now."""
    order = find_order(request, tiktok_order_id)
    try:
        decide(order, actor=ACTOR, user=request.user)
    except answers.CannotAnswer as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, done)
    return show_again(request, tiktok_order_id, order)
