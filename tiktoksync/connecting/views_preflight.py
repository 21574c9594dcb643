"""The pre-flight of one shop and its store."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from tiktoksync.connecting.services.run_preflight import run_preflight
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page


@merchant_page
def show_preflight(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """What was found when the pair was last looked over."""
    return _show(request, _shop(request, shop_id))


@merchant_action
def check_again(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Ask both platforms again."""
    shop = _shop(request, shop_id)
    run_preflight(shop)
    if request.htmx:
        return _show(request, shop)
    return redirect("connect-preflight", shop.shop_id)


def _show(request: MerchantRequest, shop: TikTokShop) -> HttpResponse:
    context = {
        "shop": shop,
        "checks": list(shop.preflight_checks.all()),
        "may_act": request.membership.may_act,
    }
    page = "connecting/_preflight.html" if request.htmx else "connecting/preflight.html"
    return render(request, page, context)


def _shop(request: MerchantRequest, shop_id: str) -> TikTokShop:
    shops = TikTokShop.objects.select_related("store")
    found: TikTokShop = get_object_or_404(shops, merchant=request.merchant, shop_id=shop_id)
    return found
