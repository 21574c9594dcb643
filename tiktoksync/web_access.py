"""Who may see a page and who may act on it; every page view wears one of these decorators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.middleware import HtmxDetails

from tiktoksync.shops.models import Membership, Merchant


class MerchantRequest(HttpRequest):
    """A request of a signed-in member: what the middleware and the decorators promise."""

    htmx: HtmxDetails
    merchant: Merchant
    membership: Membership
    user: User


View = Callable[..., HttpResponseBase]
LONGEST_KEY = 18


def merchant_page(view: View) -> View:
    """A page to look at: GET only, in the merchant's time zone; others get an explanation."""
    return require_GET(_for_members(view))


def merchant_action(view: View) -> View:
    """Something is done: POST only, and never by a viewer."""
    return require_POST(_for_members(_refuse_viewers(view)))


def member_action(view: View) -> View:
    """A member's own affair, such as how a page looks to them: POST only, viewers included."""
    return require_POST(_for_members(view))


def owner_action(view: View) -> View:
    """Something only the merchant's owner does: POST only."""
    return require_POST(_for_members(_refuse_all_but_owners(view)))


def zone_of(merchant: Merchant) -> ZoneInfo:
    """The merchant's time zone; UTC when its name is not known here."""
    try:
        return ZoneInfo(merchant.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def read_key(text: str) -> int:
    """A row's key as a form or an address has it; 0, which no row has, for anything else."""
    is_key = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if is_key else 0


def _for_members(view: View) -> View:
    @wraps(view)
    def inner(request: MerchantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.merchant is None:
            facts = {"may_found_merchant": settings.SIGN_UP == "open" or request.user.is_staff}
            return render(request, "shared/no_merchant.html", facts, status=403)
        with timezone.override(zone_of(request.merchant)):
            return view(request, *args, **kwargs)

    return inner


def _refuse_viewers(view: View) -> View:
    @wraps(view)
    def inner(request: MerchantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.membership.may_act:
            raise PermissionDenied("Viewers look at orders; an operator or owner acts on them.")
        return view(request, *args, **kwargs)

    return inner


def _refuse_all_but_owners(view: View) -> View:
    @wraps(view)
    def inner(request: MerchantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.membership.role != Membership.Role.OWNER:
            raise PermissionDenied("Only an owner does this.")
        return view(request, *args, **kwargs)

    return inner
