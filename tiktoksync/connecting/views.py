"""Every connection of a merchant, with its health and what can be done about it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from tiktoksync.connecting.doors import is_owner
from tiktoksync.connecting.services.journeys import pending_install
from tiktoksync.connecting.shown import cards_of
from tiktoksync.web_access import MerchantRequest, merchant_page


@merchant_page
def show_connections(request: MerchantRequest) -> HttpResponse:
    """A card for each pair, and how to add one."""
    context = {
        "cards": cards_of(request.merchant),
        "waiting_install": pending_install(request.session),
        "is_owner": is_owner(request),
        "may_act": request.membership.may_act,
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "settings/connect.html", context)
