"""Whose data a request may touch."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from tiktoksync.shops.models import Membership, Merchant

SESSION_KEY = "merchant_id"


class CurrentMerchantMiddleware:
    """Gives each request its `merchant` and `membership`, both None for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = _membership(request)
        request.membership = membership  # type: ignore[attr-defined]
        request.merchant = membership.merchant if membership else None  # type: ignore[attr-defined]
        return self.get_response(request)


def _membership(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    mine = Membership.objects.filter(user=request.user).select_related("merchant")
    chosen = request.session.get(SESSION_KEY)
    if chosen and (membership := mine.filter(merchant_id=chosen).first()):
        return membership
    return mine.order_by("merchant__name").first()


def current_merchant(request: HttpRequest) -> Merchant | None:
    """The tenant whose pages are shown."""
    return getattr(request, "merchant", None)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs."""
    return {
        "merchant": current_merchant(request),
        "membership": getattr(request, "membership", None),
    }
