"""One side of a connection: test it, pause it, let it go on, take it apart."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from tiktoksync.connecting.doors import is_owner
from tiktoksync.connecting.services.disconnect import disconnect_account
from tiktoksync.connecting.services.probe_account import probe_account
from tiktoksync.connecting.services.stop_account import let_account_go_on, stop_account
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, owner_action

Side = TikTokShop | ShopifyStore
MODELS: dict[str, type[TikTokShop] | type[ShopifyStore]] = {
    "shop": TikTokShop,
    "store": ShopifyStore,
}


@merchant_action
def test(request: MerchantRequest, side: str, account_id: int) -> HttpResponse:
    """Make one call and say how it went."""
    found = probe_account(_account(request, side, account_id))
    tell = messages.success if found.is_good else messages.error
    tell(request, found.words)
    return redirect("connect")


@owner_action
def pause(request: MerchantRequest, side: str, account_id: int) -> HttpResponse:
    """Stop one side until somebody lets it go on."""
    account = _account(request, side, account_id)
    if stop_account(account, request.user):
        messages.success(request, f"{account} is paused. What comes meanwhile waits.")
    return redirect("connect")


@owner_action
def resume(request: MerchantRequest, side: str, account_id: int) -> HttpResponse:
    """Let it go on, from where it stopped."""
    account = _account(request, side, account_id)
    if let_account_go_on(account, request.user):
        messages.success(request, f"{account} goes on, and catches up now.")
    return redirect("connect")


@merchant_page
def ask_to_disconnect(request: MerchantRequest, side: str, account_id: int) -> HttpResponse:
    """What disconnecting ends and what it keeps; confirmed by typing the name."""
    account = _account(request, side, account_id)
    return _show(request, account)


@owner_action
def disconnect(request: MerchantRequest, side: str, account_id: int) -> HttpResponse:
    """Take one side apart, if its name was typed."""
    account = _account(request, side, account_id)
    if request.POST.get("name", "").strip().casefold() != name_to_type(account).casefold():
        return _show(request, account, mistake=True, status=422)
    if disconnect_account(account, request.user):
        messages.success(request, f"{account} is disconnected. Its orders and links stay here.")
    return redirect("connect")


def name_to_type(account: Side) -> str:
    """What a person types to say that they mean it."""
    return account.shop_domain if isinstance(account, ShopifyStore) else account.shop_id


def _show(
    request: MerchantRequest, account: Side, *, mistake: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "account": account,
        "side": "store" if isinstance(account, ShopifyStore) else "shop",
        "is_store": isinstance(account, ShopifyStore),
        "name_to_type": name_to_type(account),
        "mistake": mistake,
        "is_owner": is_owner(request),
    }
    return render(request, "connecting/disconnect.html", context, status=status)


def _account(request: MerchantRequest, side: str, account_id: int) -> Side:
    model = MODELS.get(side)
    if model is None:
        raise Http404
    rows: Any = model._default_manager
    found: Side = get_object_or_404(rows, merchant=request.merchant, pk=account_id)
    return found
