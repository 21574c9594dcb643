"""The product rules of a shop on the settings page, with an example that follows the typing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from products.forms import ExampleForm, ProductRulesForm, default_product_rules
from products.models import ProductRules
from products.services import keep_in_step
from products.services.rules import product_rules
from products.shown_formulas import explain_price, explain_stock
from products.shown_lines import rules_of
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.note_changes import reset_settings, save_settings
from tiktoksync.shops.settings_page import address_of, chosen_shop, only_for_members, page_of
from tiktoksync.tiktok.markets import currency_of
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

ROUTES = {"products": "settings-product-rules", "inventory": "settings-inventory"}
UNITS, PRICE = 12, Decimal("20.00")
#: What the formulas read of the rules.
FIGURES = (
    *("stock_percent", "stock_threshold", "stock_ceiling"),
    *("price_percent", "price_add", "price_rounding", "price_floor"),
)


@merchant_page
def show_products(request: MerchantRequest) -> HttpResponse:
    """Prices, links, states and imports."""
    return _show(request, "products", chosen_shop(request))


@merchant_page
def show_inventory(request: MerchantRequest) -> HttpResponse:
    """How much of which location's stock TikTok may sell."""
    return _show(request, "inventory", chosen_shop(request))


@merchant_action
def save_rules(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Keep one shop's product rules; with a mistake in them the page says which."""
    shop, section = find_shop(request, shop_id), _section(request.POST.get("section", ""))
    form = _form(shop, section, product_rules(shop), request.POST)
    if not form.is_valid():
        return _show(request, section or "products", shop, form, status=422)
    save_settings(form, request.merchant, section or "products", user=request.user, shop=shop)
    keep_in_step.rules_changed(shop)
    messages.success(
        request, f"Saved the product rules of {shop}. TikTok is told what differs by them."
    )
    return redirect(address_of(ROUTES[section or "products"], shop))


@merchant_action
def reset_rules(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Put a section's rules back to what they are before anybody has chosen."""
    shop = find_shop(request, shop_id)
    section = _section(request.POST.get("section", "")) or "products"
    fresh, rules = default_product_rules(section), product_rules(shop)
    reset_settings(rules, fresh, request.merchant, section, user=request.user, shop=shop)
    keep_in_step.rules_changed(shop)
    messages.success(request, "Back to the defaults. TikTok is told what differs by them.")
    return redirect(address_of(ROUTES[section], shop))


def _form(
    shop: TikTokShop, section: str, rules: ProductRules, data: Any = None
) -> ProductRulesForm:
    return ProductRulesForm(data, instance=rules, prefix=prefix_of(shop), section=section)


def _section(name: str) -> str:
    return name if name in ROUTES else ""


def _show(
    request: MerchantRequest,
    section: str,
    shop: TikTokShop | None,
    form: ProductRulesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = page_of(request, section, shop)
    if shop:
        fresh = form or _form(shop, section, rules_of([shop])[shop.pk])
        context["form"] = only_for_members(fresh, request)
        context["example"] = example_of(shop)
    return render(request, f"settings/{section}.html", context, status=status)


@merchant_page
def show_example(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """What the rules as they are typed make of an example."""
    shop = find_shop(request, shop_id)
    section = _section(request.GET.get("section", ""))
    context = {"example": example_of(shop, request.GET), "shop": shop, "section": section}
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
