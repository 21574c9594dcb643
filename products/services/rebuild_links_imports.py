"""Which Shopify variants were made from TikTok SKUs: imported products carry the listing's id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from products.models import ListingSku, Variant, sku_key
from tiktoksync.errors import ConfigError
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import shopify_client

NO_OPTION = "default title"


def imported_variants(
    shop: TikTokShop, listings: Iterable[Sequence[ListingSku]]
) -> dict[str, Variant]:
    """The variants of imported listings by TikTok SKU id; each listing comes as its SKUs.

    A listing is looked for with one call. Raises SyncError if Shopify cannot be asked.
    """
    client = shopify_client(shop.store)
    found: dict[str, str] = {}
    for skus in listings:
        try:
            product = client.product_by_custom_id(skus[0].listing.tiktok_product_id).data
        except ConfigError:
            return {}  # the store has no such ids: nothing was ever imported
        if product is not None:
            found |= match_variants(skus, product.get("variants") or ())
    rows = Variant.objects.filter(
        store=shop.store_id, shopify_variant_id__in=set(found.values()), gone_at=None
    )
    stored = {row.shopify_variant_id: row for row in rows}
    return {sku_id: stored[gid] for sku_id, gid in found.items() if gid in stored}


def match_variants(
    skus: Sequence[ListingSku], variants: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Variant GIDs of one product by TikTok SKU id: by SKU, else by options, else the only one."""
    if len(skus) == 1 and len(variants) == 1:
        return {skus[0].tiktok_sku_id: str(variants[0]["id"])}
    by_sku = _single((sku_key(str(one.get("sku") or "")), one) for one in variants)
    by_options = _single((_options(one.get("selectedOptions") or ()), one) for one in variants)
    own = _single((sku.sku_key, sku) for sku in skus)
    found = {}
    for sku in skus:
        one = by_sku.get(sku.sku_key) if sku.sku_key in own else None
        one = one or by_options.get(_options(sku.attributes))
        if one is not None:
            found[sku.tiktok_sku_id] = str(one["id"])
    doubled = len(set(found.values())) < len(found)
    return {} if doubled else found


def _options(options: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    values = (sku_key(str(one.get("value") or "")) for one in options)
    return frozenset(value for value in values if value and value != NO_OPTION)


def _single(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """What stands under its key alone; blank keys are none."""
    found: dict[Any, list[Any]] = {}
    for key, one in pairs:
        if key:
            found.setdefault(key, []).append(one)
    return {key: ones[0] for key, ones in found.items() if len(ones) == 1}
