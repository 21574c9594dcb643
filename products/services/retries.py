"""Trying product work again that failed or was left out."""

from __future__ import annotations

from products.models import ListingTask, ProductImport, ProductUpload
from products.services import listing_tasks
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

ENDED = (SyncStatus.FAILED, SyncStatus.SKIPPED)


def retry_work(row: ProductUpload | ProductImport | ListingTask) -> bool:
    """Have it tried again now; False if there is nothing to try again."""
    if row.sync_status not in ENDED:
        return False
    if not statuses.move(row, SyncStatus.PENDING, reason="Tried again by hand.", tries=0):
        return False
    if isinstance(row, ProductUpload):
        queue.wake("upload_products", row.shop_id)
    elif isinstance(row, ProductImport):
        queue.wake("import_products", row.listing.shop.store_id)
    else:
        queue.wake(listing_tasks.FLOWS[row.kind], row.listing.shop_id)
    return True
