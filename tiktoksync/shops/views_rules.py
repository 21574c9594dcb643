"""The settings of orders, cancellations and returns: a section a page, one shop at a time."""

from __future__ import annotations

import copy
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from orders.rule_effects import effect_of, typed_rules
from orders.services.new_rules import apply_new_rules
from orders.services.rules import order_rules
from tiktoksync.shops.forms import OrderRulesForm, default_rules
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.note_changes import reset_settings, save_settings
from tiktoksync.shops.settings_page import address_of, chosen_shop, only_for_members, page_of
from tiktoksync.shops.views_cancel_reasons import gather_cancel_reasons
from tiktoksync.shops.views_carriers import gather_carriers
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

ROUTES = {
    "orders": "settings-orders",
    "fulfillment": "settings-fulfillment",
    "aftersales": "settings-aftersales",
}


@merchant_page
def show_orders(request: MerchantRequest) -> HttpResponse:
    """How paid TikTok orders become Shopify orders."""
    return _show(request, "orders", chosen_shop(request))


@merchant_page
def show_fulfillment(request: MerchantRequest) -> HttpResponse:
    """How tracking goes over, and what carriers are called."""
    return _show(request, "fulfillment", chosen_shop(request))


@merchant_page
def show_aftersales(request: MerchantRequest) -> HttpResponse:
    """Who follows whom when orders are cancelled, returned, paid back."""
    return _show(request, "aftersales", chosen_shop(request))


@merchant_action
def save_rules(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Keep one shop's rules, those of a section or all; with a mistake the page says which."""
    shop, section = find_shop(request, shop_id), _section(request.POST.get("section", ""))
    form = _form(shop, section, request.POST)
    if not form.is_valid():
        return _show(request, section or "orders", shop, form, status=422)
    save_settings(form, request.merchant, section or "orders", user=request.user, shop=shop)
    apply_new_rules(shop)
    messages.success(request, f"Saved the order rules of {shop}.")
    return redirect(address_of(ROUTES[section or "orders"], shop))


@merchant_action
def reset_rules(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Put a section's rules back to what they are before anybody has chosen."""
    shop, section = find_shop(request, shop_id), _section(request.POST.get("section", ""))
    section = section or "orders"
    fresh = default_rules(section)
    reset_settings(
        order_rules(shop), fresh, request.merchant, section, user=request.user, shop=shop
    )
    apply_new_rules(shop)
    messages.success(request, "Back to the defaults.")
    return redirect(address_of(ROUTES[section], shop))


@merchant_page
def show_effect(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """What the rules as they are typed would have done to the last orders."""
    shop = find_shop(request, shop_id)
    form = _form(shop, "orders", request.GET)
    return render(request, "settings/_effect.html", {"effect": effect_of(shop, typed_rules(form))})


def find_shop(request: MerchantRequest, shop_id: str) -> TikTokShop:
    """The merchant's shop of that id."""
    shops = TikTokShop.objects.select_related("store")
    return get_object_or_404(shops, merchant=request.merchant, shop_id=shop_id)


def _form(shop: TikTokShop, section: str, data: Any = None) -> OrderRulesForm:
    # A copy: what is typed must not pass for what is kept.
    rules = copy.copy(order_rules(shop))
    return OrderRulesForm(data, instance=rules, prefix=shop.shop_id, section=section)


def _section(name: str) -> str:
    return name if name in ROUTES else ""


def _show(
    request: MerchantRequest,
    section: str,
    shop: TikTokShop | None,
    form: OrderRulesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = page_of(request, section, shop)
    if shop:
        context["form"] = only_for_members(form or _form(shop, section), request)
        if section == "orders":
            context["effect"] = effect_of(shop, {})
        if section == "fulfillment":
            context["carriers"] = gather_carriers(shop)
        if section == "aftersales":
            context["reasons"] = gather_cancel_reasons(shop)
    return render(request, f"settings/{section}.html", context, status=status)
