"""What could belong together though the SKUs differ: the same barcode, or title and options.

A suggestion says in percent how sure it is. Nothing is linked by it until somebody confirms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from products.models import ListingSku, RemovedLink, Variant, sku_key
from tiktoksync.shops.models import TikTokShop

BARCODE, TITLE = 95, 80
# Shopify's word for the option of a product that has none.
NO_OPTION = "default title"
BARCODE_LENGTHS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A variant (by row) that a TikTok SKU may be, how surely in percent, and why."""

    variant_id: int
    confidence: int
    why: str


def suggest(shop: TikTokShop, skus: Sequence[ListingSku]) -> dict[int, Suggestion]:
    """Suggestions for these SKUs (by row), one query each way; `listing` is read of each."""
    found = _by_title(shop, skus) | _by_barcode(shop, skus)
    parted = RemovedLink.objects.filter(
        shop=shop, tiktok_sku_id__in=[sku.tiktok_sku_id for sku in skus]
    )
    apart = set(parted.values_list("tiktok_sku_id", "variant_id"))
    ids = {sku.pk: sku.tiktok_sku_id for sku in skus}
    return {key: one for key, one in found.items() if (ids[key], one.variant_id) not in apart}


def _by_barcode(shop: TikTokShop, skus: Sequence[ListingSku]) -> dict[int, Suggestion]:
    wanted = {sku.pk: code for sku in skus if (code := plain_barcode(sku.barcode))}
    if not wanted:
        return {}
    spelled = {way for code in wanted.values() for way in _spellings(code)}
    living = Variant.objects.filter(store=shop.store_id, gone_at=None, barcode__in=spelled)
    variants: dict[str, list[int]] = defaultdict(list)
    for pk, barcode in living.values_list("pk", "barcode"):
        variants[plain_barcode(barcode)].append(pk)
    return {
        key: Suggestion(only, BARCODE, f"Same barcode {code}")
        for key, code in wanted.items()
        if (only := _only(variants.get(code, ())))
    }


def _by_title(shop: TikTokShop, skus: Sequence[ListingSku]) -> dict[int, Suggestion]:
    titles = {sku.listing.title.strip()[:255] for sku in skus} - {""}
    living = Variant.objects.filter(
        store=shop.store_id, gone_at=None, product__gone_at=None, product__title__in=titles
    )
    variants: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for pk, title, options in living.values_list("pk", "product__title", "option_values"):
        variants[title.strip(), _values(options)].append(pk)
    return {
        sku.pk: Suggestion(only, TITLE, "Same title and same options")
        for sku in skus
        if (title := sku.listing.title.strip()[:255])
        and (only := _only(variants.get((title, _values(sku.attributes)), ())))
    }


def plain_barcode(barcode: str) -> str:
    """A barcode without the zeros that lengthen a UPC to an EAN; empty if it is no number."""
    code = barcode.strip()
    return code.lstrip("0") if code.isascii() and code.isdigit() else ""


def _spellings(code: str) -> Iterable[str]:
    return {code, *(code.zfill(length) for length in BARCODE_LENGTHS)}


def _values(options: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    values = (sku_key(str(one.get("value") or "")) for one in options)
    return frozenset(value for value in values if value and value != NO_OPTION)


def _only(variants: Sequence[int]) -> int | None:
    return variants[0] if len(variants) == 1 else None
