"""The page of a Shopify product and the page of a TikTok listing, each beside its other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from orders.frame import frame_of
from products import product_page
from products.models import Listing, ListingSku, ListingTask, Product, UploadTemplate
from products.services import listing_tasks
from products.services.listing_task_locks import set_lock
from products.shown_lines import rules_of
from products.views_bulk import begin_all, beginning
from tiktoksync.shops.models import TikTokShop
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key

PRODUCT_GID = "gid://shopify/Product/"
LISTING_ACTS = ("stock", "prices", "on", "off", "import")
Retried = ListingTask.Kind


@merchant_page
def show_product(request: MerchantRequest, number: int) -> HttpResponse:
    """A Shopify product; `number` is the digits of its id."""
    product, shops = find_product(request, number)
    parts = [gather_shop(product, shop) for shop in shops]
    work = [row for part in parts for side in part["sides"] for row in side.work]
    work += [part["upload"] for part in parts if part["upload"]]
    context = {
        "product": product,
        "parts": parts,
        "history": product_page.history_of(work),
        "templates": UploadTemplate.objects.filter(shop__in=shops).select_related("shop"),
    }
    return render(request, "products/product.html", context)


def gather_shop(product: Product, shop: TikTokShop) -> dict[str, Any]:
    """The product in one shop: its listings, the variants without one, its upload."""
    listings = product_page.listings_of(product, shop)
    sides = [product_page.listing_side(listing, shop) for listing in listings]
    upload, issues = product_page.upload_of(product, shop)
    return {
        "shop": shop,
        "rules": rules_of([shop])[shop.pk],
        "sides": sides,
        "unlisted": product_page.unlisted_lines(product, shop, sides),
        "upload": upload,
        "issues": issues,
    }


@merchant_page
def show_listing(request: MerchantRequest, shop_id: str, tiktok_product_id: str) -> HttpResponse:
    """A TikTok listing."""
    listing, shop = find_listing(request, shop_id, tiktok_product_id)
    side = product_page.listing_side(listing, shop)
    context = {
        "listing": listing,
        "shop": shop,
        "side": side,
        "rules": rules_of([shop])[shop.pk],
        "history": product_page.history_of(side.work),
        "parted": product_page.parted_of(shop, side.row.lines),
    }
    return render(request, "products/listing.html", context)


@merchant_action
def act_on_product(request: MerchantRequest, number: int) -> HttpResponse:
    """Preview the upload of one product to the shop that is named."""
    product, shops = find_product(request, number)
    shop = get_object_or_404(TikTokShop, pk__in=_keys(shops), shop_id=request.POST.get("shop", ""))
    which = {"product_ids": [product.shopify_product_id]}
    return begin_all(
        request,
        [(shop, which)],
        beginning(request, "upload"),
        reverse("product-page", args=[number]),
    )


@merchant_action
def act_on_listing(request: MerchantRequest, shop_id: str, tiktok_product_id: str) -> HttpResponse:
    """Push, import, or put on or off sale one listing."""
    listing, shop = find_listing(request, shop_id, tiktok_product_id)
    back = reverse("listing-page", args=[shop_id, tiktok_product_id])
    wanted = request.POST.get("act", "")
    if wanted == Retried.EXTERNAL_IDS:
        listing_tasks.ask(shop, [listing.pk], Retried.EXTERNAL_IDS, reason="run")
        messages.success(request, "Asked for again.")
        return redirect(back)
    if wanted not in LISTING_ACTS:
        messages.error(request, "Nothing was chosen to be done.")
        return redirect(back)

    which = {"listing_ids": [tiktok_product_id]}
    return begin_all(request, [(shop, which)], beginning(request, wanted), back)


@merchant_action
def lock_sku(request: MerchantRequest, shop_id: str, tiktok_product_id: str) -> HttpResponse:
    """Lock or unlock the stock or the price of one SKU."""
    listing, _ = find_listing(request, shop_id, tiktok_product_id)
    skus = ListingSku.objects.select_related("shop__store")
    sku = get_object_or_404(skus, listing=listing, pk=read_key(request.POST.get("sku", "")))
    on = request.POST.get("on") == "1"
    if request.POST.get("what") == "price":
        set_lock(sku, price=on, user=request.user)
    else:
        set_lock(sku, stock=on, user=request.user)
    messages.success(request, "Locked: it is left as it is." if on else "Unlocked.")
    return redirect("listing-page", shop_id, tiktok_product_id)


def find_product(request: MerchantRequest, number: int) -> tuple[Product, list[TikTokShop]]:
    """The merchant's product with the shops that its store feeds."""
    every = frame_of(request).shops
    products = Product.objects.filter(store__in={shop.store_id for shop in every})
    found = products.select_related("store").prefetch_related(product_page.living_variants())
    product = get_object_or_404(found, shopify_product_id=f"{PRODUCT_GID}{number}")
    return product, [shop for shop in every if shop.store_id == product.store_id]


def find_listing(
    request: MerchantRequest, shop_id: str, tiktok_product_id: str
) -> tuple[Listing, TikTokShop]:
    """The merchant's listing and its shop."""
    shops = TikTokShop.objects.select_related("store")
    shop = get_object_or_404(shops, merchant=request.merchant, shop_id=shop_id)
    return get_object_or_404(Listing, shop=shop, tiktok_product_id=tiktok_product_id), shop


def _keys(shops: Sequence[TikTokShop]) -> list[int]:
    return [shop.pk for shop in shops]
