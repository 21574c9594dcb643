"""The page of returns and cancellations, over all orders."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from orders.frame import frame_of
from orders.returns_list import read_returns
from tiktoksync.web_access import MerchantRequest, merchant_page


@merchant_page
def list_returns(request: MerchantRequest) -> HttpResponse:
    """Returns, cancel requests or refunds, the newest first."""
    shops = frame_of(request).shops
    page = read_returns(request.merchant, shops, request.GET)
    if page is None:
        raise Http404
    return render(request, "orders/returns.html", {"page": page, "shops": shops})
