"""Whose data a request may touch."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.support.models import ViewAs
from tiktoksync.support.services import reveal, view_as

SESSION_KEY = "merchant_id"
VIEW_AS_KEY = "view_as"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
#: What staff who look as a merchant may still send: the end of it, and the administration.
ALLOWED_ROUTES = ("view-as-end", "logout")
#: Files that hold buyers' data of many orders at once.
WITHHELD_ROUTES = ("orders-export",)


class CurrentMerchantMiddleware:
    """Gives each request its `merchant` and `membership`, both None for strangers.

    Staff who look as a merchant are viewers of that merchant, for as long as the look lasts:
    whatever would change something is refused before its view is called.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _view_as(request)
        membership = view_as.membership_of(view, request.user) if view else _membership(request)
        request.view_as = view  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        request.merchant = membership.merchant if membership else None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Who looks as a merchant sends nothing, and takes no buyers' data along."""
        if viewing(request) is None:
            return
        match = request.resolver_match
        if match and match.url_name in WITHHELD_ROUTES:
            raise PermissionDenied("Whoever looks as a merchant takes no buyers' data along.")
        if request.method in SAFE_METHODS:
            return
        if match and (match.app_name == "admin" or match.url_name in ALLOWED_ROUTES):
            return
        raise PermissionDenied("Whoever looks as a merchant changes nothing.")


def _view_as(request: HttpRequest) -> ViewAs | None:
    """The look under way; a session whose look is over forgets it."""
    if not request.user.is_authenticated or VIEW_AS_KEY not in request.session:
        return None
    view = view_as.open_view(request.user, request.session[VIEW_AS_KEY])
    if view is None:
        del request.session[VIEW_AS_KEY]
    return view


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


def viewing(request: HttpRequest) -> ViewAs | None:
    """The look as a merchant that this request is part of."""
    return getattr(request, "view_as", None)


def hides_personal_data(request: HttpRequest, row: Any) -> bool:
    """Whether buyers' data of this row is hidden: from staff who look, until they say why."""
    return viewing(request) is not None and not reveal.is_revealed(request.user, row)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs."""
    return {
        "merchant": current_merchant(request),
        "membership": getattr(request, "membership", None),
        "view_as": viewing(request),
    }
