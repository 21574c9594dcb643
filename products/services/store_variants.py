"""Storing Shopify variants as the Admin API gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from products.models import UNREAD_PRODUCT, Product, Variant, sku_key
from tiktoksync.lib.money import parse_amount
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore

TITLE_LENGTH = 255
# One more digit than the columns of money hold.
TOO_MUCH = Decimal(10) ** 12


def store_variants(store: ShopifyStore, bodies: Iterable[Mapping[str, Any]]) -> int:
    """Insert or update variants and their products; returns how many."""
    bodies = list({body["id"]: body for body in bodies}.values())
    products = _store_products(store, bodies)
    now = database_now()
    variants = [
        Variant(
            store=store,
            product=products[body["product"]["id"]],
            shopify_variant_id=body["id"],
            inventory_item_id=str((body.get("inventoryItem") or {}).get("id") or ""),
            title=str(body.get("title") or "")[:TITLE_LENGTH],
            sku=str(body.get("sku") or "")[:TITLE_LENGTH],
            sku_key=sku_key(str(body.get("sku") or ""))[:TITLE_LENGTH],
            price=stored_price(body.get("price")),
            seen_at=now,
        )
        for body in bodies
    ]
    Variant.objects.bulk_create(
        variants,
        update_conflicts=True,
        unique_fields=["store", "shopify_variant_id"],
        update_fields=[
            "product",
            "inventory_item_id",
            "title",
            "sku",
            "sku_key",
            "price",
            "seen_at",
        ],
    )
    unread = Product.objects.filter(store=store, shopify_product_id=UNREAD_PRODUCT)
    unread.filter(variants=None).delete()
    return len(variants)


def _store_products(store: ShopifyStore, bodies: Iterable[Mapping[str, Any]]) -> dict[str, Product]:
    titles = {
        body["product"]["id"]: str(body["product"].get("title") or "")[:TITLE_LENGTH]
        for body in bodies
    }
    Product.objects.bulk_create(
        [
            Product(store=store, shopify_product_id=gid, title=title)
            for gid, title in titles.items()
        ],
        update_conflicts=True,
        unique_fields=["store", "shopify_product_id"],
        update_fields=["title"],
    )
    found = Product.objects.filter(store=store, shopify_product_id__in=titles)
    return {product.shopify_product_id: product for product in found}


def stored_price(value: Any) -> Decimal | None:
    """A price as its column holds it; None for none, and for what is no price."""
    try:
        price = parse_amount(value)
    except ValueError:
        return None
    return price if price < TOO_MUCH else None
