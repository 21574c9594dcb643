"""Settings and connections of one merchant."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from orders.frame import frame_of
from orders.services.new_rules import apply_new_rules
from orders.services.rules import order_rules
from tiktoksync.lib.secrets import digest
from tiktoksync.shops.forms import MerchantForm, OrderRulesForm, TokenForm
from tiktoksync.shops.models import ApiToken, Membership, Merchant, TikTokShop
from tiktoksync.shops.services.tokens import mint_token
from tiktoksync.shops.views_carriers import gather_carriers
from tiktoksync.web_access import (
    MerchantRequest,
    merchant_action,
    merchant_page,
    owner_action,
)

NEW_TOKEN = "new_token"


@merchant_page
def show_settings(request: MerchantRequest) -> HttpResponse:
    """Connections, order rules, API tokens, team."""
    new = request.session.pop(NEW_TOKEN, "")
    minted = ApiToken.objects.filter(merchant=request.merchant, digest=new).first()
    context = gather_settings(request) | {"minted": minted}
    return render(request, "settings/settings.html", context)


@merchant_action
def save_rules(request: MerchantRequest, shop_id: str) -> HttpResponse:
    """Keep one shop's order rules; with a mistake in them the page says which."""
    shop = get_object_or_404(TikTokShop, merchant=request.merchant, shop_id=shop_id)
    form = OrderRulesForm(request.POST, instance=order_rules(shop), prefix=shop.shop_id)
    if form.is_valid():
        form.save()
        apply_new_rules(shop)
        messages.success(request, f"Saved the order rules of {shop}.")
        return redirect("settings")
    context = gather_settings(request, forms={shop.shop_id: form})
    return render(request, "settings/settings.html", context, status=422)


@merchant_action
def save_merchant(request: MerchantRequest) -> HttpResponse:
    """Keep the merchant's time zone."""
    form = MerchantForm(request.POST, instance=request.merchant)
    if not form.is_valid():
        context = gather_settings(request) | {"merchant_form": form}
        return render(request, "settings/settings.html", context, status=422)
    form.save()
    messages.success(request, "Saved the time zone.")
    return redirect("settings")


@owner_action
def create_token(request: MerchantRequest) -> HttpResponse:
    """Mint an API token; it is shown on the next page, once."""
    form = TokenForm(request.POST)
    if form.is_valid():
        token = mint_token(request.merchant, form.cleaned_data["name"])
        # The session remembers which token is new, never the token: sessions are not encrypted.
        request.session[NEW_TOKEN] = digest(token)
    else:
        messages.error(request, "Give the token a name of at most 100 characters.")
    return redirect("settings")


@owner_action
def revoke_token(request: MerchantRequest, token_id: int) -> HttpResponse:
    """Shut a token out for good."""
    tokens = ApiToken.objects.filter(merchant=request.merchant, revoked_at=None)
    token = get_object_or_404(tokens.defer("token"), pk=token_id)
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    messages.success(request, f"Revoked the token “{token.name}”.")
    return redirect("settings")


@merchant_page
def show_connections(request: MerchantRequest) -> HttpResponse:
    """Every connection with its health, and how to add one."""
    context = {"shops": frame_of(request).shops, "public_url": settings.PUBLIC_URL}
    return render(request, "settings/connect.html", context)


def gather_settings(
    request: MerchantRequest, forms: dict[str, OrderRulesForm] | None = None
) -> dict[str, Any]:
    """What the settings page shows; `forms` holds those that were sent with mistakes."""
    merchant: Merchant = request.merchant
    shops = frame_of(request).shops
    return {
        "shops": shops,
        "rules": [
            (shop, _only_for_members(_rules_form(shop, forms or {}), request)) for shop in shops
        ],
        "carrier_maps": [gather_carriers(shop) for shop in shops],
        "tokens": merchant.api_tokens.defer("token").order_by("revoked_at", "-id"),
        "token_form": TokenForm(),
        "team": merchant.memberships.select_related("user").order_by("role", "user__username"),
        "merchant_form": _only_for_members(MerchantForm(instance=merchant), request),
        "is_owner": request.membership.role == Membership.Role.OWNER,
    }


def _only_for_members(form: ModelForm[Any], request: MerchantRequest) -> ModelForm[Any]:
    """The form as a viewer sees it: to read, not to fill in."""
    for field in form.fields.values():
        field.disabled = not request.membership.may_act
    return form


def _rules_form(shop: TikTokShop, sent: dict[str, OrderRulesForm]) -> OrderRulesForm:
    return sent.get(shop.shop_id) or OrderRulesForm(instance=order_rules(shop), prefix=shop.shop_id)
