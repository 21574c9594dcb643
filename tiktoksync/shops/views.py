"""Connections, time zone and API tokens of one merchant."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from orders.frame import frame_of
from tiktoksync.lib.secrets import digest
from tiktoksync.shops.forms import MerchantForm, TokenForm
from tiktoksync.shops.models import ApiToken, Membership
from tiktoksync.shops.services.note_changes import note_settings_change, save_settings
from tiktoksync.shops.services.tokens import mint_token
from tiktoksync.shops.settings_page import last_change, only_for_members
from tiktoksync.web_access import (
    MerchantRequest,
    merchant_action,
    merchant_page,
    owner_action,
)

NEW_TOKEN = "new_token"


@merchant_page
def show_settings(request: MerchantRequest) -> HttpResponse:
    """Connections and the time zone."""
    return _show_general(request, MerchantForm(instance=request.merchant))


@merchant_action
def save_merchant(request: MerchantRequest) -> HttpResponse:
    """Keep the merchant's time zone."""
    form = MerchantForm(request.POST, instance=request.merchant)
    if not form.is_valid():
        request.merchant.refresh_from_db()
        return _show_general(request, form, status=422)
    save_settings(form, request.merchant, "general", user=request.user)
    messages.success(request, "Saved the time zone.")
    return redirect("settings")


def _show_general(request: MerchantRequest, form: MerchantForm, status: int = 200) -> HttpResponse:
    context = {
        "shops": frame_of(request).shops,
        "merchant_form": only_for_members(form, request),
        "last_change": last_change(request.merchant, "general"),
        "last_connection_change": last_change(request.merchant, "connections"),
    }
    return render(request, "settings/settings.html", context, status=status)


@merchant_page
def show_api(request: MerchantRequest) -> HttpResponse:
    """Tokens for programs, and where webhooks arrive."""
    new = request.session.pop(NEW_TOKEN, "")
    tokens = request.merchant.api_tokens.defer("token").order_by("revoked_at", "-id")
    context: dict[str, Any] = {
        "minted": ApiToken.objects.filter(merchant=request.merchant, digest=new).first(),
        "tokens": tokens,
        "token_form": TokenForm(),
        "shops": frame_of(request).shops,
        "public_url": settings.PUBLIC_URL,
        "is_owner": request.membership.role == Membership.Role.OWNER,
        "last_change": last_change(request.merchant, "api"),
    }
    return render(request, "settings/api.html", context)


@owner_action
def create_token(request: MerchantRequest) -> HttpResponse:
    """Mint an API token; it is shown on the next page, once."""
    form = TokenForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        token = mint_token(request.merchant, name)
        _note_token(request, f"Made the API key “{name}”.")
        # The session remembers which token is new, never the token: sessions are not encrypted.
        request.session[NEW_TOKEN] = digest(token)
    else:
        messages.error(request, "Give the token a name of at most 100 characters.")
    return redirect("settings-api")


@owner_action
def revoke_token(request: MerchantRequest, token_id: int) -> HttpResponse:
    """Shut a token out for good."""
    tokens = ApiToken.objects.filter(merchant=request.merchant, revoked_at=None)
    token = get_object_or_404(tokens.defer("token"), pk=token_id)
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    _note_token(request, f"Revoked the API key “{token.name}”.")
    messages.success(request, f"Revoked the token “{token.name}”.")
    return redirect("settings-api")


def _note_token(request: MerchantRequest, words: str) -> None:
    note_settings_change(request.merchant, "api", user=request.user, words=words)
