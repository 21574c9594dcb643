"""A product that exists in Shopify now: what is written down, whoever made it and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from products.import_mapping import ImportedProduct, match_variants
from products.models import Product, ProductImport
from products.services.import_links import claim_links, go_on, link_imported, variants_of
from products.services.store_products import store_products
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, SyncStatus

log = structlog.get_logger(__name__)


def accept(
    row: ProductImport,
    product: Mapping[str, Any],
    wanted: ImportedProduct,
    attempt: Attempt,
    *,
    was_found: bool,
) -> None:
    """The product is in Shopify: record it, its variants and their links.

    `was_found` says that it was there before anything was sent: then nothing was.
    """
    moved = statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"Shopify product {product['id']}",
        request_id=attempt.request_id,
        shopify_product_id=str(product["id"])[:80],
        was_found=was_found,
        sent_at=None if was_found else row.sent_at or database_now(),
    )
    if moved:
        _link(row, product, wanted, was_found=was_found)


def _link(
    row: ProductImport, product: Mapping[str, Any], wanted: ImportedProduct, *, was_found: bool
) -> None:
    shop = row.listing.shop
    user = row.run.started_by if row.run else None
    named = {"id": product["id"], "title": product.get("title")}
    bodies = {str(one["id"]): {**one, "product": named} for one in product["variants"]}
    pairs = match_variants(wanted, product["variants"])
    # First the links, then the rest: what is linked already is not linked by its SKU.
    linked = link_imported(shop, pairs, variants_of(shop.store, bodies, bodies), user)
    if not was_found:
        claim_links(shop, linked, user)
    store_products(shop.store, [product], is_complete=not product.get("more_variants_after"))
    _read_again(row)
    go_on(shop, linked)
    if len(linked) < len(wanted.skus):
        log.warning("imported and not linked whole", listing=row.listing.tiktok_product_id)


def _read_again(row: ProductImport) -> None:
    """Shopify fetches the pictures after its answer: the mirror reads the product once more."""
    store = row.listing.shop.store
    products = Product.objects.filter(store=store, shopify_product_id=row.shopify_product_id)
    products.update(wanted_at=database_now())
    queue.wake("pull_variants", store.pk)


def note_late(row: ProductImport, remote_id: str) -> None:
    """An answer came after its claim was lost: the product is looked for before another is made."""
    stored = ProductImport.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    doubt: dict[str, Any] = {"in_doubt_since": database_now(), "lookup_misses": 0}
    if not remote_id or stored.sync_status == SyncStatus.SYNCED:
        return
    if stored.sync_status in (SyncStatus.PENDING, SyncStatus.SENDING):
        ProductImport.objects.filter(pk=stored.pk).update(**doubt)
    else:
        reason = "A late answer says that the product is in Shopify: it is read there."
        statuses.move(stored, SyncStatus.PENDING, reason=reason, **doubt)
