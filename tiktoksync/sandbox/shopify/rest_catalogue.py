"""Webhook bodies of products and of the shop itself."""

from __future__ import annotations

from tiktoksync.sandbox.shopify.rest import Body, id_of, local_time
from tiktoksync.sandbox.shopify.state import Record, Store


def product_body(store: Store, product: Record) -> Body:
    """The body of ``products/*``: the first 100 variants in full."""
    variants = product["_variants"]
    return {
        "id": id_of(product),
        "admin_graphql_api_id": product["id"],
        "title": product["title"],
        "body_html": product["descriptionHtml"],
        "vendor": product["vendor"],
        "product_type": product["productType"],
        "handle": product["handle"],
        "status": product["status"].lower(),
        "tags": ", ".join(product["tags"]),
        "created_at": local_time(store, product["createdAt"]),
        "updated_at": local_time(store, product["updatedAt"]),
        "published_at": local_time(store, product["publishedAt"]),
        "options": [
            {
                "id": id_of(one),
                "product_id": id_of(product),
                "name": one["name"],
                "position": one["position"],
                "values": one["values"],
            }
            for one in product["options"]
        ],
        "variants": [_variant_body(store, product, one) for one in variants[:100]],
        "variant_gids": [
            {"admin_graphql_api_id": one["id"], "updated_at": one["updatedAt"]} for one in variants
        ],
        "images": [],
        "image": None,
        "media": [],
        "has_variants_that_requires_components": False,
    }


def _variant_body(store: Store, product: Record, variant: Record) -> Body:
    values = [one["value"] for one in variant["selectedOptions"]] + [None, None, None]
    count = sum(variant["_stock"].values())
    return {
        "id": id_of(variant),
        "admin_graphql_api_id": variant["id"],
        "product_id": id_of(product),
        "title": variant["title"],
        "sku": variant["sku"],
        "barcode": variant["barcode"],
        "price": variant["price"],
        "compare_at_price": variant["compareAtPrice"],
        "position": variant["position"],
        "inventory_policy": variant["inventoryPolicy"].lower(),
        "inventory_item_id": id_of(variant["_item"]),
        "inventory_quantity": count,
        "old_inventory_quantity": count,
        "option1": values[0],
        "option2": values[1],
        "option3": values[2],
        "taxable": variant["taxable"],
        "created_at": local_time(store, variant["createdAt"]),
        "updated_at": local_time(store, variant["updatedAt"]),
    }


def shop_body(store: Store) -> Body:
    """The body of ``app/uninstalled``."""
    record = store.record
    return {
        "id": id_of(record),
        "name": record["name"],
        "email": record["email"],
        "domain": store.domain,
        "myshopify_domain": store.domain,
        "currency": store.currency,
        "country_code": record["_country"],
        "iana_timezone": record["ianaTimezone"],
        "plan_name": record["plan"]["publicDisplayName"].lower(),
        "plan_display_name": record["plan"]["publicDisplayName"],
        "created_at": local_time(store, record["createdAt"]),
        "updated_at": local_time(store, record["updatedAt"]),
    }
