"""To Shopify's consent page and back, begun here or in Shopify."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tiktoksync.connecting.doors import answer_page, is_owner, leave_for, telling_refusals
from tiktoksync.connecting.services import shopify_consent
from tiktoksync.connecting.services.journeys import (
    Wanted,
    begin_journey,
    pending_install,
    remember_install,
    safe_way_back,
    settle_install,
    take_journey,
)
from tiktoksync.shops.models import Platform
from tiktoksync.web_access import MerchantRequest, merchant_page, owner_action

AGAIN = "connect-shopify"


@merchant_page
def show_form(request: MerchantRequest) -> HttpResponse:
    """Which store is to be connected."""
    context = {
        "shop": request.GET.get("shop", "") or pending_install(request.session),
        "back_to": safe_way_back(request.GET.get("back_to", "")),
        "is_owner": is_owner(request),
    }
    return render(request, "connecting/shopify.html", context)


@owner_action
@telling_refusals(AGAIN)
def begin(request: MerchantRequest) -> HttpResponse:
    """Go to the store's consent page."""
    domain = shopify_consent.read_domain(request.POST.get("shop", ""))
    app = shopify_consent.shopify_app(domain)
    wanted = Wanted(
        Platform.SHOPIFY,
        app,
        request.merchant,
        request.user,
        asked_for=domain,
        back_to=request.POST.get("back_to", ""),
    )
    state = begin_journey(request.session, wanted)
    settle_install(request.session, domain)
    return leave_for(request, "shopify", shopify_consent.consent_address(app, domain, state))


@answer_page(AGAIN)
def finish(request: MerchantRequest) -> HttpResponse:
    """Shopify sends the owner back here."""
    journey = take_journey(
        request.session,
        Platform.SHOPIFY,
        request.GET.get("state", ""),
        merchant=request.merchant,
        user=request.user,
    )
    store = shopify_consent.finish_shopify(journey, request.GET.dict(), request.user)
    messages.success(request, f"{store} is connected.")
    return redirect(journey.back_to or "connect")


@never_cache
@login_not_required
@require_GET
@telling_refusals(AGAIN)
def install(request: HttpRequest) -> HttpResponse:
    """Somebody opens the app in Shopify: it goes on here once they are signed in."""
    domain = shopify_consent.verify_install(request.GET.dict())
    remember_install(request.session, domain)
    return redirect(f"{reverse('connect-shopify')}?{urlencode({'shop': domain})}")
