"""Links found again from what the platforms keep alone, for a database that lost them.

Three things tell, the surest first: the variant's id that a TikTok SKU carries, the TikTok id that
an imported product carries in Shopify, and equal SKUs. Links that stand are left as they are, so
that running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from products.models import Link, ListingSku, RemovedLink, Variant
from products.services.auto_link import link_pairs
from products.services.link_pairs import judge_skus, linked_ids, living_skus
from products.services.links import make_links
from products.services.rebuild_links_imports import imported_variants
from tiktoksync.shops.models import TikTokShop

AT_ONCE = 1000
GID = "gid://shopify/ProductVariant/"


@dataclass(slots=True)
class Rebuilt:
    """How many links were found again by what, and what is left without one."""

    by_id: int = 0
    by_import: int = 0
    by_sku: int = 0
    already_linked: int = 0
    unlinked: int = 0

    def add(self, other: Rebuilt) -> None:
        """Count another shop's too."""
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


def rebuild_links(shop: TikTokShop, *, dry_run: bool = False, ask_shopify: bool = True) -> Rebuilt:
    """Link a shop's TikTok SKUs again, from the mirrors of both catalogues.

    Which products were imported is asked of Shopify, with a call for each listing that shows no
    ids; `ask_shopify` off leaves that out. Nothing is stored by a dry run, and nothing is written
    to a platform in any case. Raises SyncError if Shopify cannot be asked.
    """
    found = Rebuilt(already_linked=_count_linked(shop))
    by_id = list(_by_id(shop))
    known = {sku_id for pairs in by_id for sku_id in pairs}
    imports = imported_variants(shop, _unknown(shop, known)) if ask_shopify else {}
    with transaction.atomic():
        for pairs in by_id:
            found.by_id += len(make_links(shop, pairs, origin=Link.Origin.REBUILT))
        for pairs in _pieces(_without_parted(shop, imports)):
            found.by_import += len(make_links(shop, pairs, origin=Link.Origin.REBUILT))
        for skus in _batches(shop):
            found.by_sku += len(link_pairs(shop, judge_skus(shop, skus)))
        found.unlinked = living_skus(shop).count() - _count_linked(shop)
        transaction.set_rollback(dry_run)
    return found


def variant_gid(external_id: str) -> str:
    """The GID that an id on TikTok stands for: a GID itself, or its number; empty for neither."""
    wanted = external_id.strip()
    number = wanted.removeprefix(GID)
    return f"{GID}{number}" if number.isascii() and number.isdigit() else ""


def _by_id(shop: TikTokShop) -> Iterator[dict[str, Variant]]:
    """The variants that unlinked SKUs name by id, in pieces."""
    for skus in _batches(shop):
        linked = linked_ids(shop, [sku.tiktok_sku_id for sku in skus])
        wanted = {
            sku.tiktok_sku_id: gid
            for sku in skus
            if sku.tiktok_sku_id not in linked and (gid := variant_gid(sku.external_sku_id))
        }
        rows = Variant.objects.filter(
            store=shop.store_id, shopify_variant_id__in=set(wanted.values()), gone_at=None
        )
        variants = {row.shopify_variant_id: row for row in rows}
        named = {key: variants[gid] for key, gid in wanted.items() if gid in variants}
        yield _without_parted(shop, named)


def _without_parted(shop: TikTokShop, pairs: Mapping[str, Variant]) -> dict[str, Variant]:
    rows = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=list(pairs))
    apart = set(rows.values_list("tiktok_sku_id", "variant_id"))
    return {key: one for key, one in pairs.items() if (key, one.pk) not in apart}


def _unknown(shop: TikTokShop, known: set[str]) -> Iterator[list[ListingSku]]:
    """The SKUs, a listing's together, of listings that have one without a link or an id."""
    for skus in _batches(shop):
        linked = linked_ids(shop, [sku.tiktok_sku_id for sku in skus]) | known
        open_ = {sku.listing_id for sku in skus if sku.tiktok_sku_id not in linked}
        by_listing: dict[int, list[ListingSku]] = {}
        for sku in skus:
            if sku.listing_id in open_:
                by_listing.setdefault(sku.listing_id, []).append(sku)
        yield from by_listing.values()


def _batches(shop: TikTokShop) -> Iterator[Sequence[ListingSku]]:
    """The shop's living SKUs, some listings at a time."""
    keys = living_skus(shop).order_by("listing_id").values_list("listing_id", flat=True).distinct()
    listings = list(keys)
    for start in range(0, len(listings), AT_ONCE // 4):
        some = listings[start : start + AT_ONCE // 4]
        yield list(living_skus(shop).filter(listing__in=some).order_by("listing_id", "pk"))


def _pieces(pairs: Mapping[str, Variant]) -> Iterable[dict[str, Variant]]:
    keys = list(pairs)
    for start in range(0, len(keys), AT_ONCE):
        yield {key: pairs[key] for key in keys[start : start + AT_ONCE]}


def _count_linked(shop: TikTokShop) -> int:
    links: Any = Link.objects.filter(shop=shop).values("tiktok_sku_id")
    return living_skus(shop).filter(tiktok_sku_id__in=links).count()
