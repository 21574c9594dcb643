"""Storing Shopify products whole, with their variants; what is unchanged is not written again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from products.facts import differs, rows_of, set_on, words
from products.facts_shopify import ID_LENGTH, pictures_by_id, product_columns, variant_columns
from products.models import UNREAD_PRODUCT, Product, Variant
from products.services import follow_catalogue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore

Body = Mapping[str, Any]
#: What changes with every sale, or only tells of this reading: no news to anybody.
NO_NEWS = ("changed_at", "seen_at")
PRODUCT_COLUMNS = [
    *("title", "handle", "status", "description_html", "vendor", "product_type", "tags"),
    *("category", "options", "images", "changed_at", "gone_at", "seen_at"),
]
VARIANT_COLUMNS = [
    *("product", "inventory_item_id", "title", "sku", "sku_key", "barcode", "position"),
    *("option_values", "price", "compare_at_price", "image", "weight", "weight_unit"),
    *("is_tracked", "sells_without_stock", "requires_shipping", "gone_at", "seen_at"),
]


@dataclass(slots=True)
class StoredProducts:
    """What a page came to: rows of products with news, and how many variants were read."""

    changed: set[int] = field(default_factory=set)
    variants: int = 0
    #: Known to be newer here than in what was read: by row.
    stale: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Batch:
    """One store's page on its way into the database."""

    store: ShopifyStore
    now: datetime
    is_complete: bool
    done: StoredProducts = field(default_factory=StoredProducts)
    products: dict[str, Product] = field(default_factory=dict)


def store_products(
    store: ShopifyStore, bodies: Iterable[Body], *, is_complete: bool = True
) -> StoredProducts:
    """Insert or update products with ``variants`` and ``media``, inside the caller's transaction.

    Bodies that are older than what is stored change nothing. Variants that a product no longer has
    are marked as gone, unless the bodies are not complete. Tells `follow_catalogue` what is new.
    """
    by_gid = {gid: body for body in bodies if (gid := words(body.get("id"), ID_LENGTH))}
    batch = _Batch(store, database_now(), is_complete)
    _put_products(batch, by_gid)
    fresh = {gid: body for gid, body in by_gid.items() if _is_fresh(batch, gid)}
    _put_variants(batch, [(gid, row) for gid, b in fresh.items() for row in _variants(b)], fresh)
    _read_stale_again(batch)
    drop_unread_product(store)
    if batch.done.changed:
        follow_catalogue.variants_stored(store, batch.done.changed)
    return batch.done


def store_late(
    store: ShopifyStore, rows: Iterable[tuple[str, Body]], media: Iterable[tuple[str, Body]] = ()
) -> StoredProducts:
    """Store variants and pictures whose product was stored before, each with its product's GID."""
    rows, media = list(rows), list(media)
    batch = _Batch(store, database_now(), is_complete=False)
    gids = {gid for gid, _ in (*rows, *media)}
    known = Product.objects.filter(store=store, shopify_product_id__in=gids)
    batch.products = {product.shopify_product_id: product for product in known}
    for gid, product in batch.products.items():
        _add_images(batch, product, [body for owner, body in media if owner == gid])
    _put_variants(batch, [(gid, row) for gid, row in rows if gid in batch.products], {})
    if batch.done.changed:
        follow_catalogue.variants_stored(store, batch.done.changed)
    return batch.done


def mark_gone(store: ShopifyStore, product_ids: Collection[int]) -> None:
    """Products (by row) are no longer in Shopify, nor are their variants."""
    now = database_now()
    products = Product.objects.filter(store=store, pk__in=product_ids)
    changed = set(products.filter(gone_at=None).values_list("pk", flat=True))
    products.filter(pk__in=changed).update(gone_at=now)
    Variant.objects.filter(store=store, product__in=product_ids, gone_at=None).update(gone_at=now)
    products.update(wanted_at=None)
    if changed:
        follow_catalogue.variants_stored(store, changed)


def drop_unread_product(store: ShopifyStore) -> None:
    """The stand-in for unread products goes once all its variants have found theirs."""
    unread = Product.objects.filter(store=store, shopify_product_id=UNREAD_PRODUCT)
    unread.filter(variants=None).delete()


def _variants(body: Body) -> list[Body]:
    pictures = pictures_by_id(rows_of(body.get("media")))
    return [{**row, "_pictures": pictures} for row in rows_of(body.get("variants"))]


def _is_fresh(batch: _Batch, gid: str) -> bool:
    return batch.products[gid].pk not in batch.done.stale


# --- products -------------------------------------------------------------------------------------


