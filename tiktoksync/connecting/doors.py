"""What the connecting pages have in common: who may, refusals as pages, the way off the site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from tiktoksync.connecting.refusals import Refused
from tiktoksync.shops.models import Membership
from tiktoksync.web_access import MerchantRequest, View, merchant_page

PLATFORMS = {"shopify": "Shopify", "tiktok": "TikTok Shop"}


def is_owner(request: MerchantRequest) -> bool:
    """Whether the reader may make and end connections."""
    return bool(request.membership.role == Membership.Role.OWNER)


def telling_refusals(again: str) -> Callable[[View], View]:
    """A view whose refusals become pages; `again` is the route to begin anew."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Refused as refused:
                return show_refusal(request, refused, again)

        return inner

    return decorate


def answer_page(again: str) -> Callable[[View], View]:
    """The page a platform sends an owner back to: finishes what this owner began, and only that."""

    def decorate(view: View) -> View:
        @never_cache
        @merchant_page
        @telling_refusals(again)
        @wraps(view)
        def inner(request: MerchantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_owner(request):
                raise Refused("owner")
            return view(request, *args, **kwargs)

        return inner

    return decorate


def show_refusal(request: HttpRequest, refused: Refused, again: str) -> HttpResponse:
    """Why nothing was connected, and how to go on."""
    context = {"words": refused.words, "reason": refused.reason, "again": again}
    return render(request, "connecting/refused.html", context, status=refused.words.status)


def leave_for(request: HttpRequest, platform: str, address: str) -> HttpResponse:
    """The page between here and a platform's consent page.

    A form may not lead off the site, so this page does; it goes on by itself.
    """
    context = {"platform": PLATFORMS[platform], "consent_url": address}
    response = render(request, "connecting/leaving.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
