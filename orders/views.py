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
from django.urls import reverse

from orders import list_saved, list_words
from orders.filters import TABS, OrderFilter, count_tabs, filter_orders
from orders.frame import keep_frame, shops_of
from orders.list_bulk import FIRST, MORE
from orders.list_layout import COLUMNS, SIZES, Layout, read_layout
from orders.models import CancelRequest, Fulfillment, LineItem, Order, SavedView
from orders.paging import NEWEST, SORTS, Page, Sort, read_page
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus
from tiktoksync.ui.components import Tab
from tiktoksync.web_access import MerchantRequest, merchant_page, read_key

UNCHANGED = 204


@merchant_page
def list_orders(request: MerchantRequest) -> HttpResponse:
    """The page of orders."""
    context = gather_list(request)
    choices = list_words.choices_for(request.merchant)
    return render(request, "orders/list.html", context | choices)


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
    tab = request.GET.get("tab", "")
    found = filter_orders(request.GET, tab, shops)
    counts = count_tabs(request.merchant, shops, found.qs)
    keep_frame(request, shops, counts["attention"])
    layout, sort = read_layout(request.membership), chosen_sort(request)
    page = read_rows(request, found, shops, layout, sort)
    views = list(list_saved.views_for(request.merchant, request.user))
    chosen = found.chosen
    query = request.GET.dict() | {"tab": tab, "view": ""}
    kept = {name: query[name] for name in list_saved.KEPT if query.get(name)}
    causes = list_words.causes_of(shops)
    return {
        "tab": tab,
        "tabs": [*_fixed_tabs(request, tab, counts), *_own_tabs(request, views)],
        "view": next((view for view in views if view.pk == _view_key(request)), None),
        "may_save": bool(chosen) or bool(sort.key),
        "query": list_saved.query_of(kept),
        "page": page,
        "matching": counts["found"],
        "chosen": chosen,
        "chips": list_words.list_chips(chosen, kept, shops, causes),
        "clear": f"{reverse('orders')}?tab={tab}" if tab else reverse("orders"),
        "shops": shops,
        "layout": layout,
        "columns": COLUMNS,
        "sizes": SIZES,
        "sort": sort,
        "sorts": SORTS.values(),
        "causes": causes,
        "bulk_first": FIRST,
        "bulk_more": MORE,
        "version": list_version(page, counts, layout, views),
    }


def chosen_sort(request: MerchantRequest) -> Sort:
    """The order of the list that the address asks for."""
    return SORTS.get(request.GET.get("sort", ""), NEWEST)


def read_rows(
    request: MerchantRequest,
    found: OrderFilter,
    shops: list[TikTokShop],
    layout: Layout,
    sort: Sort,
) -> Page:
    """The page of orders that the address asks for, with all that its rows show."""
    page = read_page(
        found.qs,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=layout.page_size,
        sort=sort,
        shops=[shop.pk for shop in shops],
        dress=list_columns,
    )
    prefetch_related_objects(page.rows, Prefetch("line_items", line_columns()), "own_tags")
    by_key = {shop.pk: shop for shop in shops}
    for order in page.rows:
        order.shop = by_key[order.shop_id]
    return page


def _fixed_tabs(request: MerchantRequest, tab: str, counts: dict[str, int]) -> list[Tab]:
    """The standing tabs; another tab keeps the filters and begins on its first page."""
    plain = not _view_key(request)
    tabs = []
    for entry in TABS:
        query = list_saved.query_of(request.GET.dict() | {"tab": entry.key})
        address = reverse("orders") + (f"?{query}" if query else "")
        tabs.append(Tab(entry.label, address, plain and entry.key == tab, counts[entry.key]))
    return tabs


def _own_tabs(request: MerchantRequest, views: list[SavedView]) -> list[Tab]:
    current, address = _view_key(request), reverse("orders")
    return [
        Tab(
            view.name,
            f"{address}?{view.query}&view={view.pk}".replace("?&", "?"),
            view.pk == current,
        )
        for view in views
    ]


def _view_key(request: MerchantRequest) -> int:
    return read_key(request.GET.get("view", ""))


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
        "order_id", "product_name", "sku_name", "seller_sku", "tracking_number", "image"
    )


def list_version(page: Page, counts: dict[str, int], layout: Layout, views: list[SavedView]) -> str:
    """Changes whenever something that the list shows has changed."""
    seen: list[Any] = [sorted(counts.items()), sorted(layout.hidden), layout.is_dense]
    seen += [(view.pk, view.name, view.query) for view in views]
    for row in page.rows:
        more = (getattr(row, "tracking", None), getattr(row, "answer_by", None))
        state = (row.tiktok_status, row.sync_status, row.tries, row.wait_reason, row.failure_code)
        tags = [tag.name for tag in row.own_tags.all()]
        seen.append((row.pk, *state, row.kept_back_at, row.seen_at, tags, *more))
    return blake2b(repr(seen).encode(), digest_size=8).hexdigest()
