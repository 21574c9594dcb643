"""What is done with many products at once: each begins a run that shows how far it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from orders.frame import frame_of
from products import catalogue, catalogue_products
from products.models import Listing, ListingSku, Product, UploadTemplate
from products.services import product_wishes
from products.views import ACTS, TABS, chosen_shops, read_chosen
from tiktoksync.runs.models import Run
from tiktoksync.runs.services.runs import UNDER_WAY, RunConflict
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, read_key

MOST = 10_000
MOST_PICKED = 1_000
TOO_MANY = f"These are more than {MOST:,}. Narrow them by a search or a filter first."
NOTHING = "Nothing is selected."
_KINDS = {
    "upload": Run.Kind.UPLOAD,
    "import": Run.Kind.IMPORT,
    "stock": Run.Kind.STOCK,
    "prices": Run.Kind.PRICES,
    "on": Run.Kind.STATE,
    "off": Run.Kind.STATE,
}
_STATES = {"on": "activate", "off": "deactivate"}

Wishes = list[tuple[TikTokShop, dict[str, Any]]]
Begin = Callable[[TikTokShop, dict[str, Any]], Run]


@merchant_action
def act(request: MerchantRequest) -> HttpResponse:
    """Begin what was asked for of the selected rows, or of all that match."""
    wanted = request.POST.get("act", "")
    if wanted not in _KINDS:
        messages.error(request, "Nothing was chosen to be done.")
        return redirect(_list(request))
    try:
        wishes = find_wishes(request, wanted)
    except RunConflict as conflict:
        messages.error(request, str(conflict))
        return redirect(_list(request))
    return begin_all(request, wishes, beginning(request, wanted), _list(request))


def beginning(request: MerchantRequest, wanted: str) -> Begin:
    """What begins one run. Uploads and imports show first what would happen."""
    user, template = request.user, own_template(request)
    force = request.POST.get("force") == "1"

    def begin(shop: TikTokShop, which: dict[str, Any]) -> Run:
        if wanted == "upload":
            own = template.pk if template and template.shop_id == shop.pk else None
            return product_wishes.begin_upload(shop, which, template_id=own, user=user)
        if wanted == "import":
            return product_wishes.begin_import(shop, which, force=force, user=user)
        state = _STATES.get(wanted, "")
        return product_wishes.begin_push(_KINDS[wanted], shop, which, state=state, user=user)

    return begin


@merchant_action
def link_equal(request: MerchantRequest) -> HttpResponse:
    """Preview the linking of equal SKUs, for every shop that is shown."""
    shops = chosen_shops(frame_of(request).shops, read_chosen(request.POST))
    wishes: Wishes = [(shop, {}) for shop in shops]
    return begin_all(
        request,
        wishes,
        lambda shop, _: product_wishes.begin_link(shop, user=request.user),
        reverse("products"),
    )


def begin_all(
    request: MerchantRequest,
    wishes: Wishes,
    begin: Begin,
    back: str,
) -> HttpResponse:
    """Begin a run for each shop and lead to it; what cannot begin is told with the way to why."""
    begun = []
    for shop, which in wishes:
        try:
            begun.append(begin(shop, which))
        except RunConflict as conflict:
            messages.warning(request, _told(conflict, shop, begin, which))
    if not begun:
        return redirect(back)
    return redirect("run", begun[0].pk) if len(begun) == 1 else redirect("runs")


def _told(conflict: RunConflict, shop: TikTokShop, begin: Any, which: Any) -> Any:
    """The refusal, with a link to the run that is under way."""
    active = Run.objects.filter(shop=shop, status__in=Run.ACTIVE).exclude(kind=Run.Kind.BACKFILL)
    run = active.order_by("-pk").first() if str(conflict) == UNDER_WAY else None
    if run is None:
        return str(conflict)
    address = reverse("run", args=[run.pk])
    return format_html('{} <a href="{}">Show that run</a>', str(conflict), address)


def find_wishes(request: MerchantRequest, wanted: str) -> Wishes:
    """For each shop what is meant. Raises RunConflict for nothing, and for too much."""
    tab = request.POST.get("tab", "")
    if tab not in TABS or wanted not in ACTS[tab]:
        raise RunConflict("This cannot be done from here.")
    every = frame_of(request).shops
    chosen = read_chosen(request.POST)
    shops = chosen_shops(every, chosen)
    if wanted == "upload":
        return _upload_wishes(request, tab, shops, chosen)
    keys = _all_listings(tab, shops, chosen) if request.POST.get("all") else _picked(request)
    return listing_wishes(shops, keys)


def _upload_wishes(
    request: MerchantRequest, tab: str, shops: Sequence[TikTokShop], chosen: dict[str, str]
) -> Wishes:
    """Products go to the shop that is named, or to the only one there is."""
    target = request.POST.get("target", "")
    targets = [shop for shop in shops if shop.shop_id == target] or list(shops)
    if len(targets) != 1:
        raise RunConflict("Choose the TikTok shop to upload to.")
    (shop,) = targets
    if request.POST.get("all") and tab == "upload":
        names = ("q", *catalogue_products.FILTERS)
        found = {name: chosen[name] for name in names if name in chosen}
        return [(shop, {"filter": {**found, "link": "unlinked"}})]
    rows = Product.objects.filter(store=shop.store_id, gone_at=None)
    if request.POST.get("all"):
        free = catalogue.free_variants([shop], chosen.get("q", ""))
        rows = rows.filter(pk__in=free.order_by().values("product"))
    else:
        rows = rows.filter(pk__in=_picked(request))
    ids = list(rows.order_by("pk").values_list("shopify_product_id", flat=True)[: MOST + 1])
    return [(shop, {"product_ids": _bounded(ids)})]


def _all_listings(tab: str, shops: Sequence[TikTokShop], chosen: dict[str, str]) -> Any:
    """The keys of all listings under a tab."""
    words = chosen.get("q", "")
    if tab in catalogue_products.LISTING_TABS:
        return catalogue_products.listings_in(tab, shops, chosen).order_by().values("pk")
    skus = ListingSku.objects.order_by().filter(shop__in=[shop.pk for shop in shops])
    if tab == "linked":
        found = catalogue.own_links(shops, words).order_by().values("tiktok_sku_id")
        return skus.filter(tiktok_sku_id__in=found, gone_at=None).values("listing")
    return catalogue.listed_skus(shops, words).order_by().values("listing")


def listing_wishes(shops: Iterable[TikTokShop], keys: Any) -> Wishes:
    """The listings of these keys, by shop. Raises RunConflict for none, and for too many."""
    by_key = {shop.pk: shop for shop in shops}
    rows = Listing.objects.filter(shop__in=by_key, pk__in=keys, gone_at=None).order_by("pk")
    found = list(rows.values_list("shop", "tiktok_product_id")[: MOST + 1])
    by_shop: dict[int, list[str]] = defaultdict(list)
    for shop_id, product_id in _bounded(found):
        by_shop[shop_id].append(product_id)
    return [(by_key[key], {"listing_ids": ids}) for key, ids in by_shop.items()]


def _bounded(found: list[Any]) -> list[Any]:
    if not found:
        raise RunConflict(NOTHING)
    if len(found) > MOST:
        raise RunConflict(TOO_MANY)
    return found


def _picked(request: MerchantRequest) -> list[int]:
    """The rows that were ticked."""
    keys = (read_key(text) for text in request.POST.getlist("pick")[:MOST_PICKED])
    return [key for key in keys if key]


def own_template(request: MerchantRequest) -> UploadTemplate | None:
    """The template that was chosen for an upload."""
    key = read_key(request.POST.get("template", ""))
    own = UploadTemplate.objects.filter(shop__merchant=request.merchant)
    return own.filter(pk=key).first() if key else None


def _list(request: MerchantRequest) -> str:
    tab = request.POST.get("tab", "")
    return f"{reverse('products')}?tab={tab}" if tab in TABS else reverse("products")
