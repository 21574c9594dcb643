"""Reading a large catalogue by Shopify's bulk operations: started, waited for, then stored line
by line, so that no more than a batch of it is ever in memory.

The file holds parents and children as lines of their own. A product's lines come together as a
rule, though Shopify does not promise it: whatever comes later finds its product in the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction

from products.facts_shopify import level_of
from products.services.load_state import GONE, PAGES, PRODUCTS, STOCK, Load, save_load
from products.services.pull_catalogue import BUSY_SECONDS, is_scope_missing
from products.services.read_products import STOCK_STEM
from products.services.store_levels import store_levels
from products.services.store_products import store_late, store_products
from tiktoksync.errors import OutcomeUnknown, PermanentError, SyncError, Unreachable
from tiktoksync.lib.download import download_lines
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.bulk_calls import BULK_INVENTORY, BULK_PRODUCTS, BulkOperation, gid_type
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.accounts import note_refused_poll
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import accounts

if TYPE_CHECKING:
    from products.services.pull_variants import PullVariants

log = structlog.get_logger(__name__)

Line = Mapping[str, Any]
PARENT = "__parentId"
DOCUMENTS = {PRODUCTS: BULK_PRODUCTS, STOCK: BULK_INVENTORY}
NEXT_STAGE = {PRODUCTS: STOCK, STOCK: GONE}
COMPLETED = "COMPLETED"
#: A batch ends before the next parent, or where a parent has very many lines.
LINES_A_BATCH, MOST_LINES = 500, 2500
#: How long to wait between two looks at an operation; Shopify's webhook ends the wait.
LOOK_SECONDS = (2.0, 5.0, 10.0, 30.0, 60.0)
MOST_TRIES, MOST_STUMBLES = 3, 8
FELL_BACK = "Shopify's bulk reading did not work ({why}); the products are read page by page."


def go_on(flow: PullVariants, load: Load) -> None:
    """Start an operation, look whether it is over, or store what it found."""
    try:
        if load.url:
            _store_lines(flow, load)
        elif load.operation:
            _look(flow, load)
        else:
            _start(flow, load)
    except SyncError as error:
        if is_scope_missing(error) and load.stage == STOCK:
            _leave_out_stock(flow, load, error)
        elif isinstance(error, PermanentError | OutcomeUnknown) and not error.pauses_account:
            _begin_again(flow, load, error.message)
        else:
            raise


def _leave_out_stock(flow: PullVariants, load: Load, error: SyncError) -> None:
    note_refused_poll(flow.account, STOCK_STEM, error)
    load.has_stock = False
    _end_stage(flow, load)


def _start(flow: PullVariants, load: Load) -> None:
    operation = shopify_client(flow.account).start_bulk_query(DOCUMENTS[load.stage]).data
    accounts.note_success(flow.account)
    load.operation = operation.id
    _wait(flow, load)


def _look(flow: PullVariants, load: Load) -> None:
    operation = shopify_client(flow.account).bulk_operation(load.operation).data
    accounts.note_success(flow.account)
    if not operation.is_over:
        load.stumbles += 1
        _wait(flow, load)
    elif operation.status != COMPLETED:
        _begin_again(flow, load, _why(operation))
    elif not operation.url:
        _end_stage(flow, load)
    else:
        load.url, load.line, load.stumbles = operation.url, 0, 0
        save_load(flow.account, load)


def _why(operation: BulkOperation) -> str:
    return f"{operation.status} {operation.error_code}".strip().lower().replace("_", " ")


def _wait(flow: PullVariants, load: Load) -> None:
    seconds = LOOK_SECONDS[min(load.stumbles, len(LOOK_SECONDS) - 1)]
    save_load(flow.account, load, database_now() + scaled(seconds))


def _begin_again(flow: PullVariants, load: Load, why: str) -> None:
    """Once more, a bounded number of times; then page by page, and whoever looks is told why."""
    log.warning("bulk reading failed", why=why, stage=load.stage, **flow.account.lane_facts)
    tries = load.tries + 1
    if tries < MOST_TRIES:
        load.begin_stage(load.stage)
        load.tries = tries
        save_load(flow.account, load, database_now() + scaled(BUSY_SECONDS))
        return
    load.begin_stage(PRODUCTS)
    load.way, load.words = PAGES, FELL_BACK.format(why=why)
    save_load(flow.account, load)


def _end_stage(flow: PullVariants, load: Load) -> None:
    load.begin_stage(NEXT_STAGE[load.stage])
    save_load(flow.account, load)


# --- the file -------------------------------------------------------------------------------------


def _store_lines(flow: PullVariants, load: Load) -> None:
    """Store the file from the first line that is not stored; goes on where it stopped."""
    store_batch = _store_products if load.stage == PRODUCTS else _store_stock
    try:
        for batch in _batches(download_lines(load.url, skip=load.line)):
            _store_batch(flow, load, batch, store_batch)
            if flow.is_over():
                return
    except Unreachable as error:
        _stumble(flow, load, error)
        return
    _end_stage(flow, load)


def _stumble(flow: PullVariants, load: Load, error: SyncError) -> None:
    """The host of the file is not Shopify's API: the store's other work goes on."""
    load.stumbles += 1
    if load.stumbles > MOST_STUMBLES:
        _begin_again(flow, load, error.message)
    else:
        _wait(flow, load)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        is_full = len(batch) >= LINES_A_BATCH and PARENT not in line
        if is_full or len(batch) >= MOST_LINES:
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _store_batch(
    flow: PullVariants,
    load: Load,
    batch: list[Line],
    store_batch: Callable[[ShopifyStore, list[Line]], int],
) -> None:
    """One transaction for the rows and for how far the file is stored."""
    with transaction.atomic():
        flow.lease.renew()
        variants = store_batch(flow.account, batch)
        load.line += len(batch)
        load.seen += variants
        load.stumbles = 0
        save_load(flow.account, load)
        reach("committing")
    flow.drained.worked += variants
    reach("recorded")


def _store_products(store: ShopifyStore, batch: list[Line]) -> int:
    bodies: dict[str, dict[str, Any]] = {}
    late: dict[str, list[tuple[str, Line]]] = {"variants": [], "media": []}
    for line in batch:
        parent = str(line.get(PARENT) or "")
        kind = "variants" if gid_type(str(line.get("id"))) == "ProductVariant" else "media"
        if not parent:
            bodies[str(line.get("id"))] = {**line, "variants": [], "media": []}
        elif parent in bodies:
            bodies[parent][kind].append(line)
        else:
            late[kind].append((parent, line))
    variants = store_products(store, bodies.values(), is_complete=False).variants
    if any(late.values()):
        variants += store_late(store, late["variants"], late["media"]).variants
    return variants


def _store_stock(store: ShopifyStore, batch: list[Line]) -> int:
    levels: dict[str, list[Any]] = defaultdict(list)
    for line in batch:
        if parent := str(line.get(PARENT) or ""):
            levels[parent].append(level_of(line))
    store_levels(store, levels, is_complete=False)
    return 0
