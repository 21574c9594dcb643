"""Storing TikTok's products and SKUs: as the product search gives them, or read whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from products.facts import differs, rows_of, set_on, words
from products.facts_tiktok import (
    DELETED,
    ID_LENGTH,
    detail_columns,
    row_columns,
    same_picture,
    same_pictures,
    sku_columns,
)
from products.models import Listing, ListingSku
from products.services import follow_catalogue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop

Body = Mapping[str, Any]
#: What only tells of this reading, or is compared in its own way.
LISTING_NO_NEWS = ("changed_at", "images")
SKU_NO_NEWS = ("image", "listing_id")
LISTING_COLUMNS = [
    *("title", "status", "audit_status", "review_reasons", "description_html", "category_id"),
    *("category_name", "brand_id", "brand_name", "images", "package", "external_product_id"),
    *("created_on_tiktok_at", "changed_at", "detail_wanted_at", "detail_read_at", "gone_at"),
    "seen_at",
]
SKU_COLUMNS = [
    *("listing", "seller_sku", "sku_key", "name", "attributes", "price", "currency", "image"),
    *("barcode", "inventory", "quantity", "external_sku_id", "is_deactivated", "gone_at"),
    "seen_at",
]


@dataclass(slots=True)
class StoredListings:
    """What a page came to: rows of listings with news, and how many SKUs were read."""

    changed: set[int] = field(default_factory=set)
    skus: int = 0


@dataclass(slots=True)
class _Batch:
    """One shop's page on its way into the database."""

    shop: TikTokShop
    now: datetime
    is_whole: bool
    asked_at: datetime | None = None
    done: StoredListings = field(default_factory=StoredListings)
    listings: dict[str, Listing] = field(default_factory=dict)


def store_listings(shop: TikTokShop, bodies: Iterable[Body]) -> StoredListings:
    """Insert or update listings from rows of the product search, inside the caller's transaction.

    Where TikTok changed one since, its details are wanted. Tells `follow_catalogue` what is new.
    """
    return _store(_Batch(shop, database_now(), is_whole=False), bodies)


def store_details(
    shop: TikTokShop, bodies: Iterable[Body], asked_at: datetime | None = None
) -> StoredListings:
    """Insert or update listings that were read whole, inside the caller's transaction.

    Their details are no longer wanted, unless that was said after `asked_at`, when they were asked
    for. Tells `follow_catalogue` what is new.
    """
    now = database_now()
    return _store(_Batch(shop, now, is_whole=True, asked_at=asked_at or now), bodies)


def mark_listings_gone(shop: TikTokShop, listing_ids: Collection[int]) -> None:
    """Listings (by row) are no longer on TikTok, nor are their SKUs."""
    now = database_now()
    rows = Listing.objects.filter(shop=shop, pk__in=listing_ids)
    changed = set(rows.filter(gone_at=None).values_list("pk", flat=True))
    rows.filter(pk__in=changed).update(gone_at=now)
    rows.update(detail_wanted_at=None)
    ListingSku.objects.filter(listing__in=listing_ids, gone_at=None).update(gone_at=now)
    if changed:
        follow_catalogue.listings_stored(shop, changed)


def _store(batch: _Batch, bodies: Iterable[Body]) -> StoredListings:
    by_id = {key: body for body in bodies if (key := words(body.get("id"), ID_LENGTH))}
    fresh = _put_listings(batch, by_id)
    _put_skus(batch, fresh)
    if batch.done.changed:
        follow_catalogue.listings_stored(batch.shop, batch.done.changed)
    return batch.done


# --- listings -------------------------------------------------------------------------------------


def _put_listings(batch: _Batch, by_id: Mapping[str, Body]) -> dict[str, Body]:
    """Write the listings; returns the bodies that are not older than what is stored."""
    known = Listing.objects.filter(shop=batch.shop, tiktok_product_id__in=by_id)
    batch.listings = {row.tiktok_product_id: row for row in known}
    fresh, written, seen, news = dict[str, Body](), [], [], []
    for key, body in by_id.items():
        columns = detail_columns(body) if batch.is_whole else row_columns(body)
        row = batch.listings.get(key)
        is_known, row = row is not None, row or Listing(shop=batch.shop, tiktok_product_id=key)
        batch.listings[key] = row
        if is_known and _is_older(columns["changed_at"], row.changed_at):
            if not batch.is_whole:
                seen.append(row.pk)
                continue
            columns["changed_at"] = row.changed_at
        fresh[key] = body
        columns |= _about_reading(batch, row, columns)
        if not is_known or _is_news(row, columns):
            news.append(row)
        if not is_known or differs(row, columns):
            written.append(set_on(row, columns | {"seen_at": batch.now}))
        else:
            seen.append(row.pk)
    _write_listings(written)
    Listing.objects.filter(pk__in=seen).update(seen_at=batch.now)
    batch.done.changed |= {row.pk for row in news}
    return fresh


