"""The products page: both catalogues, links made and removed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from orders.frame import frame_of
from products import catalogue
from products.models import Link, Variant
from products.services import links
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import (
    MerchantRequest,
    merchant_action,
    merchant_page,
    read_key,
)


@merchant_page
def list_products(request: MerchantRequest) -> HttpResponse:
    """One tab of the catalogues."""
    return render(request, "products/list.html", gather_products(request))


@merchant_page
def refresh_products(request: MerchantRequest) -> HttpResponse:
    """The rows alone: while somebody types, and after the catalogues have come."""
    return render(request, "products/_rows.html", gather_products(request))


def gather_products(request: MerchantRequest) -> dict[str, Any]:
    """What the page shows for the address."""
    shops = frame_of(request).shops
    counts = catalogue.count_tabs(shops)
    tab = request.GET.get("tab") or ("tiktok" if counts["tiktok"] else "linked")
    words = read_words(request)
    return {
        "tab": tab,
        "tabs": [(key, label, counts[key]) for key, label in catalogue.TABS],
        "words": words,
        "page": catalogue.read_tab(tab, shops, words, read_key(request.GET.get("after", ""))),
        "shops": shops,
    }


@merchant_page
def pick_variant(request: MerchantRequest, shop_id: str, tiktok_sku_id: str) -> HttpResponse:
    """Choose the Shopify variant for a TikTok SKU; typing refreshes the list alone."""
    shop = find_shop(request, shop_id)
    sku = catalogue.find_sku(shop, tiktok_sku_id)
    if sku is None:
        raise Http404("No order and no listing names this SKU.")
    words = read_words(request)
    context = {
        "sku": sku,
        "words": words,
        "variants": catalogue.suggest_variants(sku, words),
        "link": Link.objects.filter(shop=shop, tiktok_sku_id=tiktok_sku_id)
        .select_related("variant__product")
        .first(),
    }
    template = "products/_variants.html" if request.htmx else "products/link.html"
    return render(request, template, context)


@merchant_action
def make_link(request: MerchantRequest, shop_id: str, tiktok_sku_id: str) -> HttpResponse:
    """Link a TikTok SKU to the chosen variant."""
    shop = find_shop(request, shop_id)
    variants = Variant.objects.filter(store=shop.store_id)
    variant = get_object_or_404(variants, pk=read_key(request.POST.get("variant", "")))
    try:
        links.make_link(shop, tiktok_sku_id, variant, origin=Link.Origin.BY_HAND, user=request.user)
    except links.LinkConflict as conflict:
        messages.error(request, str(conflict))
        return redirect("product-link", shop_id, tiktok_sku_id)
    messages.success(request, "Linked. Orders that waited for this SKU go on by themselves.")
    return redirect("products")


@merchant_action
def remove_link(request: MerchantRequest, link_id: int) -> HttpResponse:
    """Take a link away; both products stay as they are."""
    link = get_object_or_404(Link, pk=link_id, shop__merchant=request.merchant)
    links.remove_link(link, user=request.user)
    messages.success(request, "Unlinked. New orders with this SKU wait until it is linked again.")
    return redirect(f"{reverse('products')}?tab=linked")


@merchant_action
def refresh_catalogue(request: MerchantRequest) -> HttpResponse:
    """Have both platforms asked for their products."""
    links.refresh_catalogue(request.merchant)
    messages.success(request, "Asking both platforms for their products. New ones appear here.")
    return redirect("products")


def find_shop(request: MerchantRequest, shop_id: str) -> TikTokShop:
    """The merchant's shop of that id."""
    shops = TikTokShop.objects.select_related("store")
    return get_object_or_404(shops, merchant=request.merchant, shop_id=shop_id)


def read_words(request: MerchantRequest) -> str:
    """The search box's text; a NUL finds nothing and upsets PostgreSQL."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]
