"""What the pages of the settings share: which shop they are about, and who changed them last."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.forms import ModelForm
from django.http import Http404
from django.urls import reverse

from orders.frame import frame_of
from tiktoksync.shops.models import Merchant, SettingsChange, TikTokShop
from tiktoksync.web_access import MerchantRequest


def chosen_shop(request: MerchantRequest, shop_id: str = "") -> TikTokShop | None:
    """The shop that the address names, else the first; None where there is none."""
    shops = frame_of(request).shops
    wanted = shop_id or request.GET.get("shop", "")
    if not wanted:
        return shops[0] if shops else None
    for shop in shops:
        if shop.shop_id == wanted:
            return shop
    raise Http404("There is no such shop.")


def page_of(request: MerchantRequest, section: str, shop: TikTokShop | None) -> dict[str, Any]:
    """What every section's page shows beside its fields."""
    shops = frame_of(request).shops
    tabs = [(one, f"?{urlencode({'shop': one.shop_id})}", one == shop) for one in shops]
    return {
        "section": section,
        "shop": shop,
        "shop_tabs": tabs if len(shops) > 1 else [],
        "last_change": last_change(request.merchant, section, shop),
    }


def last_change(
    merchant: Merchant, section: str, shop: TikTokShop | None = None
) -> SettingsChange | None:
    """Who changed a section last; of one shop, or of the merchant as a whole."""
    lines = SettingsChange.objects.filter(merchant=merchant, section=section)
    return lines.filter(Q(shop=None) | Q(shop=shop)).select_related("user").first()


def only_for_members(form: ModelForm[Any], request: MerchantRequest) -> ModelForm[Any]:
    """The form as a viewer sees it: to read, not to fill in."""
    for field in form.fields.values():
        field.disabled = not request.membership.may_act
    return form


def address_of(route: str, shop: TikTokShop) -> str:
    """A section's page, about one shop."""
    return f"{reverse(route)}?{urlencode({'shop': shop.shop_id})}"
