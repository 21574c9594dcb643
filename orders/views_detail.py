"""One order: its page, the fragment that keeps it fresh, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from orders.bundle import debug_bundle
from orders.comments_shown import team_of
from orders.detail import gather_detail, read_version
from orders.frame import frame_of, shops_of
from orders.items_shown import group_items
from orders.models import Order
from orders.neighbours import find_neighbours, list_query
from orders.services import actions
from orders.services.keep_back import keep_back_order
from orders.services.resend_parcels import retry_alike
from orders.templatetags.order_tags import order_address
from orders.views import UNCHANGED
from tiktoksync.alerts.services.tell_mentions import read_mentions
from tiktoksync.shops.tenancy import hides_personal_data
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

ACTOR = "merchant"


@merchant_page
def show_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """The page of one order. Who was named in its comments has read that now."""
    order = find_order(request, tiktok_order_id)
    read_mentions(request.membership, order)
    return render(request, "orders/detail.html", order_context(request, order))


@merchant_page
def refresh_order(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """The body of the page, when it is no longer what the page shows."""
    order = find_order(request, tiktok_order_id)
    if request.GET.get("version") == read_version(order):
        return HttpResponse(status=UNCHANGED)
    read_mentions(request.membership, order)
    return render(request, "orders/_detail.html", order_context(request, order))


@merchant_page
def download_bundle(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """The order's facts as a file for whoever helps, without personal data."""
    order = find_order(request, tiktok_order_id)
    answer = JsonResponse(debug_bundle(order), json_dumps_params={"indent": 2})
    name = f"order-{order.tiktok_order_id}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


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
        partial(actions.dismiss_order, why=request.POST.get("why", "").strip()[:200]),
        "Skipped. It is not sent to Shopify.",
        "This order cannot be skipped any more.",
    )


@merchant_action
def keep_back(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Keep an order out of Shopify for a while."""
    return _act(
        request,
        tiktok_order_id,
        keep_back_order,
        "Kept back. It stays here until you release it.",
        "This order cannot be kept back any more.",
    )


@merchant_action
def retry_all_alike(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Try this order again, and all that stopped for the same reason."""
    order = find_order(request, tiktok_order_id)
    count = retry_alike(order, actor=ACTOR, user=request.user)
    if count:
        word = "order" if count == 1 else "orders"
        messages.success(request, f"Queued {count} {word} again.")
    else:
        messages.warning(request, "There is nothing to retry on this order.")
    return show_again(request, tiktok_order_id, order)


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


def order_context(request: MerchantRequest, order: Order) -> dict[str, Any]:
    """What the page shows this person, who came from one of the lists."""
    shops = shops_of(request.merchant) if request.htmx else frame_of(request).shops
    beside = find_neighbours(order, shops, list_query(request))
    show = request.GET.get("show", "all")
    hidden = {"address": [], "buyer_message": "", "is_hidden": True}
    return {
        **gather_detail(order, request.user, show),
        **(hidden if hides_personal_data(request, order) else {}),
        "beside": beside,
        "list_part": carried(list=beside.query),
        "carry": carried(list=beside.query, show="" if show == "all" else show),
        "team": team_of(request.merchant) if request.membership.may_act else [],
        "is_staff": request.user.is_staff,
    }


def carried(**named: str) -> str:
    """What an address of the order takes along, to be put behind its shop."""
    kept = {name: value for name, value in named.items() if value}
    return f"&{urlencode(kept)}" if kept else ""


def find_order(request: MerchantRequest, tiktok_order_id: str) -> Order:
    """The merchant's order of that id; of two shops' the newer one, unless `shop` names one."""
    orders = Order.objects.of_merchant(request.merchant).filter(tiktok_order_id=tiktok_order_id)
    if shop := request.GET.get("shop", ""):
        orders = orders.filter(shop__shop_id=shop)
    beside = (
        *("shop__store", "shop__rules", "shop__merchant"),
        *("cancellation", "seller_cancellation"),
    )
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
        show = request.GET.get("show", "")
        return redirect(order_address(order) + carried(list=list_query(request), show=show))
    order = find_order(request, tiktok_order_id)
    return render(request, "orders/_detail.html", {**order_context(request, order), "toasts": True})
