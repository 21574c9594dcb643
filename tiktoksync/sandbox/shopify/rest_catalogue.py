"""Webhook bodies of products and of the shop itself."""

from __future__ import annotations

from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.money import two_decimals
from tiktoksync.sandbox.shopify.rest import Body, id_of, local_time
from tiktoksync.sandbox.shopify.state import Record, ShopifyState, Store
from tiktoksync.sandbox.shopify.stock import level_id, level_time, quantity, total

FULL_VARIANTS = 100


def product_body(state: ShopifyState, store: Store, product: Record) -> Body:
    """The body of ``products/*``: the first 100 variants in full."""
    variants = product["_variants"]
    images = [_image_body(state, store, product, one) for one in _pictures(product)]
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
        "template_suffix": product["templateSuffix"],
        "created_at": local_time(store, product["createdAt"]),
        "updated_at": local_time(store, product["updatedAt"]),
        "published_at": local_time(store, product["publishedAt"]),
        "published_scope": "global",
        "category": _category_body(product["category"]),
        "options": [_option_body(product, one) for one in product["options"]],
        "variants": [_variant_body(store, product, one) for one in variants[:FULL_VARIANTS]],
        "variant_gids": [
            {"admin_graphql_api_id": one["id"], "updated_at": _with_thousandths(one["updatedAt"])}
            for one in variants
        ],
        "images": images,
        "image": images[0] if images else None,
        "media": [_media_body(state, store, product, one) for one in product["_media"]],
        "has_variants_that_requires_components": False,
    }


def _with_thousandths(time: str) -> str:
    return time.replace("Z", ".000Z")


def _pictures(product: Record) -> list[Record]:
    return [one for one in product["_media"] if one["status"] == "READY"]


def _category_body(category: Record | None) -> Body | None:
    if category is None:
        return None
    return {
        "admin_graphql_api_id": category["id"],
        "name": category["name"],
        "full_name": category["fullName"],
    }


def _option_body(product: Record, option: Record) -> Body:
    return {
        "id": id_of(option),
        "product_id": id_of(product),
        "name": option["name"],
        "position": option["position"],
        "values": option["values"],
    }


def _seen_on(product: Record, media: Record) -> list[int | None]:
    return [id_of(one) for one in product["_variants"] if media in one["_media"]]


def _image_body(state: ShopifyState, store: Store, product: Record, media: Record) -> Body:
    width, height = media["_size"]
    return {
        "id": media["_number"],
        "product_id": id_of(product),
        "position": product["_media"].index(media) + 1,
        "created_at": local_time(store, media["createdAt"]),
        "updated_at": local_time(store, media["updatedAt"]),
        "alt": media["alt"],
        "width": width,
        "height": height,
        "src": state.base_url + media["_path"],
        "variant_ids": _seen_on(product, media),
        "admin_graphql_api_id": f"gid://shopify/ProductImage/{media['_number']}",
    }


def _media_body(state: ShopifyState, store: Store, product: Record, media: Record) -> Body:
    width, height = media["_size"] or (None, None)
    path = media["_path"]
    return {
        "id": id_of(media),
        "product_id": id_of(product),
        "position": product["_media"].index(media) + 1,
        "created_at": local_time(store, media["createdAt"]),
        "updated_at": local_time(store, media["updatedAt"]),
        "alt": media["alt"],
        "status": media["status"],
        "media_content_type": media["mediaContentType"],
        "preview_image": {
            "width": width,
            "height": height,
            "src": state.base_url + path if path else None,
            "status": media["status"],
        },
        "variant_ids": _seen_on(product, media),
        "admin_graphql_api_id": media["id"],
    }


def _variant_body(store: Store, product: Record, variant: Record) -> Body:
    values = [one["value"] for one in variant["selectedOptions"]] + [None, None, None]
    count = total(variant)
    shown = [one for one in variant["_media"] if one["status"] == "READY"]
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
        "image_id": shown[0]["_number"] if shown else None,
        "taxable": variant["taxable"],
        "created_at": local_time(store, variant["createdAt"]),
        "updated_at": local_time(store, variant["updatedAt"]),
    }


def level_body(store: Store, variant: Record, place: str) -> Body:
    """The body of ``inventory_levels/*``; an untracked item has no number."""
    tracked = variant["_item"]["tracked"]
    return {
        "inventory_item_id": id_of(variant["_item"]),
        "location_id": int(number_of(place)),
        "available": quantity(variant, place, "available") if tracked else None,
        "updated_at": local_time(store, level_time(variant, place)),
        "admin_graphql_api_id": level_id(variant, place),
    }


def item_body(store: Store, variant: Record) -> Body:
    """The body of ``inventory_items/*``."""
    item = variant["_item"]
    cost = item["unitCost"]
    return {
        "id": id_of(item),
        "sku": variant["sku"],
        "created_at": local_time(store, item["createdAt"]),
        "updated_at": local_time(store, item["updatedAt"]),
        "requires_shipping": item["requiresShipping"],
        "cost": two_decimals(cost["amount"]) if cost else None,
        "country_code_of_origin": item["countryCodeOfOrigin"],
        "province_code_of_origin": item["provinceCodeOfOrigin"],
        "harmonized_system_code": item["harmonizedSystemCode"],
        "tracked": item["tracked"],
        "country_harmonized_system_codes": [],
        "admin_graphql_api_id": item["id"],
    }


def location_body(store: Store, location: Record) -> Body:
    """The body of ``locations/*``."""
    address = location["address"]
    return {
        "id": id_of(location),
        "name": location["name"],
        "address1": address["address1"],
        "address2": address["address2"],
        "city": address["city"],
        "zip": address["zip"],
        "province": address["province"],
        "country": address["countryCode"],
        "phone": address["phone"],
        "country_code": address["countryCode"],
        "country_name": address["country"],
        "province_code": address["provinceCode"],
        "legacy": location["isFulfillmentService"],
        "active": location["isActive"],
        "created_at": local_time(store, location["createdAt"]),
        "updated_at": local_time(store, location["updatedAt"]),
        "admin_graphql_api_id": location["id"],
    }


def bulk_body(store: Store, operation: Record) -> Body:
    """The body of ``bulk_operations/finish``: values in lower case."""
    error = operation["errorCode"]
    return {
        "admin_graphql_api_id": operation["id"],
        "completed_at": local_time(store, operation["completedAt"]),
        "created_at": local_time(store, operation["createdAt"]),
        "error_code": error.lower() if error else None,
        "status": operation["status"].lower(),
        "type": operation["type"].lower(),
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
