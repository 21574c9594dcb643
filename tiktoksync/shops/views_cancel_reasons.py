"""Which reason an order that is cancelled on one platform carries on the other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from orders.cancel_reasons import SHOPIFY, SHOPIFY_REASONS, WORDS
from orders.services.map_cancel_reasons import LONGEST, CannotMap, read_lines, save_lines
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.settings_page import address_of
from tiktoksync.web_access import MerchantRequest, merchant_action

NEW = "new_reason"


def gather_cancel_reasons(shop: TikTokShop) -> dict[str, Any]:
    """What the settings page shows of one shop's reasons: both directions."""
    lines = read_lines(shop)
    return {
        "to_shopify": [line for line in lines if line.kind != SHOPIFY],
        "to_tiktok": [line for line in lines if line.kind == SHOPIFY],
        "shopify_reasons": list(SHOPIFY_REASONS.items()),
        "longest": LONGEST,
    }


@merchant_action
def save_cancel_reasons(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Keep the lines as they are on the page, and add the one that was typed."""
    shop = get_object_or_404(TikTokShop, merchant=request.merchant, shop_id=shop_id)
    try:
        count = save_lines(shop, _wanted(request), request.user)
    except CannotMap as problem:
        messages.error(request, f"{problem} Nothing was saved.")
    else:
        said = "Saved the cancel reasons." if count else "No cancel reason was changed."
        messages.success(request, said)
    return redirect(f"{address_of('settings-aftersales', shop)}#cancel-reasons")


def _wanted(request: MerchantRequest) -> dict[tuple[str, str], str]:
    """What each line is to become, by its kind and reason; a blank new line is none."""
    wanted = {}
    for name, value in request.POST.items():
        kind, mark, reason = name.replace("\x00", "").partition(":")
        if mark:
            wanted[kind, reason] = str(value)
    if words := request.POST.get(NEW, "").replace("\x00", "").strip():
        wanted[WORDS, words] = request.POST.get("new_becomes", "")
    return wanted
