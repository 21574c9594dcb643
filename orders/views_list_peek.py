"""More about one order of the list, in a panel beside its row."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from orders.detail import gather_detail
from orders.views_detail import find_order
from tiktoksync.web_access import MerchantRequest, merchant_page


@merchant_page
def peek(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Why an order stands where it stands, or what is in it."""
    order = find_order(request, tiktok_order_id)
    what = "items" if request.GET.get("what") == "items" else "reason"
    return render(request, f"orders/_row_{what}.html", gather_detail(order))