def _put_products(batch: _Batch, by_gid: Mapping[str, Body]) -> None:
    known = Product.objects.filter(store=batch.store, shopify_product_id__in=by_gid)
    batch.products = {product.shopify_product_id: product for product in known}
    written, seen, news = [], [], []
    for gid, body in by_gid.items():
        columns = product_columns(body)
        row = batch.products.get(gid)
        if row is None:
            row = Product(store=batch.store, shopify_product_id=gid)
            batch.products[gid] = row
            is_new = True
        elif _is_older(columns["changed_at"], row.changed_at):
            batch.done.stale.add(row.pk)
            seen.append(row.pk)
            continue
        else:
            is_new = row.gone_at is not None or differs(row, columns, NO_NEWS)
        if is_new or differs(row, columns):
            written.append(set_on(row, columns | {"gone_at": None, "seen_at": batch.now}))
        else:
            seen.append(row.pk)
        if is_new:
            news.append(row)
    _write_products(written)
    Product.objects.filter(pk__in=seen).update(seen_at=batch.now)
    batch.done.changed |= {row.pk for row in news}


def _read_stale_again(batch: _Batch) -> None:
    """What was read of them is of no use: it is there, and the rest is asked for once more."""
    stale = batch.done.stale
    if stale:
        Product.objects.filter(pk__in=stale).update(wanted_at=batch.now)
        Variant.objects.filter(product__in=stale, gone_at=None).update(seen_at=batch.now)


def _is_older(told: datetime | None, known: datetime | None) -> bool:
    return told is not None and known is not None and told < known


def _write_products(rows: list[Product]) -> None:
    _forget_keys(rows)
    Product.objects.bulk_create(
        # In one order for all writers: no two wait for each other.
        sorted(rows, key=lambda row: row.shopify_product_id),
        update_conflicts=True,
        unique_fields=["store", "shopify_product_id"],
        update_fields=PRODUCT_COLUMNS,
    )


def _forget_keys(rows: Iterable[Product | Variant]) -> None:
    """An insert that turns into an update meets its row by the platform's id alone, not by ours;
    writing gives the rows their keys again.
    """
    for row in rows:
        row.pk = None


def _add_images(batch: _Batch, product: Product, media: list[Body]) -> None:
    told = product_columns({"media": media})["images"] if media else []
    known = {one["url"] for one in product.images}
    if fresh := [one for one in told if one["url"] not in known]:
        Product.objects.filter(pk=product.pk).update(images=[*product.images, *fresh])
        batch.done.changed.add(product.pk)


# --- variants -------------------------------------------------------------------------------------


def _put_variants(batch: _Batch, rows: Iterable[tuple[str, Body]], whole: Collection[str]) -> None:
    """Insert or update variants, each given with its product's GID; those missing in `whole`
    products are marked as gone.
    """
    told = {gid: (owner, row) for owner, row in rows if (gid := words(row.get("id"), ID_LENGTH))}
    owners = {batch.products[owner].pk for owner, _ in told.values()}
    owners |= {batch.products[owner].pk for owner in whole}
    known = _known_variants(batch, owners, set(told))
    written, seen = [], []
    for gid, (owner, body) in told.items():
        product, row = batch.products[owner], known.get(gid)
        columns = variant_columns(body, body.get("_pictures") or {}) | {"product_id": product.pk}
        if row is not None and row.gone_at is None and not differs(row, columns):
            seen.append(row.pk)
            continue
        if row is not None:
            batch.done.changed.add(row.product_id)
        batch.done.changed.add(product.pk)
        row = row or Variant(store=batch.store, shopify_variant_id=gid)
        written.append(set_on(row, columns | {"gone_at": None, "seen_at": batch.now}))
    batch.done.variants += len(told)
    _write_variants(written)
    Variant.objects.filter(pk__in=seen).update(seen_at=batch.now)
    if batch.is_complete:
        _forget_variants(batch, [row for gid, row in known.items() if gid not in told])


def _known_variants(batch: _Batch, owners: set[int], gids: set[str]) -> dict[str, Variant]:
    """The variants of these products, and those that another product had so far."""
    mine = Variant.objects.filter(store=batch.store)
    known = {row.shopify_variant_id: row for row in mine.filter(product__in=owners)}
    if others := gids - known.keys():
        moved = mine.filter(shopify_variant_id__in=others)
        known |= {row.shopify_variant_id: row for row in moved}
    return known


def _write_variants(rows: list[Variant]) -> None:
    _forget_keys(rows)
    Variant.objects.bulk_create(
        sorted(rows, key=lambda row: row.shopify_variant_id),
        update_conflicts=True,
        unique_fields=["store", "shopify_variant_id"],
        update_fields=VARIANT_COLUMNS,
    )


def _forget_variants(batch: _Batch, rows: list[Variant]) -> None:
    gone = [row for row in rows if row.gone_at is None]
    Variant.objects.filter(pk__in=[row.pk for row in gone]).update(gone_at=batch.now)
    batch.done.changed |= {row.product_id for row in gone}
