"""What a store's webhooks bring to the mirror of its catalogue."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from products.facts_shopify import gid_of, level_of_webhook
from products.models import Product, Variant
from products.services.load_state import Load, save_load
from products.services.pull_catalogue import HINTS_A_STEP, is_of_account
from products.services.store_levels import store_levels, store_locations
from tiktoksync.errors import SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import accounts
from tiktoksync.webhooks.inbox import mark_ignored, mark_used, waiting_hints
from tiktoksync.webhooks.models import Delivery

if TYPE_CHECKING:
    from products.services.pull_variants import PullVariants

PRODUCTS_A_CALL = 25
BULK_FINISHED = "bulk_operations/finish"
LEVELS = "inventory_levels/update"


def follow(flow: PullVariants) -> bool:
    """Look into the waiting webhooks of one store; whether there were any."""
    hints = waiting_hints(flow.stem).filter(store=flow.account).defer("body").order_by("pk")
    by_room: dict[str, list[Delivery]] = defaultdict(list)
    for hint in hints[:HINTS_A_STEP]:
        by_room[hint.topic.partition("/")[0]].append(hint)
    _store_levels(flow, by_room.pop("inventory_levels", []))
    _want_items(flow, by_room.pop("inventory_items", []))
    _hasten_load(flow, by_room.pop("bulk_operations", []))
    _read_locations(flow, by_room.pop("locations", []))
    _read_products(flow, by_room.pop("products", []))
    return bool(hints)


def _store_levels(flow: PullVariants, hints: Sequence[Delivery]) -> None:
    """A level is small and carries its own time: it is stored as it was told."""
    stock: dict[str, list[Any]] = defaultdict(list)
    for hint in hints:
        told = level_of_webhook(_body_of(hint)) if hint.topic == LEVELS else None
        if told is not None:
            stock[told[0]].append(told[1])
    # Of several about one place the newest counts.
    stock = {item: sorted(rows, key=lambda row: row["updated_at"]) for item, rows in stock.items()}
    if hints:
        with transaction.atomic():
            flow.lease.renew()
            store_levels(flow.account, stock, is_complete=False)
            mark_used(hints)


def _body_of(hint: Delivery) -> dict[str, Any]:
    body = json.loads(hint.body)
    return body if isinstance(body, dict) else {}


def _want_items(flow: PullVariants, hints: Sequence[Delivery]) -> None:
    """An inventory item tells of weight and tracking: its product is read again."""
    items = [gid_of("InventoryItem", hint.resource_id) for hint in hints]
    variants = Variant.objects.filter(store=flow.account, inventory_item_id__in=filter(None, items))
    if hints:
        with transaction.atomic():
            products = Product.objects.filter(pk__in=variants.values("product"))
            products.update(wanted_at=database_now())
            mark_used(hints)


def _hasten_load(flow: PullVariants, hints: Sequence[Delivery]) -> None:
    """The bulk operation that a whole reading waits for may be over."""
    load = Load.of(flow.account)
    named = {gid_of("BulkOperation", hint.resource_id) for hint in hints}
    if load is not None and load.operation in named:
        save_load(flow.account, load)
    mark_used(hints)


def _read_locations(flow: PullVariants, hints: Sequence[Delivery]) -> None:
    if not hints:
        return
    try:
        bodies = shopify_client(flow.account).locations().data
    except SyncError as error:
        if is_of_account(error):
            raise
        mark_ignored(hints, error.message)
        return
    accounts.note_success(flow.account)
    with transaction.atomic():
        store_locations(flow.account, bodies)
        mark_used(hints)


def _read_products(flow: PullVariants, hints: Sequence[Delivery]) -> None:
    named: dict[str, list[Delivery]] = defaultdict(list)
    for hint in hints:
        named[gid_of("Product", hint.resource_id)].append(hint)
    gids = list(named)
    for start in range(0, len(gids), PRODUCTS_A_CALL):
        part = gids[start : start + PRODUCTS_A_CALL]
        about = [hint for gid in part for hint in named[gid]]
        try:
            reading = flow.open_reading()
            reading.look_up(part)
        except SyncError as error:
            if is_of_account(error):
                raise
            mark_ignored(about, error.message)
            continue
        with transaction.atomic():
            flow.lease.renew()
            flow.drained.worked += reading.store_all().variants
            mark_used(about)
            reach("committing")
