"""What a person does with an order's parcels."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse

from orders.services.resend_parcels import resend_parcel
from orders.services.store_packages import want_label
from orders.views_detail import ACTOR, find_order, show_again
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
    return show_again(request, tiktok_order_id, order)


@merchant_action
def resend(request: MerchantRequest, tiktok_order_id: str) -> HttpResponse:
    """Send one refused parcel again."""
    order = find_order(request, tiktok_order_id)
    if resend_parcel(order, request.POST.get("parcel", ""), actor=ACTOR, user=request.user):
        messages.success(request, "Queued again. The other side is told in a moment.")
    else:
        messages.warning(request, "This parcel does not wait to be sent again.")
    return show_again(request, tiktok_order_id, order)
