"""What a person does with an order's parcels."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from orders.detail import gather_detail
from orders.services.store_packages import want_label
from orders.templatetags.order_tags import order_address
from orders.views_detail import find_order
from tiktoksync.web_access import MerchantRequest, merchant_action


@merchant_action
def ask_label(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Have a fresh address of a parcel's label read; the page shows it when it is there."""
    order = find_order(request, tiktok_order_id)
    package = order.packages.filter(
        tiktok_package_id=request.POST.get("package", ""), is_gone=False
    ).first()
    if package is None:
        raise Http404("There is no such parcel.")
    want_label(package)
    messages.success(request, "Asked TikTok for the label. It appears here in a moment.")
    if not request.htmx:
        return redirect(order_address(order))
    return render(request, "orders/_detail.html", {**gather_detail(order), "toasts": True})
