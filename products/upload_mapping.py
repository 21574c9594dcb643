"""The body of TikTok's Create Product for a Shopify product. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from products.pricing import price_for
from products.upload_checks import barcode_of, option_values
from products.upload_facts import ProductFacts, Setting, VariantFacts, listing_version
from products.upload_package import package_of
from products.upload_text import clean_description, clean_text
from tiktoksync.lib import money
from tiktoksync.tiktok.markets import currency_of

#: TikTok takes no new SKU with none to sell: the stock push sets it right before anybody can buy.
FEWEST = 1


def create_body(
    product: ProductFacts,
    setting: Setting,
    *,
    key: str,
    images: Sequence[str],
    option_images: Mapping[str, str],
) -> dict[str, Any]:
    """What TikTok is told of a product that nothing stands in the way of.

    `images` are TikTok's uris of the pictures, the cover first; `option_images` those of variant
    pictures, by their address in Shopify. Under the same `key` TikTok makes the product once.
    TikTok Shop documentation: Create Product.
    """
    category, template = setting.category, setting.template
    end = template.description_end if template else ""
    body: dict[str, Any] = {
        "save_mode": "LISTING",
        "idempotency_key": key,
        "title": clean_text(product.title),
        "description": clean_description(product.description_html, end)[0],
        "category_id": category.id if category else "",
        "category_version": listing_version(setting.region),
        "main_images": [{"uri": uri} for uri in images],
        "external_product_id": product.gid,
        **package_of(product, template, setting.region),
        "skus": _skus(product, setting, option_images),
    }
    if template:
        optional = {
            "brand_id": template.brand_id,
            "product_attributes": list(template.attributes),
            "delivery_option_ids": list(template.delivery_option_ids),
        }
        body |= {name: value for name, value in optional.items() if value}
    return body


def first_option_images(product: ProductFacts) -> dict[str, str]:
    """For each value of the first option the address of the picture that shows it, if one does."""
    names = product.option_names[:1]
    found: dict[str, str] = {}
    for variant in product.variants if names else ():
        if variant.image:
            found.setdefault(option_values(variant, names)[0], variant.image)
    return found


def _skus(
    product: ProductFacts, setting: Setting, option_images: Mapping[str, str]
) -> list[dict[str, Any]]:
    names, shown = product.option_names, first_option_images(product)
    codes = [(barcode_of(one) or {}).get("code") for one in product.variants]
    skus = []
    for variant in product.variants:
        sku = _sku(variant, setting)
        attributes = [
            {"name": clean_text(name), "value_name": value}
            for name, value in zip(names, option_values(variant, names), strict=True)
        ]
        if attributes:
            uri = option_images.get(shown.get(attributes[0]["value_name"], ""))
            sku["sales_attributes"] = attributes
            if uri:
                sku["sales_attributes"][0] |= {"sku_img": {"uri": uri}}
        code = barcode_of(variant)
        if code and codes.count(code["code"]) == 1:
            sku["identifier_code"] = code
        skus.append(sku)
    return skus


def _sku(variant: VariantFacts, setting: Setting) -> dict[str, Any]:
    currency = currency_of(setting.region) or setting.currency
    assert variant.price is not None, "checked before"
    amount = price_for(variant.price, setting.rules, currency)
    sku: dict[str, Any] = {
        "external_sku_id": variant.gid,
        "price": {"amount": money.text(amount, currency), "currency": currency},
        "inventory": [
            {
                "warehouse_id": setting.warehouse_id,
                "quantity": max(FEWEST, variant.quantity or 0),
            }
        ],
    }
    if variant.sku.strip():
        sku["seller_sku"] = variant.sku.strip()
    return sku
