"""Look-ups of SKUs that orders need: which are still needed, asked again, or out of date."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orders.models import LineItem, LinePart
from products.models import Link, SkuLookup
from tiktoksync.lib import queue
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

#: The units and the components of bundles that name SKUs, and the way to their order.
NAMED: tuple[tuple[Any, str], ...] = ((LineItem, "order"), (LinePart, "line__order"))
_UNSENT = (SyncStatus.PENDING, SyncStatus.FAILED)


def needed_keys(store: ShopifyStore, keys: Collection[str]) -> set[str]:
    """Which of these SKUs an order names without a link, and is not in Shopify yet."""
    needed: set[str] = set()
    for model, order in NAMED:
        named = model.objects.order_by().filter(
            **{
                "sku_key__in": list(keys),
                f"{order}__shop__store": store.pk,
                f"{order}__sync_status__in": _UNSENT,
            }
        )
        linked = Link.objects.filter(shop__store=store.pk).values("tiktok_sku_id")
        unlinked = named.exclude(tiktok_sku_id="").exclude(tiktok_sku_id__in=linked)
        needed.update(unlinked.values_list("sku_key", flat=True).distinct())
    return needed


def look_again(store: ShopifyStore, keys: Collection[str]) -> int:
    """Have look-ups in vain repeated at once where orders need them; returns how many."""
    failed = SkuLookup.objects.filter(
        store=store.pk, sku_key__in=list(keys), sync_status=SyncStatus.FAILED
    )
    with transaction.atomic():
        again = repeat_needed(store, failed)
    if again:
        queue.wake("link_skus", store.pk)
    return again


def repeat_needed(store: ShopifyStore, failed: QuerySet[SkuLookup]) -> int:
    """Queue those of these failed look-ups again that orders need; returns how many."""
    rows = list(failed.select_for_update(no_key=True).order_by("pk"))
    needed = needed_keys(store, {row.sku_key for row in rows}) if rows else set()
    again = 0
    for row in rows:
        if row.sku_key in needed:
            # What was found last time: only a different finding is news to the orders.
            again += statuses.move(row, SyncStatus.PENDING, wait_reason=row.failure_code)
    return again


def forget_failed(store_id: int, keys: Any) -> None:
    """What was not found of these SKUs before is no longer true: they are linked now."""
    lookups = SkuLookup.objects.filter(store=store_id, sku_key__in=keys)
    lookups.filter(sync_status=SyncStatus.FAILED).delete()
