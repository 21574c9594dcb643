"""The list of orders as a file."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.utils import timezone

from orders.export import export_orders
from orders.frame import shops_of
from orders.list_selection import read_selection, select
from orders.views import chosen_sort
from tiktoksync.web_access import MerchantRequest, merchant_page, read_key


@merchant_page
def export(request: MerchantRequest) -> StreamingHttpResponse:
    """The rows that were ticked; without any, everything that the filters find."""
    keys = [key for key in map(read_key, request.GET.getlist("pick")) if key]
    given = request.GET.dict() | ({} if keys and not request.GET.get("all") else {"all": "1"})
    found = select(shops_of(request.merchant), read_selection(given, keys))
    ordered = found.order_by(*chosen_sort(request).ordering(backwards=False))
    return export_orders(ordered, f"orders-{timezone.localdate().isoformat()}")
