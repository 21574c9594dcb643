"""Which of TikTok's carriers a name typed in Shopify stands for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from orders.models import Fulfillment
from orders.services.map_carriers import (
    accepted_carriers,
    forget_carrier,
    map_carrier,
    unknown_carriers,
)
from orders.services.suggest_carriers import suggest_carriers
from tiktoksync.shops.models import CarrierMapping, TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change
from tiktoksync.shops.settings_page import address_of
from tiktoksync.sync.models import SyncStatus
from tiktoksync.web_access import MerchantRequest, merchant_action

CARRIER_LENGTH = 100


def gather_carriers(shop: TikTokShop) -> dict[str, Any]:
    """What the settings page shows of one shop's carriers."""
    mapped = list(shop.carrier_mappings.order_by("carrier"))
    known = {mapping.carrier.casefold() for mapping in mapped}
    return {
        "shop": shop,
        "mapped": _with_use(shop, mapped),
        "unknown": [name for name in unknown_carriers(shop) if name.casefold() not in known],
        "accepted": accepted_carriers(shop),
        "guessed": [line for line in suggest_carriers(shop) if line.is_guess],
    }


def _with_use(shop: TikTokShop, mapped: list[CarrierMapping]) -> list[dict[str, Any]]:
    """Each mapping with when it was last used, and how often TikTok refused under it."""
    names = [mapping.carrier for mapping in mapped]
    rows = Fulfillment.objects.order_by().filter(order__shop=shop, carrier__in=names)
    used = rows.values("carrier").annotate(
        last=Max("sent_at"), failures=Count("pk", filter=Q(sync_status=SyncStatus.FAILED))
    )
    found = {row["carrier"]: row for row in used}
    none = {"last": None, "failures": 0}
    return [{"mapping": one, **found.get(one.carrier, none)} for one in mapped]


@merchant_action
def save_carrier(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Map one name, or forget it where no carrier is chosen; waiting shipments go on."""
    shop = get_object_or_404(TikTokShop, merchant=request.merchant, shop_id=shop_id)
    carrier = request.POST.get("carrier", "").strip()
    provider = request.POST.get("provider_name", "").strip()
    if not carrier or len(carrier) > CARRIER_LENGTH:
        messages.error(request, f"A carrier's name has 1 to {CARRIER_LENGTH} characters.")
    elif not provider:
        if _forget(request, shop, carrier):
            messages.success(request, f"“{carrier}” stands for itself again.")
    elif provider not in accepted_carriers(shop):
        messages.error(request, "Choose one of the carriers that TikTok accepts.")
    else:
        released = _map(request, shop, carrier, provider)
        waiting = f" Shipments sent again: {released}." if released else ""
        messages.success(request, f"“{carrier}” goes to TikTok as {provider}.{waiting}")
    return redirect(address_of("settings-fulfillment", shop))


def _forget(request: MerchantRequest, shop: TikTokShop, carrier: str) -> bool:
    before = _provider(shop, carrier)
    forgotten = forget_carrier(shop, carrier)
    if forgotten:
        _note(request, shop, carrier, before, "")
    return forgotten


def _map(request: MerchantRequest, shop: TikTokShop, carrier: str, provider: str) -> int:
    before = _provider(shop, carrier)
    released = map_carrier(shop, carrier, provider)
    _note(request, shop, carrier, before, provider)
    return released


def _provider(shop: TikTokShop, carrier: str) -> str:
    mapping = shop.carrier_mappings.filter(carrier=carrier).first()
    return mapping.provider_name if mapping else ""


def _note(
    request: MerchantRequest, shop: TikTokShop, carrier: str, before: str, after: str
) -> None:
    change = changed("carrier", f"Carrier “{carrier}”", before, after)
    note_settings_change(
        request.merchant, "fulfillment", user=request.user, changes=[change], shop=shop
    )
