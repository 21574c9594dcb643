"""Storing TikTok's products and SKUs as its product search gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from products.models import Listing, ListingSku, sku_key
from products.services.store_variants import stored_price
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop


def store_listings(shop: TikTokShop, bodies: Iterable[Mapping[str, Any]]) -> int:
    """Insert or update products with their SKUs; returns how many SKUs."""
    products = {str(body["id"]): body for body in bodies if body.get("id")}
    Listing.objects.bulk_create(
        [
            Listing(
                shop=shop,
                tiktok_product_id=product_id[:40],
                title=str(body.get("title") or "")[:500],
                status=str(body.get("status") or "")[:40],
            )
            for product_id, body in products.items()
        ],
        update_conflicts=True,
        unique_fields=["shop", "tiktok_product_id"],
        update_fields=["title", "status"],
    )
    stored = Listing.objects.filter(shop=shop, tiktok_product_id__in=products)
    listings = {listing.tiktok_product_id: listing for listing in stored}
    skus = {
        str(sku["id"]): _sku(shop, listings[product_id], sku)
        for product_id, body in products.items()
        for sku in body.get("skus") or []
        if sku.get("id")
    }
    ListingSku.objects.bulk_create(
        skus.values(),
        update_conflicts=True,
        unique_fields=["shop", "tiktok_sku_id"],
        update_fields=["listing", "seller_sku", "sku_key", "price", "currency", "seen_at"],
    )
    return len(skus)


def _sku(shop: TikTokShop, listing: Listing, body: Mapping[str, Any]) -> ListingSku:
    price = body.get("price") or {}
    seller_sku = str(body.get("seller_sku") or "")
    return ListingSku(
        shop=shop,
        listing=listing,
        tiktok_sku_id=str(body["id"])[:40],
        seller_sku=seller_sku[:255],
        sku_key=sku_key(seller_sku)[:255],
        price=stored_price(price.get("sale_price") or price.get("tax_exclusive_price")),
        currency=str(price.get("currency") or "")[:3],
        seen_at=database_now(),
    )
