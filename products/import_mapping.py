"""What Shopify is told of a product that comes from TikTok: the input of productSet. Pure.

The product is set once, when it comes into being, and carries the listing's id in a metafield whose
values Shopify keeps unique. Shopify documentation: ProductSetInput, ProductVariantSetInput.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from products.import_facts import ListingFacts, SkuFacts
from products.import_html import clean_html
from products.import_options import TEXT_LENGTH, Options, shopify_options
from tiktoksync.lib.money import text

NAMESPACE, KEY = "$app", "tiktok_product_id"
MOST_FILES = 250
MOST_TAGS = 250
MOST_STOCK = 1_000_000
_BETWEEN = re.compile(r"\s+[>/›]\s+")
#: TikTok's words for units of weight, and Shopify's.
WEIGHT_UNITS = {
    "KILOGRAM": "KILOGRAMS",
    "GRAM": "GRAMS",
    "POUND": "POUNDS",
    "OUNCE": "OUNCES",
}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the shop's rules say of imported products.

    An empty vendor or type leaves it to the listing; without a location no stock is taken along.
    """

    currency: str
    status: str = "DRAFT"
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    location_id: str = ""


@dataclass(frozen=True, slots=True)
class ImportedProduct:
    """The input, and which SKU each of its variants stands for, in the same order."""

    input: dict[str, Any]
    skus: tuple[SkuFacts, ...]
    options: Options

    def option_values(self, place: int) -> dict[str, str]:
        """The option values of one variant, by option name."""
        return dict(zip(self.options.names, self.options.values[place], strict=True))


def imported_product(facts: ListingFacts, wanted: ImportOptions) -> ImportedProduct:
    """The product that a listing becomes. Raises ValueError if it has too many options."""
    options = shopify_options(facts.skus)
    files = _files(facts)
    known = {file["originalSource"] for file in files}
    told: dict[str, Any] = {
        "title": short_title(facts.title),
        "descriptionHtml": clean_html(facts.description_html),
        "status": wanted.status,
        "tags": _tags(wanted.tags),
        "metafields": [
            {"namespace": NAMESPACE, "key": KEY, "type": "id", "value": facts.product_id}
        ],
        "productOptions": [
            {"name": name, "position": place + 1, "values": _named(options.values_of(place))}
            for place, name in enumerate(options.names)
        ],
        "files": files,
        "variants": [
            _variant(facts, sku, options, place, wanted, known)
            for place, sku in enumerate(facts.skus)
        ],
    }
    if vendor := wanted.vendor or facts.brand:
        told["vendor"] = vendor[:TEXT_LENGTH]
    if product_type := wanted.product_type or last_part(facts.category):
        told["productType"] = product_type[:TEXT_LENGTH]
    return ImportedProduct(told, facts.skus, options)


def plain_product(facts: ListingFacts) -> ImportedProduct:
    """The SKUs of a listing whose options cannot be told: what is there is matched by SKU alone."""
    return ImportedProduct({}, facts.skus, Options((), ((),) * len(facts.skus)))


def short_title(title: str) -> str:
    """A title that Shopify takes: cut between two words where there are any."""
    title = " ".join(title.split())
    if len(title) <= TEXT_LENGTH:
        return title
    head, _, _ = title[: TEXT_LENGTH + 1].rpartition(" ")
    return (head or title)[:TEXT_LENGTH]


def last_part(category: str) -> str:
    """The leaf of a category's path."""
    return _BETWEEN.split(category)[-1].strip()


def _named(values: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": value} for value in values]


def _tags(tags: Iterable[str]) -> list[str]:
    wanted = (" ".join(str(tag).split())[:TEXT_LENGTH] for tag in tags)
    return [tag for tag in dict.fromkeys(wanted) if tag][:MOST_TAGS]


def _files(facts: ListingFacts) -> list[dict[str, str]]:
    """The pictures, the cover first and those of single SKUs behind; each once."""
    urls = dict.fromkeys((*facts.images, *(sku.image for sku in facts.skus)))
    alt = short_title(facts.title)
    files = [
        {"originalSource": url, "contentType": "IMAGE", "alt": alt}
        for url in urls
        if url.startswith(("https://", "http://"))
    ]
    return files[:MOST_FILES]


def _variant(
    facts: ListingFacts,
    sku: SkuFacts,
    options: Options,
    place: int,
    wanted: ImportOptions,
    known: set[str],
) -> dict[str, Any]:
    values = zip(options.names, options.values[place], strict=True)
    told: dict[str, Any] = {
        "optionValues": [{"optionName": name, "name": value} for name, value in values],
        "position": place + 1,
        "price": text(sku.price or Decimal(0), wanted.currency),
        "inventoryItem": _item(facts),
    }
    if sku.seller_sku:
        told["sku"] = sku.seller_sku
    if sku.barcode:
        told["barcode"] = sku.barcode
    if sku.image in known:
        told["file"] = {"originalSource": sku.image, "contentType": "IMAGE"}
    if wanted.location_id and sku.quantity is not None:
        quantity = min(max(sku.quantity, 0), MOST_STOCK)
        told["inventoryQuantities"] = [
            {"locationId": wanted.location_id, "name": "available", "quantity": quantity}
        ]
    return told


def _item(facts: ListingFacts) -> dict[str, Any]:
    told: dict[str, Any] = {"tracked": True, "requiresShipping": True}
    unit = WEIGHT_UNITS.get(facts.weight_unit)
    if unit and facts.weight is not None:
        told["measurement"] = {"weight": {"value": float(facts.weight), "unit": unit}}
    return told


# --- which variant is which SKU ------------------------------------------------------------------


def match_variants(wanted: ImportedProduct, variants: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Which variant (by GID) stands for which SKU (by TikTok's id): exactly, or not at all.

    The option values decide. Where they were changed over there, a seller SKU that only one SKU and
    only one variant has does. `variants` are of the shape that Shopify's product query gives.
    """
    by_values = _only({_values_key(_selected(one)): [] for one in variants}, variants)
    matched = {}
    for place, sku in enumerate(wanted.skus):
        if gid := by_values.get(_values_key(wanted.option_values(place))):
            matched[sku.sku_id] = gid
    return _match_by_sku(wanted, variants, matched)


def _match_by_sku(
    wanted: ImportedProduct, variants: Sequence[dict[str, Any]], matched: dict[str, str]
) -> dict[str, str]:
    keys = [sku.key for sku in wanted.skus]
    left: dict[str, list[str]] = {}
    for one in variants:
        key = str(one.get("sku") or "").strip().casefold()
        left.setdefault(key, []).append(str(one["id"]))
    for sku in wanted.skus:
        found = left.get(sku.key, [])
        if sku.sku_id in matched or not sku.key or keys.count(sku.key) > 1 or len(found) != 1:
            continue
        if found[0] not in matched.values():
            matched[sku.sku_id] = found[0]
    return matched


def _selected(variant: dict[str, Any]) -> dict[str, str]:
    return {
        str(one.get("name") or ""): str(one.get("value") or "")
        for one in variant.get("selectedOptions") or []
    }


def _values_key(values: dict[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((name.casefold(), value.casefold()) for name, value in values.items())


def _only(
    found: dict[frozenset[tuple[str, str]], list[str]], variants: Sequence[dict[str, Any]]
) -> dict[frozenset[tuple[str, str]], str]:
    for one in variants:
        found[_values_key(_selected(one))].append(str(one["id"]))
    return {key: gids[0] for key, gids in found.items() if len(gids) == 1}
