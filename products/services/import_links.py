"""The links that an import makes, with the stored rows of the variants they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from products.models import Link, RemovedLink, Variant
from products.services import follow_catalogue
from products.services.link_release import judge_waiting, naming_sku_id
from products.services.store_variants import store_variants
from tiktoksync.shops.models import ShopifyStore, TikTokShop


def variants_of(
    store: ShopifyStore, gids: Iterable[str], bodies: Mapping[str, Mapping[str, Any]]
) -> dict[str, Variant]:
    """The rows of these variants, by GID; those not stored yet are stored from Shopify's bodies."""
    wanted = set(gids)
    rows = Variant.objects.filter(store=store, shopify_variant_id__in=wanted)
    known = {row.shopify_variant_id: row for row in rows}
    if unknown := [bodies[gid] for gid in sorted(wanted - set(known)) if gid in bodies]:
        store_variants(store, unknown)
        known = {row.shopify_variant_id: row for row in rows.all()}
    return known


def link_imported(
    shop: TikTokShop, pairs: Mapping[str, str], variants: Mapping[str, Variant], user: Any
) -> list[str]:
    """Link TikTok SKUs (by id) to variants (by GID); returns the SKUs that are linked so now.

    Nothing that is linked otherwise is changed, and what somebody took apart stays apart. Whoever
    calls this calls `go_on` too, once all that is known of the variants is stored.
    """
    parted = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=list(pairs))
    apart = set(parted.values_list("tiktok_sku_id", "variant__shopify_variant_id"))
    wanted = {
        sku_id: variants[gid]
        for sku_id, gid in pairs.items()
        if gid in variants and (sku_id, gid) not in apart
    }
    Link.objects.bulk_create(
        [
            Link(
                shop=shop,
                tiktok_sku_id=sku_id,
                variant=variant,
                origin=Link.Origin.IMPORTED,
                created_by=user,
            )
            for sku_id, variant in wanted.items()
        ],
        ignore_conflicts=True,
    )
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=list(wanted))
    rows = links.values_list("tiktok_sku_id", "variant_id")
    return [sku_id for sku_id, variant_id in rows if wanted[sku_id].pk == variant_id]


def claim_links(shop: TikTokShop, sku_ids: Iterable[str], user: Any) -> None:
    """Say of links that they come from an import: the mirror was quicker, and saw equal SKUs."""
    same = Link.objects.filter(
        shop=shop, tiktok_sku_id__in=list(sku_ids), origin=Link.Origin.SAME_SKU
    )
    same.update(origin=Link.Origin.IMPORTED, created_by=user)


def go_on(shop: TikTokShop, sku_ids: list[str]) -> None:
    """These TikTok SKUs are linked: orders that waited for them go on, and the shop keeps step."""
    if sku_ids:
        judge_waiting(shop.store, naming_sku_id(*sku_ids))
        follow_catalogue.links_made(shop, sku_ids)
