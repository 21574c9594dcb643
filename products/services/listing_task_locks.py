"""Locks: a SKU whose stock or price is left alone, whatever the rules and the pushes say."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction

from products.models import ListingSku, ListingTask
from products.services import keep_in_step

log = structlog.get_logger(__name__)


def set_lock(
    sku: ListingSku, *, stock: bool | None = None, price: bool | None = None, user: Any = None
) -> ListingSku:
    """Lock or unlock a SKU's stock or price; None leaves that lock as it is.

    Nothing is told by locking. Unlocking has what differs by then told, by the shop's rules.
    """
    wanted = {"stock_locked": stock, "price_locked": price}
    columns = {name: value for name, value in wanted.items() if value is not None}
    changed = {name: value for name, value in columns.items() if getattr(sku, name) != value}
    if not changed:
        return sku
    with transaction.atomic():
        ListingSku.objects.filter(pk=sku.pk).update(**changed)
        for name, value in changed.items():
            setattr(sku, name, value)
        _tell_again(sku, unlocked={name for name, value in changed.items() if not value})
    log.info("locks of a SKU", sku=sku.pk, user=getattr(user, "pk", None), **changed)
    return sku


def _tell_again(sku: ListingSku, unlocked: set[str]) -> None:
    kinds = {"stock_locked": ListingTask.Kind.STOCK, "price_locked": ListingTask.Kind.PRICES}
    told = {kinds[name] for name in unlocked}
    if told:
        keep_in_step.compare(sku.shop, [sku.listing_id], told, "unlocked")
