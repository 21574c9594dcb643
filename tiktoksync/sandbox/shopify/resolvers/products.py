"""Product, ProductVariant, and the sales channels they are on."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.publications import is_published
from tiktoksync.sandbox.shopify.resolvers.orders import metafield, metafields
from tiktoksync.sandbox.shopify.state import Record
from tiktoksync.sandbox.shopify.stock import total

Info = Any

_TAG = re.compile(r"<[^>]*>")


def _count(number: int) -> Record:
    return {"count": number, "precision": "EXACT"}


def _description(product: Record, _info: Info, truncateAt: int | None = None) -> str:
    text = html.unescape(_TAG.sub(" ", product["descriptionHtml"]))
    plain = " ".join(text.split())
    return plain if truncateAt is None else plain[:truncateAt]


def _variants(product: Record, _info: Info, sortKey: str = "POSITION", **page: Any) -> Record:
    return connect(product["_variants"], **page)


def _media(owner: Record, _info: Info, sortKey: str = "POSITION", **page: Any) -> Record:
    page.pop("query", None)
    return connect(owner["_media"], **page)


def _sellable(variant: Record) -> bool:
    free = not variant["_item"]["tracked"] or variant["inventoryPolicy"] == "CONTINUE"
    return variant["_product"]["status"] == "ACTIVE" and (free or total(variant) > 0)


def _prices(product: Record, info: Info) -> Record:
    prices = sorted(Decimal(one["price"]) for one in product["_variants"]) or [Decimal(0)]
    currency = info.context.store.currency
    return {
        "minVariantPrice": {"amount": prices[0], "currencyCode": currency},
        "maxVariantPrice": {"amount": prices[-1], "currencyCode": currency},
    }


def _published_on(product: Record, info: Info, publicationId: str) -> bool:
    return is_published(product, publicationId, info.context.state.now())


def _channels(product: Record, info: Info, onlyPublished: bool = True) -> list[Record]:
    now = info.context.state.now()
    return [
        {
            "id": one["id"],
            "publication": one,
            "publishable": product,
            "publishDate": product["_publications"][one["id"]],
            "isPublished": is_published(product, one["id"], now),
        }
        for one in info.context.store.publications
        if one["id"] in product["_publications"]
        and (not onlyPublished or is_published(product, one["id"], now))
    ]


def _channel_page(
    product: Record,
    info: Info,
    onlyPublished: bool = True,
    catalogType: str | None = None,
    **page: Any,
) -> Record:
    rows = _channels(product, info, onlyPublished)
    return connect(rows if catalogType in (None, "APP") else [], **page)


def _title_of(variant: Record, _info: Info) -> str:
    return f"{variant['_product']['title']} - {variant['title']}"


FIELDS: dict[str, Any] = {
    "Product.availablePublicationsCount": lambda p, i: _count(len(_channels(p, i))),
    "Product.description": _description,
    "Product.featuredMedia": lambda p, _i: p["_media"][0] if p["_media"] else None,
    "Product.hasOutOfStockVariants": lambda p, _i: any(
        one["_item"]["tracked"] and total(one) <= 0 for one in p["_variants"]
    ),
    "Product.media": _media,
    "Product.mediaCount": lambda p, _i: _count(len(p["_media"])),
    "Product.metafield": metafield,
    "Product.metafields": metafields,
    "Product.options": lambda p, _i, first=None: (
        p["options"] if first is None else p["options"][:first]
    ),
    "Product.priceRangeV2": _prices,
    "Product.publishedOnPublication": _published_on,
    "Product.resourcePublicationsCount": lambda p, i, onlyPublished=True: _count(
        len(_channels(p, i, onlyPublished))
    ),
    "Product.resourcePublicationsV2": _channel_page,
    "Product.totalInventory": lambda p, _i: sum(
        total(one) for one in p["_variants"] if one["_item"]["tracked"]
    ),
    "Product.variants": _variants,
    "Product.variantsCount": lambda p, _i: _count(len(p["_variants"])),
    "ProductVariant.availableForSale": lambda v, _i: _sellable(v),
    "ProductVariant.displayName": _title_of,
    "ProductVariant.inventoryItem": lambda v, _i: v["_item"],
    "ProductVariant.inventoryQuantity": lambda v, _i: total(v),
    "ProductVariant.media": _media,
    "ProductVariant.metafield": metafield,
    "ProductVariant.metafields": metafields,
    "ProductVariant.product": lambda v, _i: v["_product"],
    "ProductVariant.sellableOnlineQuantity": lambda v, _i: total(v),
}
