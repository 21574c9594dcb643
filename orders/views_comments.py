"""Words and tags that a person puts on an order."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse

from orders.services import comment_orders
from orders.views_detail import ACTOR, find_order, show_again
from tiktoksync.web_access import MerchantRequest, merchant_action


@merchant_action
def add_comment(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Keep a comment; "@name" tells a colleague."""
    order = find_order(request, tiktok_order_id)
    words, is_note = request.POST.get("text", ""), request.POST.get("for_staff") == "on"
    kept = comment_orders.comment_order(order, words, user=request.user, for_staff=is_note)
    if kept is None:
        most = comment_orders.LONGEST
        messages.error(request, f"A comment has 1 to {most:,} characters. Nothing was saved.")
    return show_again(request, tiktok_order_id, order)


@merchant_action
def add_tag(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Put a tag on the order."""
    order = find_order(request, tiktok_order_id)
    name = request.POST.get("tag", "")
    if not comment_orders.tag_order(order, name, actor=ACTOR, user=request.user):
        messages.warning(request, "The order has this tag already, or it has no letters.")
    return show_again(request, tiktok_order_id, order)


@merchant_action
def remove_tag(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Take a tag off the order."""
    order = find_order(request, tiktok_order_id)
    comment_orders.untag_order(order, request.POST.get("tag", ""), actor=ACTOR, user=request.user)
    return show_again(request, tiktok_order_id, order)
