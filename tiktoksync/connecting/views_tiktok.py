"""To TikTok's consent page and back; where a consent opens several shops, the choice of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from tiktoksync.connecting.doors import answer_page, is_owner, leave_for, telling_refusals
from tiktoksync.connecting.models import TikTokGrant
from tiktoksync.connecting.refusals import Refused
from tiktoksync.connecting.services import tiktok_consent
from tiktoksync.connecting.services.journeys import (
    Wanted,
    begin_journey,
    open_grants,
    safe_way_back,
    take_journey,
)
from tiktoksync.shops.models import Merchant, Platform, ShopifyStore, TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_page, owner_action, read_key

AGAIN = "connect-tiktok"
REGIONS = (
    ("us", "United States", "Shops that sell in the United States"),
    ("global", "Everywhere else", "United Kingdom, Europe, Asia, Latin America"),
)
WAY_BACK = "connecting_back_to"


@merchant_page
def show_form(request: MerchantRequest) -> HttpResponse:
    """Where the shop sells, and which store it is to feed."""
    again = _known(request.merchant, request.GET.get("shop_id", ""))
    market = again.app.market if again else request.GET.get("region", "")
    stores = stores_of(request.merchant)
    store_id = again.store_id if again else read_key(request.GET.get("store", ""))
    context = {
        "again": again,
        "market": market,
        "regions": REGIONS,
        "markets": tiktok_consent.markets(),
        "stores": [again.store] if again else stores,
        "store_id": store_id,
        "back_to": safe_way_back(request.GET.get("back_to", "")),
        "is_owner": is_owner(request),
    }
    return render(request, "connecting/tiktok.html", context)


@owner_action
@telling_refusals(AGAIN)
def begin(request: MerchantRequest) -> HttpResponse:
    """Go to TikTok's consent page."""
    again = _known(request.merchant, request.POST.get("shop_id", ""))
    store = again.store if again else _chosen_store(request)
    app = again.app if again else tiktok_consent.tiktok_app(request.POST.get("region", ""))
    wanted = Wanted(
        Platform.TIKTOK,
        app,
        request.merchant,
        request.user,
        store=store,
        asked_for=again.shop_id if again else "",
        back_to=request.POST.get("back_to", ""),
    )
    state = begin_journey(request.session, wanted)
    return leave_for(request, "tiktok", tiktok_consent.consent_address(app, state))


@answer_page(AGAIN)
def finish(request: MerchantRequest) -> HttpResponse:
    """TikTok sends the seller back here."""
    journey = take_journey(
        request.session,
        Platform.TIKTOK,
        request.GET.get("state", ""),
        merchant=request.merchant,
        user=request.user,
    )
    code = request.GET.get("code", "")
    if request.GET.get("error") or code in ("", "null"):
        raise Refused("denied")
    grant = tiktok_consent.open_consent(journey, code, request.user)
    one = [journey.shop_domain] if journey.shop_domain else [shop["id"] for shop in grant.shops]
    if len(one) == 1 and journey.store is not None:
        return _connect(request, grant, one, journey.store, journey.back_to)
    request.session[WAY_BACK] = journey.back_to
    return redirect("connect-choose", grant.pk)


@merchant_page
def choose(request: MerchantRequest, grant_id: int) -> HttpResponse:
    """Which of the shops that the consent opens are to be connected, and to which store."""
    grant = _grant(request, grant_id)
    known = TikTokShop.objects.filter(merchant=request.merchant).select_related("store")
    here = {shop.shop_id: shop for shop in known}
    context = {
        "grant": grant,
        "rows": [(row, here.get(row["id"])) for row in grant.shops],
        "stores": stores_of(request.merchant),
    }
    return render(request, "connecting/choose.html", context)


@owner_action
@telling_refusals(AGAIN)
def take(request: MerchantRequest, grant_id: int) -> HttpResponse:
    """Connect the chosen shops."""
    grant = _grant(request, grant_id)
    chosen = request.POST.getlist("shops")
    if not chosen:
        messages.error(request, "Choose at least one shop.")
        return redirect("connect-choose", grant.pk)
    back_to = safe_way_back(str(request.session.pop(WAY_BACK, "")))
    return _connect(request, grant, chosen, _chosen_store(request), back_to)


def stores_of(merchant: Merchant) -> list[ShopifyStore]:
    """The stores that a shop may feed."""
    stores = ShopifyStore.objects.filter(merchant=merchant, disconnected_at=None)
    return list(stores.order_by("shop_domain"))


def _connect(
    request: MerchantRequest,
    grant: TikTokGrant,
    shop_ids: list[str],
    store: ShopifyStore,
    back_to: str,
) -> HttpResponse:
    shops = tiktok_consent.connect_chosen(grant, shop_ids, store, request.user)
    messages.success(request, _say(shops))
    return redirect(back_to or "connect")


def _say(shops: list[TikTokShop]) -> str:
    names = " and ".join(str(shop) for shop in shops)
    waiting = [shop for shop in shops if shop.live_at is None]
    verb = "is" if len(shops) == 1 else "are"
    rest = " Orders wait until you go live." if waiting else ""
    return f"{names} {verb} connected.{rest}"


def _chosen_store(request: MerchantRequest) -> ShopifyStore:
    stores = stores_of(request.merchant)
    wanted = read_key(request.POST.get("store", ""))
    found = next((store for store in stores if store.pk == wanted), None)
    if found is None and len(stores) == 1 and not wanted:
        return stores[0]
    if found is None:
        raise Refused("no_store")
    return found


def _known(merchant: Merchant, shop_id: str) -> TikTokShop | None:
    """The shop that is connected again; strangers' ids are as unknown as made-up ones."""
    if not shop_id:
        return None
    rows: Any = TikTokShop.objects.select_related("app", "store")
    found: TikTokShop = get_object_or_404(rows, merchant=merchant, shop_id=shop_id)
    return found


def _grant(request: MerchantRequest, grant_id: int) -> TikTokGrant:
    grants = open_grants().select_related("app", "merchant")
    mine: TikTokGrant = get_object_or_404(
        grants, merchant=request.merchant, user=request.user, used_at=None, pk=grant_id
    )
    return mine
