"""The page of a Shopify product and the page of a TikTok listing, each beside its other side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from orders.frame import frame_of
from products.models import Listing, Product
from tiktoksync.web_access import MerchantRequest, merchant_page

PRODUCT_GID = "gid://shopify/Product/"


@merchant_page
def show_product(request: MerchantRequest, number: int) -> HttpResponse:
    """A Shopify product; `number` is the digits of its id."""
    stores = {shop.store_id for shop in frame_of(request).shops}
    products = Product.objects.filter(store__in=stores)
    product = get_object_or_404(products, shopify_product_id=f"{PRODUCT_GID}{number}")
    return render(request, "products/product.html", {"product": product})


@merchant_page
def show_listing(request: MerchantRequest, shop_id: str, tiktok_product_id: str) -> HttpResponse:
    """A TikTok listing."""
    listings = Listing.objects.filter(shop__merchant=request.merchant, shop__shop_id=shop_id)
    listing = get_object_or_404(listings, tiktok_product_id=tiktok_product_id)
    return render(request, "products/listing.html", {"listing": listing})
