"""Storing Shopify variants that were found by themselves, without the rest of their product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from products.facts import TITLE_LENGTH, stored_price, words
from products.facts_shopify import ID_LENGTH
from products.models import Product, Variant, sku_key
from products.services.store_products import drop_unread_product
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore


def store_variants(store: ShopifyStore, bodies: Iterable[Mapping[str, Any]]) -> int:
    """Insert or update variants, with as much of their products as is told; returns how many."""
    bodies = list({body["id"]: body for body in bodies}.values())
    products = _store_products(store, bodies)
    now = database_now()
    variants = [
        Variant(
            store=store,
            product=products[body["product"]["id"]],
            shopify_variant_id=body["id"],
            inventory_item_id=words((body.get("inventoryItem") or {}).get("id"), ID_LENGTH),
            title=words(body.get("title")),
            sku=words(body.get("sku")),
            sku_key=words(sku_key(words(body.get("sku"), 10 * TITLE_LENGTH))),
            price=stored_price(body.get("price")),
            gone_at=None,
            seen_at=now,
        )
        for body in bodies
    ]
    Variant.objects.bulk_create(
        variants,
        update_conflicts=True,
        unique_fields=["store", "shopify_variant_id"],
        update_fields=[
            *("product", "inventory_item_id", "title", "sku", "sku_key", "price"),
            *("gone_at", "seen_at"),
        ],
    )
    drop_unread_product(store)
    return len(variants)


def _store_products(store: ShopifyStore, bodies: Iterable[Mapping[str, Any]]) -> dict[str, Product]:
    titles = {body["product"]["id"]: words(body["product"].get("title")) for body in bodies}
    now = database_now()
    Product.objects.bulk_create(
        [
            # Only a part of it is known: the rest is read soon.
            Product(store=store, shopify_product_id=gid, title=title, wanted_at=now)
            for gid, title in titles.items()
        ],
        update_conflicts=True,
        unique_fields=["store", "shopify_product_id"],
        update_fields=["title", "gone_at"],
    )
    found = Product.objects.filter(store=store, shopify_product_id__in=titles)
    return {product.shopify_product_id: product for product in found}
