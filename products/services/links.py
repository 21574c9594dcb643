"""Making, changing and removing links between TikTok SKUs and Shopify variants.

A new link releases every order that waited for it. Orders that are in Shopify already stay as sent,
and nothing of this changes a product on either platform.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from orders.models import Order
from products.models import Link, ListingSku, RemovedLink, Variant
from products.services import follow_catalogue
from products.services.link_release import judge_waiting, naming_sku_id
from products.services.rules import product_rules
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncStatus

# Orders that have yet to become Shopify orders.
NOT_SENT = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.SENDING, SyncStatus.FAILED)


class LinkConflict(Exception):
    """The link cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class UnlinkEffect:
    """What it means to take a link away, in numbers and in words."""

    waiting_orders: int
    synced_orders: int
    pushes_stock: bool
    words: tuple[str, ...]


def make_link(
    shop: TikTokShop,
    tiktok_sku_id: str,
    variant: Variant,
    *,
    origin: Link.Origin,
    user: Any = None,
) -> Link:
    """Link a TikTok SKU to a variant of the store its shop feeds, and release who waited for it.

    Whoever asks for a pair that was taken apart gets it: it counts as a pair again. Raises
    LinkConflict if the SKU is linked to another variant already, or the variant is gone.
    """
    sku_id = tiktok_sku_id.strip()
    _check(shop, sku_id, variant)
    try:
        with transaction.atomic():
            link, created = Link.objects.get_or_create(
                shop=shop,
                tiktok_sku_id=sku_id,
                defaults={"variant": variant, "origin": origin, "created_by": user},
            )
            if link.variant_id != variant.pk:
                raise LinkConflict(f"This TikTok SKU is linked to {link.variant} already.")
            if created:
                RemovedLink.objects.filter(
                    shop=shop, tiktok_sku_id=sku_id, variant=variant
                ).delete()
                after_linking(shop, [sku_id])
    except IntegrityError as error:
        raise LinkConflict("This TikTok SKU was linked by somebody else just now.") from error
    return link


def make_links(
    shop: TikTokShop,
    variants: Mapping[str, Variant],
    *,
    origin: Link.Origin,
    user: Any = None,
) -> list[str]:
    """Link many TikTok SKUs (by id) of a shop at once; returns the ids that got their link.

    One that has a link keeps it, whatever it leads to.
    """
    wanted = {key: one for key, one in variants.items() if one.store_id == shop.store_id and key}
    with transaction.atomic():
        taken = Link.objects.filter(shop=shop, tiktok_sku_id__in=wanted)
        old = set(taken.values_list("tiktok_sku_id", flat=True))
        new = [
            Link(shop=shop, tiktok_sku_id=key, variant=variant, origin=origin, created_by=user)
            for key, variant in wanted.items()
            if key not in old
        ]
        Link.objects.bulk_create(new, ignore_conflicts=True)
        made = _standing(shop, {link.tiktok_sku_id: link.variant_id for link in new})
        after_linking(shop, made)
    return made


def change_link(link: Link, variant: Variant, *, user: Any = None) -> Link:
    """Lead a link to another variant, by a person's word.

    The former pair counts as taken apart: equal SKUs alone do not bring it back. Orders that are
    not in Shopify yet are sent with the new variant. Raises LinkConflict if that cannot be.
    """
    _check(link.shop, link.tiktok_sku_id, variant)
    with transaction.atomic():
        row = Link.objects.select_for_update(of=("self",), no_key=True).filter(pk=link.pk).first()
        if row is None:
            raise LinkConflict("This link was removed by somebody else just now.")
        if row.variant_id == variant.pk:
            return row
        _remember_parted(row, user)
        pair = RemovedLink.objects.filter(shop=row.shop_id, tiktok_sku_id=row.tiktok_sku_id)
        pair.filter(variant=variant).delete()
        Link.objects.filter(pk=row.pk).update(
            variant=variant,
            origin=Link.Origin.BY_HAND,
            created_at=database_now(),
            created_by=user,
        )
        after_linking(link.shop, [row.tiktok_sku_id])
    return Link.objects.select_related("variant__product").get(pk=row.pk)


