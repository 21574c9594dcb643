"""The orders list: tabs, filters, pages, and the fragment that keeps it fresh."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.db.models import (
    CharField,
    Count,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.http import HttpResponse
from django.shortcuts import render

from orders.filters import TABS, OrderFilter, count_tabs, in_tab, orders_of
from orders.frame import keep_frame, shops_of
from orders.models import CancelRequest, Fulfillment, LineItem, Order
from orders.paging import Page, read_page
from orders.presentation import SYNC_CHOICES, TIKTOK_CHOICES
from tiktoksync.sync.models import SyncStatus
from tiktoksync.web_access import MerchantRequest, merchant_page

UNCHANGED = 204


@merchant_page
def list_orders(request: MerchantRequest) -> HttpResponse:
    """The page of orders."""
    return render(request, "orders/list.html", gather_list(request))


@merchant_page
def refresh_orders(request: MerchantRequest) -> HttpResponse:
    """The list alone, when it is no longer what the page shows."""
    context = gather_list(request)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=UNCHANGED)
    return render(request, "orders/_list.html", context)


def gather_list(request: MerchantRequest) -> dict[str, Any]:
    """What the list shows for the filters in the address."""
    shops = shops_of(request.merchant)
    counts = count_tabs(request.merchant, shops)
    keep_frame(request, shops, counts["attention"])
    tab = request.GET.get("tab", "")
    found = OrderFilter(request.GET, in_tab(list_columns(orders_of(shops)), tab, shops))
    page = read_page(
        found.qs, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    prefetch_related_objects(page.rows, Prefetch("line_items", line_columns()))
    by_key = {shop.pk: shop for shop in shops}
    for order in page.rows:
        order.shop = by_key[order.shop_id]
    return {
        "tab": tab,
        "tabs": [(entry, counts[entry.key]) for entry in TABS],
        "page": page,
        "chosen": found.chosen,
        "shops": shops,
        "tiktok_choices": TIKTOK_CHOICES,
        "sync_choices": SYNC_CHOICES,
        "version": list_version(page, counts),
    }


def list_columns(orders: QuerySet[Order]) -> QuerySet[Order]:
    """What a row of the list needs of the order and its shipments; no raw bodies."""
    shipped = Fulfillment.objects.filter(order=OuterRef("pk")).exclude(tracking_number="")
    number = shipped.order_by("id").values("tracking_number")[:1]
    parcels = shipped.order_by().values("order").annotate(n=Count("pk")).values("n")
    asked = CancelRequest.objects.filter(order=OuterRef("pk"), sync_status=SyncStatus.HELD)
    answer_by = asked.order_by("respond_by").values("respond_by")[:1]
    return orders.defer("raw").annotate(
        answer_by=Subquery(answer_by),
        tracking=Subquery(number, output_field=CharField()),
        parcels=Subquery(parcels),
    )


def line_columns() -> QuerySet[LineItem]:
    """What a row of the list needs of the order's units."""
    return LineItem.objects.only(
        "order_id", "product_name", "sku_name", "seller_sku", "tracking_number"
    )


def list_version(page: Page, counts: dict[str, int]) -> str:
    """Changes whenever something that the list shows has changed."""
    seen: list[Any] = [sorted(counts.items())]
    for row in page.rows:
        more = (getattr(row, "tracking", None), getattr(row, "answer_by", None))
        seen.append((row.pk, row.tiktok_status, row.sync_status, row.tries, row.seen_at, *more))
    return blake2b(repr(seen).encode(), digest_size=8).hexdigest()
