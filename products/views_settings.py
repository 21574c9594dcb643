"""The product rules of a shop on the settings page, with an example that follows the typing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from products.forms import ExampleForm, ProductRulesForm
from products.models import ProductRules
from products.services import keep_in_step
from products.services.rules import product_rules
from products.shown_formulas import explain_price, explain_stock
from products.shown_lines import rules_of
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.views import gather_settings
from tiktoksync.tiktok.markets import currency_of
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

UNITS, PRICE = 12, Decimal("20.00")
#: What the formulas read of the rules.
FIGURES = (
    *("stock_percent", "stock_threshold", "stock_ceiling"),
    *("price_percent", "price_add", "price_rounding", "price_floor"),
)


@merchant_action
def save_rules(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Keep one shop's product rules; with a mistake in them the page says which."""
    shop = find_shop(request, shop_id)
    form = ProductRulesForm(request.POST, instance=product_rules(shop), prefix=prefix_of(shop))
    if form.is_valid():
        form.save()
        keep_in_step.rules_changed(shop)
        messages.success(
            request, f"Saved the product rules of {shop}. TikTok is told what differs by them."
        )
        return redirect("settings")
    context = gather_settings(request) | {"product_forms": {shop.pk: form}}
    return render(request, "settings/settings.html", context, status=422)


@merchant_page
def show_example(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """What the rules as they are typed make of an example."""
    shop = find_shop(request, shop_id)
    context = {"example": example_of(shop, request.GET), "shop": shop}
    return render(request, "settings/_products_example.html", context)


def example_of(shop: TikTokShop, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An example's two sentences under the stored rules, or under those that are typed."""
    rules = rules_of([shop])[shop.pk]
    named = {"units": _of(typed, "example_units"), "price": _of(typed, "example_price")}
    given = ExampleForm(named)
    given.is_valid()
    units = given.cleaned_data.get("units")
    price = given.cleaned_data.get("price")
    if typed is not None:
        rules = typed_rules(shop, rules, typed)
    units, price = UNITS if units is None else units, PRICE if price is None else price
    currency = currency_of(shop.region) or shop.store.currency or "USD"
    return {
        "units": units,
        "price": price,
        "stock": explain_stock(units, rules),
        "told": explain_price(price, rules, currency),
        "currency": currency,
    }


def typed_rules(shop: TikTokShop, rules: ProductRules, typed: Mapping[str, Any]) -> ProductRules:
    """The stored rules with the figures that are typed, as far as they are valid; nothing kept."""
    form = ProductRulesForm(typed, instance=ProductRules(shop=shop), prefix=prefix_of(shop))
    form.is_valid()
    for name in FIGURES:
        if name in form.cleaned_data:
            setattr(rules, name, form.cleaned_data[name])
    return rules


def prefix_of(shop: TikTokShop) -> str:
    """What keeps the fields of several shops apart."""
    return f"p{shop.shop_id}"


def find_shop(request: MerchantRequest, shop_id: str) -> TikTokShop:
    """The merchant's shop of that id."""
    shops = TikTokShop.objects.select_related("store")
    return get_object_or_404(shops, merchant=request.merchant, shop_id=shop_id)


def _of(typed: Mapping[str, Any] | None, name: str) -> Any:
    return typed.get(name) if typed else None
