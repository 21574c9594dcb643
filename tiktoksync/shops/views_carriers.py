"""Which of TikTok's carriers a name typed in Shopify stands for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from orders.services.map_carriers import (
    accepted_carriers,
    forget_carrier,
    map_carrier,
    unknown_carriers,
)
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action

CARRIER_LENGTH = 100


def gather_carriers(shop: TikTokShop) -> dict[str, Any]:
    """What the settings page shows of one shop's carriers."""
    mapped = list(shop.carrier_mappings.order_by("carrier"))
    known = {mapping.carrier.casefold() for mapping in mapped}
    return {
        "shop": shop,
        "mapped": mapped,
        "unknown": [name for name in unknown_carriers(shop) if name.casefold() not in known],
        "accepted": accepted_carriers(shop),
    }


@merchant_action
def save_carrier(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Map one name, or forget it where no carrier is chosen; waiting shipments go on."""
    shop = get_object_or_404(TikTokShop, merchant=request.merchant, shop_id=shop_id)
    carrier = request.POST.get("carrier", "").strip()
    provider = request.POST.get("provider_name", "").strip()
    if not carrier or len(carrier) > CARRIER_LENGTH:
        messages.error(request, f"A carrier's name has 1 to {CARRIER_LENGTH} characters.")
    elif not provider:
        if forget_carrier(shop, carrier):
            messages.success(request, f"“{carrier}” stands for itself again.")
    elif provider not in accepted_carriers(shop):
        messages.error(request, "Choose one of the carriers that TikTok accepts.")
    else:
        released = map_carrier(shop, carrier, provider)
        waiting = f" Shipments sent again: {released}." if released else ""
        messages.success(request, f"“{carrier}” goes to TikTok as {provider}.{waiting}")
    return redirect("settings")