def remove_link(link: Link, *, user: Any = None) -> None:
    """Remove a link; orders that come from now on need another one.

    It is remembered that these two were taken apart: only a person or a program links them again.
    """
    with transaction.atomic():
        row = Link.objects.select_for_update(of=("self",), no_key=True).filter(pk=link.pk).first()
        if row is not None:
            _remember_parted(row, user)
            row.delete()


def unlink_effect(link: Link) -> UnlinkEffect:
    """What removing this link would mean."""
    orders = Order.objects.filter(naming_sku_id(link.tiktok_sku_id), shop=link.shop_id)
    waiting = orders.filter(sync_status__in=NOT_SENT).count()
    synced = orders.filter(sync_status=SyncStatus.SYNCED).count()
    sku = ListingSku.objects.filter(shop=link.shop_id, tiktok_sku_id=link.tiktok_sku_id).first()
    locked = sku is not None and sku.stock_locked
    pushes = product_rules(link.shop).push_stock and not locked
    words = ["Both products stay as they are, on TikTok and in Shopify."]
    if waiting:
        words.append(f"{_orders(waiting)} not in Shopify yet; they wait until it is linked again.")
    if synced:
        words.append(f"{_orders(synced)} in Shopify already; nothing changes there.")
    if pushes:
        words.append("Its stock is no longer pushed: TikTok keeps the quantity it shows now.")
    return UnlinkEffect(waiting, synced, pushes, tuple(words))


def after_linking(shop: TikTokShop, sku_ids: Collection[str]) -> None:
    """Links of these TikTok SKUs were made or changed: orders, stock and ids follow."""
    if not sku_ids:
        return
    judge_waiting(shop.store, naming_sku_id(*sku_ids) & Q(shop=shop))
    follow_catalogue.links_made(shop, sku_ids)


def broken_links(shop: TikTokShop) -> QuerySet[Link]:
    """Links that lead nowhere: Shopify's variant was deleted, or TikTok's SKU is gone."""
    gone = ListingSku.objects.filter(shop=shop, gone_at__isnull=False).values("tiktok_sku_id")
    links = Link.objects.filter(shop=shop).select_related("variant__product")
    return links.filter(Q(variant__gone_at__isnull=False) | Q(tiktok_sku_id__in=gone))


def refresh_catalogue(merchant: Merchant) -> None:
    """Have both catalogues of a merchant read again."""
    now = database_now()
    stores = ShopifyStore.objects.filter(merchant=merchant)
    shops = TikTokShop.objects.filter(merchant=merchant)
    stores.update(variants_wanted_at=now)
    shops.update(listings_wanted_at=now)
    for store_id in stores.values_list("pk", flat=True):
        queue.wake("pull_variants", store_id)
    for shop_id in shops.values_list("pk", flat=True):
        queue.wake("pull_listings", shop_id)


def _check(shop: TikTokShop, sku_id: str, variant: Variant) -> None:
    if variant.store_id != shop.store_id:
        raise LinkConflict("The variant belongs to another Shopify store.")
    if not sku_id:
        raise LinkConflict("The TikTok SKU id is missing.")
    if variant.gone_at is not None:
        raise LinkConflict("This variant was deleted in Shopify. Choose one that is there.")


def _remember_parted(link: Link, user: Any) -> None:
    RemovedLink.objects.update_or_create(
        shop_id=link.shop_id,
        tiktok_sku_id=link.tiktok_sku_id,
        variant_id=link.variant_id,
        defaults={"origin": link.origin, "removed_by": user, "removed_at": database_now()},
    )


def _standing(shop: TikTokShop, wanted: Mapping[str, int]) -> list[str]:
    """Of links just made those that stand, and not another maker's in their place."""
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=wanted)
    made = [key for key, to in links.values_list("tiktok_sku_id", "variant") if wanted[key] == to]
    parted = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=made)
    pairs = parted.values_list("pk", "tiktok_sku_id", "variant")
    again = [pk for pk, key, variant in pairs if wanted[key] == variant]
    RemovedLink.objects.filter(pk__in=again).delete()
    return made


def _orders(count: int) -> str:
    return f"{count:,} order{'s' if count != 1 else ''} with this SKU " + (
        "are" if count != 1 else "is"
    )
