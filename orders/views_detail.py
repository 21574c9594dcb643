"""One order: its page, the fragment that keeps it fresh, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from orders.detail import gather_detail, group_items, read_version
from orders.models import Order
from orders.services import actions
from orders.templatetags.order_tags import order_address
from orders.views import UNCHANGED
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

ACTOR = "merchant"


@merchant_page
def show_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """The page of one order."""
    order = find_order(request, tiktok_order_id)
    return render(request, "orders/detail.html", gather_detail(order))


@merchant_page
def refresh_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """The body of the page, when it is no longer what the page shows."""
    order = find_order(request, tiktok_order_id)
    if request.GET.get("version") == read_version(order):
        return HttpResponse(status=UNCHANGED)
    return render(request, "orders/_detail.html", gather_detail(order))


@merchant_action
def retry_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Try a failed or skipped order again."""
    return _act(
        request,
        tiktok_order_id,
        actions.retry_order,
        "Queued again. It goes to Shopify in a moment.",
        "There is nothing to retry on this order.",
    )


@merchant_action
def dismiss_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Take an order off the list of those that need somebody."""
    return _act(
        request,
        tiktok_order_id,
        actions.dismiss_order,
        "Dismissed. It is not sent to Shopify.",
        "This order cannot be dismissed any more.",
    )


@merchant_action
def release_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Send an order that only waits for the merchant's word."""
    return _act(
        request,
        tiktok_order_id,
        actions.release_order,
        "Released. It goes to Shopify in a moment.",
        "This order does not wait for your release.",
    )


@merchant_action
def pull_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Ask TikTok at once for news of this order's shop."""
    return _act(
        request,
        tiktok_order_id,
        lambda order, **_: bool(actions.pull_now([order.shop])),
        "Asked TikTok for news of this order.",
        "TikTok cannot be asked just now.",
    )


@merchant_page
def link_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Lead to the picker for the first of the order's SKUs that has no link."""
    order = find_order(request, tiktok_order_id)
    for item in group_items(order):
        for sku_id in item.missing_skus:
            picker = reverse("product-link", args=[order.shop.shop_id, sku_id])
            return redirect(f"{picker}?order={order.tiktok_order_id}")
    return redirect(order_address(order))


def find_order(request: MerchantRequest, tiktok_order_id: str) -> Order:
    """The merchant's order of that id; of two shops' the newer one, unless `shop` names one."""
    orders = Order.objects.of_merchant(request.merchant).filter(tiktok_order_id=tiktok_order_id)
    if shop := request.GET.get("shop", ""):
        orders = orders.filter(shop__shop_id=shop)
    beside = ("shop__store", "shop__rules", "cancellation", "seller_cancellation")
    order = orders.select_related(*beside).order_by("-pk").first()
    if order is None:
        raise Http404("There is no such order.")
    return order


def _act(
    request: MerchantRequest,
    tiktok_order_id: str,
    act: Callable[..., bool],
    done: str,
    refused: str,
) -> HttpResponse:
    """Do it once, say what came of it, and show the order as it stands now."""
    order = find_order(request, tiktok_order_id)
    if act(order, actor=ACTOR, user=request.user):
        messages.success(request, done)
    else:
        messages.warning(request, refused)
    return show_again(request, tiktok_order_id, order)


def show_again(request: MerchantRequest, tiktok_order_id: str, order: Order) -> HttpResponse:
    """The order after something was done to it: its fragment, or its page without a script."""
    if not request.htmx:
        return redirect(order_address(order))
    order = find_order(request, tiktok_order_id)
    return render(request, "orders/_detail.html", {**gather_detail(order), "toasts": True})
