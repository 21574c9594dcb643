"""Storing what Shopify has in stock, item by item and place by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from products.facts import words
from products.facts_shopify import ID_LENGTH
from products.models import InventoryLevel, Location
from products.services import follow_catalogue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore

#: ``location_id``, ``available`` and ``updated_at``, as the client gives them.
Level = Mapping[str, Any]
LEAST, MOST = -(2**31), 2**31 - 1


def store_levels(
    store: ShopifyStore, levels: Mapping[str, Sequence[Level]], *, is_complete: bool = True
) -> set[str]:
    """Insert or update the stock of items, inside the caller's transaction; returns which changed.

    What is older than the stored changes nothing. Places that an item no longer has are forgotten,
    unless the levels are not complete. Tells `follow_catalogue` what is new.
    """
    now = database_now()
    known: dict[tuple[str, str], InventoryLevel] = {
        (row.inventory_item_id, row.shopify_location_id): row
        for row in InventoryLevel.objects.filter(store=store, inventory_item_id__in=levels)
    }
    changed, written, seen = set[str](), [], []
    told = _by_place(levels)
    for key, level in told.items():
        row, available = known.get(key), min(max(int(level["available"]), LEAST), MOST)
        at: datetime | None = level["updated_at"]
        if row is not None and _is_old_news(row, available, at):
            seen.append(row.pk)
            continue
        if row is None or row.available != available:
            changed.add(key[0])
        written.append(_row(store, key, available, at, now))
    _write(written)
    InventoryLevel.objects.filter(pk__in=seen).update(seen_at=now)
    if is_complete:
        changed |= _forget([row for key, row in known.items() if key not in told])
    if changed:
        follow_catalogue.stock_stored(store, changed)
    return changed


def forget_unseen_levels(store: ShopifyStore, before: datetime) -> int:
    """Stock that a whole reading did not meet is no longer there; returns how much."""
    rows = InventoryLevel.objects.filter(store=store, seen_at__lt=before)
    if changed := set(rows.values_list("inventory_item_id", flat=True)[:100_000]):
        rows.delete()
        follow_catalogue.stock_stored(store, changed)
    return len(changed)


def store_locations(store: ShopifyStore, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Insert or update the active places of a store; the others are marked as inactive."""
    now = database_now()
    rows = {
        gid: Location(
            store=store,
            shopify_location_id=gid,
            name=words(body.get("name")),
            is_active=body.get("isActive") is not False,
            seen_at=now,
        )
        for body in bodies
        if (gid := words(body.get("id"), ID_LENGTH))
    }
    Location.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["store", "shopify_location_id"],
        update_fields=["name", "is_active", "seen_at"],
    )
    others = Location.objects.filter(store=store, is_active=True)
    others.exclude(shopify_location_id__in=rows).update(is_active=False)


def _by_place(levels: Mapping[str, Sequence[Level]]) -> dict[tuple[str, str], Level]:
    return {
        (item[:ID_LENGTH], str(level["location_id"])[:ID_LENGTH]): level
        for item, rows in levels.items()
        for level in rows
        if item and level["location_id"]
    }


def _is_old_news(row: InventoryLevel, available: int, at: datetime | None) -> bool:
    """Whether the stored row is newer, or says the very same."""
    if at is not None and row.changed_at is not None:
        return at < row.changed_at or (at == row.changed_at and row.available == available)
    return at is None and row.available == available


def _row(
    store: ShopifyStore, key: tuple[str, str], available: int, at: datetime | None, now: datetime
) -> InventoryLevel:
    return InventoryLevel(
        store=store,
        inventory_item_id=key[0],
        shopify_location_id=key[1],
        available=available,
        changed_at=at,
        seen_at=now,
    )


def _write(rows: list[InventoryLevel]) -> None:
    InventoryLevel.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["store", "inventory_item_id", "shopify_location_id"],
        update_fields=["available", "changed_at", "seen_at"],
    )


def _forget(rows: list[InventoryLevel]) -> set[str]:
    InventoryLevel.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return {row.inventory_item_id for row in rows}
