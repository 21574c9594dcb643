"""The products list: tabs, search, filters, pages, and the line about the catalogues above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from orders.frame import frame_of
from products import catalogue, catalogue_products
from products.allowance import list_allowances
from products.catalogue_rows import link_rows, listing_rows, mixed_rows, product_rows, sku_rows
from products.models import Product, UploadTemplate
from products.services import links
from products.shown_loading import catalogue_state
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key

TABS = dict(catalogue.TABS)
SKU_TABS = ("linked", "tiktok", "shopify")
#: What may be done with what is selected, by tab.
ACTS = {
    "linked": ("stock", "prices", "on", "off"),
    "upload": ("upload",),
    "tiktok": ("import",),
    "shopify": ("upload",),
    "fixing": ("stock", "prices", "import", "on"),
    "review": ("stock", "import"),
    "live": ("stock", "prices", "off", "import"),
    "inactive": ("on", "stock", "import"),
}
ACT_WORDS = {
    "upload": "Upload to TikTok…",
    "import": "Import to Shopify…",
    "stock": "Push stock",
    "prices": "Push prices",
    "on": "Put on sale",
    "off": "Take off sale",
}


@merchant_page
def list_products(request: MerchantRequest) -> HttpResponse:
    """One tab of the catalogues."""
    return render(request, "products/list.html", gather_products(request))


@merchant_page
def refresh_products(request: MerchantRequest) -> HttpResponse:
    """The rows alone: while somebody types, and after the catalogues have come."""
    return render(request, "products/_rows.html", gather_products(request))


@merchant_page
def show_state(request: MerchantRequest) -> HttpResponse:
    """How far the catalogues are read; once they are, the list is asked for again."""
    state = catalogue_state(frame_of(request).shops)
    answer = render(request, "products/_state.html", {"state": state})
    if not state.is_loading:
        answer["HX-Trigger"] = "catalogue-read"
    return answer


@merchant_action
def refresh_catalogue(request: MerchantRequest) -> HttpResponse:
    """Have both platforms asked for their products."""
    links.refresh_catalogue(request.merchant)
    messages.success(request, "Asking both platforms for their products. New ones appear here.")
    return redirect("products")


def gather_products(request: MerchantRequest) -> dict[str, Any]:
    """What the page shows for the address."""
    every = frame_of(request).shops
    chosen = read_chosen(request.GET)
    shops = chosen_shops(every, chosen)
    counts = catalogue.count_tabs(shops)
    counts |= catalogue_products.count_products(request.merchant, shops)
    tab = request.GET.get("tab") or ("tiktok" if counts["tiktok"] else "linked")
    tab = tab if tab in TABS else "linked"
    page, rows = read_tab(tab, shops, chosen, request)
    return {
        "tab": tab,
        "tabs": [(key, label, counts[key]) for key, label in catalogue.TABS],
        "count": counts[tab],
        "words": chosen.get("q", ""),
        "chosen": chosen,
        "filters": {name: chosen.get(name, "") for name in catalogue_products.FILTERS},
        "is_narrowed": bool(chosen),
        "page": page,
        "rows": rows,
        "acts": [(act, ACT_WORDS[act]) for act in ACTS[tab]],
        "shops": every,
        "statuses": Product.Status.choices,
        "templates": UploadTemplate.objects.filter(shop__in=shops) if tab == "upload" else (),
        "allowances": list_allowances(shops) if tab == "upload" else (),
        "state": catalogue_state(every),
        "is_bare": not any(counts.values()),
    }


def read_tab(
    tab: str, shops: Sequence[TikTokShop], chosen: dict[str, str], request: MerchantRequest
) -> tuple[Any, Any]:
    """A page of a tab, and its rows with all that stands beside them."""
    words, after = chosen.get("q", ""), read_key(request.GET.get("after", ""))
    if tab in SKU_TABS:
        page: Any = catalogue.read_tab(tab, shops, words, after)
        if tab == "linked":
            return page, link_rows(page.rows)
        return page, sku_rows(page.rows) if tab == "tiktok" else page.rows
    part = request.GET.get("part", "")
    page = catalogue_products.read_slice(tab, shops, chosen, after, part)
    if tab == "upload":
        return page, product_rows(page.rows, shops)
    if tab == "fixing":
        return page, mixed_rows(page.rows, shops)
    return page, listing_rows(page.rows, {shop.pk: shop for shop in shops})


def read_chosen(given: Any) -> dict[str, str]:
    """The search and filters that are in use, by name."""
    names = ("q", "shop", *catalogue_products.FILTERS)
    return {name: value for name in names if (value := clean_words(given.get(name, "")))}


def chosen_shops(shops: Sequence[TikTokShop], chosen: dict[str, str]) -> list[TikTokShop]:
    """The merchant's shops, or the one that the filter names."""
    wanted = chosen.get("shop", "")
    return [shop for shop in shops if not wanted or shop.shop_id == wanted]


def clean_words(text: str) -> str:
    """A search box's text; a NUL finds nothing and upsets PostgreSQL."""
    return text.replace("\x00", "").strip()[:100]
