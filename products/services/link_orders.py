"""Linking what orders name: their SKUs may stand in no listing that was read."""

from __future__ import annotations

from collections.abc import Mapping

from orders.models import LineItem, LinePart
from products.models import Link, ListingSku, ProductRules, RemovedLink, Variant
from products.services import follow_catalogue
from products.services.link_pairs import with_twin
from products.services.link_release import judge_waiting, naming_sku
from tiktoksync.shops.models import ShopifyStore, TikTokShop

Named = tuple[int, str, str]


def link_named(store: ShopifyStore, variants: Mapping[str, Variant]) -> int:
    """Link every TikTok SKU that orders name under these seller SKUs; returns how many links.

    `variants` has the one variant of each SKU key. What somebody took apart stays apart, as does a
    seller SKU that its listing has twice, and everything in shops that link nothing by themselves.
    The orders that wait for these SKUs are judged again.
    """
    if not variants:
        return 0
    wanted = _named(store, variants)
    wanted -= _linked(store, wanted) | _parted(store, wanted, variants) | _twins(store, wanted)
    manual = set(_manual_shops(store))
    new = [
        Link(
            shop_id=shop_id,
            tiktok_sku_id=sku_id,
            variant=variants[key],
            origin=Link.Origin.SAME_SKU,
        )
        for shop_id, sku_id, key in sorted(wanted)
        if shop_id not in manual
    ]
    Link.objects.bulk_create(new, ignore_conflicts=True)
    _follow(new)
    judge_waiting(store, naming_sku(*variants))
    return len(new)


def _follow(links: list[Link]) -> None:
    by_shop: dict[int, list[str]] = {}
    for link in links:
        by_shop.setdefault(link.shop_id, []).append(link.tiktok_sku_id)
    for shop in TikTokShop.objects.filter(pk__in=by_shop).select_related("store"):
        follow_catalogue.links_made(shop, by_shop[shop.pk])


def _named(store: ShopifyStore, variants: Mapping[str, Variant]) -> set[Named]:
    """Shop, TikTok SKU and key of what orders name."""
    found: set[Named] = set()
    for model, order in ((LineItem, "order"), (LinePart, "line__order")):
        rows = model._base_manager.filter(
            **{"sku_key__in": list(variants), f"{order}__shop__store": store.pk}
        ).exclude(tiktok_sku_id="")
        found.update(rows.values_list(f"{order}__shop_id", "tiktok_sku_id", "sku_key").distinct())
    return found


def _linked(store: ShopifyStore, wanted: set[Named]) -> set[Named]:
    links = Link.objects.filter(
        shop__store=store, tiktok_sku_id__in={sku_id for _, sku_id, _ in wanted}
    )
    taken = set(links.values_list("shop_id", "tiktok_sku_id"))
    return {one for one in wanted if one[:2] in taken}


def _parted(store: ShopifyStore, wanted: set[Named], variants: Mapping[str, Variant]) -> set[Named]:
    parted = RemovedLink.objects.filter(shop__store=store, variant__in=list(variants.values()))
    apart = set(parted.values_list("shop_id", "tiktok_sku_id", "variant_id"))
    return {one for one in wanted if (*one[:2], variants[one[2]].pk) in apart}


def _twins(store: ShopifyStore, wanted: set[Named]) -> set[Named]:
    """SKUs whose listing has their seller SKU twice."""
    listed = ListingSku.objects.filter(
        shop__store=store, gone_at=None, tiktok_sku_id__in={sku_id for _, sku_id, _ in wanted}
    )
    doubled = with_twin(listed)
    twice = set(doubled.values_list("shop_id", "tiktok_sku_id"))
    return {one for one in wanted if one[:2] in twice}


def _manual_shops(store: ShopifyStore) -> list[int]:
    """Shops of the store that link nothing by themselves."""
    rules = ProductRules.objects.filter(shop__store=store, auto_link=False)
    return list(rules.values_list("shop_id", flat=True))