def _is_older(told: datetime | None, known: datetime | None) -> bool:
    return told is not None and known is not None and told < known


def _about_reading(batch: _Batch, row: Listing, told: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the listing is there, and whether its details are wanted."""
    is_gone = told["status"] == DELETED
    columns: dict[str, Any] = {"gone_at": (row.gone_at or batch.now) if is_gone else None}
    wanted = row.detail_wanted_at
    if batch.is_whole:
        is_anew = wanted is not None and wanted > (batch.asked_at or batch.now)
        columns["detail_wanted_at"] = wanted if is_anew else None
        return columns | {"detail_read_at": batch.now}
    is_unread = row.detail_read_at is None or row.changed_at != told["changed_at"]
    if is_unread and not is_gone and wanted is None:
        columns["detail_wanted_at"] = batch.now
    return columns


def _is_news(row: Listing, columns: Mapping[str, Any]) -> bool:
    but = (*LISTING_NO_NEWS, "detail_read_at", "detail_wanted_at")
    pictures = columns.get("images")
    is_other = pictures is not None and not same_pictures(row.images, pictures)
    return is_other or differs(row, columns, but)


def _write_listings(rows: list[Listing]) -> None:
    for row in rows:
        row.pk = None  # met by TikTok's id alone; writing gives the key again
    Listing.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["shop", "tiktok_product_id"],
        update_fields=LISTING_COLUMNS,
    )


# --- SKUs -----------------------------------------------------------------------------------------


def _put_skus(batch: _Batch, fresh: Mapping[str, Body]) -> None:
    told = {
        key: (batch.listings[owner], sku)
        for owner, body in fresh.items()
        for sku in rows_of(body.get("skus"))
        if (key := words(sku.get("id"), ID_LENGTH))
    }
    owners = {batch.listings[owner].pk for owner, body in fresh.items() if body.get("skus")}
    known = _known_skus(batch, owners, set(told))
    written, seen = [], []
    for key, (listing, body) in told.items():
        columns = sku_columns(body, is_whole=batch.is_whole) | {"listing_id": listing.pk}
        columns["gone_at"] = listing.gone_at
        row = known.get(key)
        if row is None or _is_other_sku(row, columns):
            batch.done.changed.add(listing.pk)
        elif not differs(row, columns):
            seen.append(row.pk)
            continue
        row = row or ListingSku(shop=batch.shop, tiktok_sku_id=key)
        written.append(set_on(row, columns | {"seen_at": batch.now}))
    batch.done.skus += len(told)
    _write_skus(written)
    ListingSku.objects.filter(pk__in=seen).update(seen_at=batch.now)
    _forget_skus(batch, [row for key, row in known.items() if key not in told])


def _known_skus(batch: _Batch, owners: set[int], keys: set[str]) -> dict[str, ListingSku]:
    """The SKUs of these listings, and those that another listing had so far."""
    mine = ListingSku.objects.filter(shop=batch.shop)
    known = {row.tiktok_sku_id: row for row in mine.filter(listing__in=owners)}
    if others := keys - known.keys():
        known |= {row.tiktok_sku_id: row for row in mine.filter(tiktok_sku_id__in=others)}
    return known


def _is_other_sku(row: ListingSku, columns: Mapping[str, Any]) -> bool:
    moved = row.listing_id != columns["listing_id"]
    other_picture = not same_picture(row.image, columns.get("image", row.image))
    return moved or other_picture or differs(row, columns, SKU_NO_NEWS)


def _write_skus(rows: list[ListingSku]) -> None:
    for row in rows:
        row.pk = None
    ListingSku.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["shop", "tiktok_sku_id"],
        update_fields=SKU_COLUMNS,
    )


def _forget_skus(batch: _Batch, rows: list[ListingSku]) -> None:
    gone = [row for row in rows if row.gone_at is None]
    ListingSku.objects.filter(pk__in=[row.pk for row in gone]).update(gone_at=batch.now)
    batch.done.changed |= {row.listing_id for row in gone}
