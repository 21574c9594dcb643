"""Storing what TikTok tells of parcels: with an order's news, and in the detail of one package.

A package that an order no longer names is gone: it was split, combined or cancelled, and its units
lie in packages with new ids. Its row stays, for the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from orders.facts import OrderFacts
from orders.models import Fulfillment, Order, Package
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.sync.models import SyncStatus

TIKTOK_LABEL = "TIKTOK"
BY_TIKTOK = "FULFILLMENT_BY_TIKTOK"
COMBINED = "COMBINED"
CANCELLED = "CANCELLED"
COMPLETED = "COMPLETED"
# What a shipment may wait for that an order's news can bring.
NEWS = ("on_hold", "package_unknown", "package_incomplete", "combined", "earlier")
ID_LENGTH, NUMBER_LENGTH, NAME_LENGTH, LABEL_LENGTH = 40, 100, 200, 1000


def ships_itself(order: Order) -> bool:
    """Whether TikTok makes the label of an order, or fulfils it altogether."""
    return order.shipping_type == TIKTOK_LABEL or order.fulfillment_type == BY_TIKTOK


def package_columns(facts: OrderFacts) -> list[dict[str, str]]:
    """TikTok's parcels of an order, with the tracking their units carry."""
    packages = []
    for package_id in dict.fromkeys(facts.package_ids):
        units = [line for line in facts.lines if line.package_id == package_id]
        first = units[0] if units else None
        number = first.tracking_number if first else facts.tracking_number
        carrier = first.shipping_provider_name if first else facts.shipping_provider
        packages.append(
            {
                "tiktok_package_id": package_id[:ID_LENGTH],
                "tracking_number": number[:NUMBER_LENGTH],
                "carrier": carrier[:NAME_LENGTH],
            }
        )
    return packages


def update_packages(order: Order, facts: OrderFacts) -> None:
    """Mirror the parcels that news of an order name; the caller holds the order's row."""
    known = {package.tiktok_package_id: package for package in order.packages.all()}
    for columns in package_columns(facts):
        package = known.pop(columns["tiktok_package_id"], None)
        if package is None:
            Package.objects.create(order=order, **columns)
        else:
            _change(package, {**_given(columns), "is_gone": False})
    for package in known.values():
        if not package.is_gone:
            _change(package, {"is_gone": True})
            _release_partners(package)


def _release_partners(package: Package) -> None:
    """Shipments of other orders that waited for this one to fill their common package."""
    partners = Fulfillment.objects.filter(
        order__shop=package.order.shop_id,
        order__packages__tiktok_package_id=package.tiktok_package_id,
        sync_status=SyncStatus.PENDING,
        wait_reason="combined",
    )
    keys = list(partners.values_list("pk", flat=True))
    if Fulfillment.objects.filter(pk__in=keys).update(next_attempt_at=None):
        queue.wake("push_fulfillments", package.order.shop_id)


def _given(columns: Mapping[str, str]) -> dict[str, str]:
    """What news say; what they leave out, the package's own detail may have said."""
    return {name: value for name, value in columns.items() if value}


def _change(package: Package, columns: Mapping[str, Any]) -> None:
    changed = [name for name, value in columns.items() if getattr(package, name) != value]
    for name in changed:
        setattr(package, name, columns[name])
    if changed:
        package.save(update_fields=changed)


# --- what news of an order mean for its parcels --------------------------------------------------


def follow_packages(order: Order, raw_before: Mapping[str, Any]) -> None:
    """Have parcels read again that have news, and waiting shipments judged again."""
    if order.sync_status != SyncStatus.SYNCED or _signature(order.raw) == _signature(raw_before):
        return
    want_packages(order)
    release_waiting(order)


def want_packages(order: Order) -> None:
    """Have the parcels read that say more than their order does."""
    if not ships_itself(order) and order.raw.get("split_or_combine_tag") != COMBINED:
        return
    told = Q(is_gone=False) | Q(shopify_fulfillments__isnull=False)
    keys = list(Package.objects.filter(told, order=order).values_list("pk", flat=True))
    if Package.objects.filter(pk__in=keys).update(wanted_at=database_now()):
        queue.wake("pull_packages", order.shop_id)


def release_waiting(order: Order) -> None:
    """Shipments that wait for news of their order are looked at now."""
    waiting = Fulfillment.objects.filter(
        order=order, sync_status=SyncStatus.PENDING, wait_reason__in=NEWS
    )
    if waiting.update(next_attempt_at=None):
        queue.wake("push_fulfillments", order.shop_id)


def _signature(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of an order's body tells something about its parcels."""
    lines = raw.get("line_items")
    names = ("package_id", "package_status", "tracking_number", "shipping_provider_name")
    units = [
        tuple(str(line.get(name) or "") for name in names)
        for line in (lines if isinstance(lines, list) else [])
        if isinstance(line, dict)
    ]
    return raw.get("status"), raw.get("packages"), raw.get("split_or_combine_tag"), units


# --- the detail of one package -------------------------------------------------------------------


def store_detail(package: Package, detail: Mapping[str, Any], now: datetime) -> None:
    """Mirror Get Package Detail; the caller holds the order's row."""
    listed = detail.get("orders")
    rows = listed if isinstance(listed, list) else []
    orders = [str(row.get("id") or "") for row in rows if isinstance(row, dict)]
    package.status = str(detail.get("package_status") or "")[:ID_LENGTH]
    package.order_ids = [order_id for order_id in orders if order_id]
    number = str(detail.get("tracking_number") or "")[:NUMBER_LENGTH]
    carrier = str(detail.get("shipping_provider_name") or "")[:NAME_LENGTH]
    package.tracking_number = number or package.tracking_number
    package.carrier = carrier or package.carrier
    package.read_at = now
    package.save(update_fields=["status", "order_ids", "tracking_number", "carrier", "read_at"])


# --- labels --------------------------------------------------------------------------------------


def needs_label(package: Package) -> bool:
    """Whether TikTok has made a label for the seller to print that was not read yet."""
    order = package.order
    made_there = order.shipping_type == TIKTOK_LABEL and order.fulfillment_type != BY_TIKTOK
    is_over = package.is_gone or package.status in (CANCELLED, COMPLETED)
    return made_there and not is_over and bool(package.tracking_number) and not package.label_url


def store_label(package: Package, address: str, now: datetime) -> None:
    """Keep where a label is, for as long as TikTok keeps it there."""
    if len(address) > LABEL_LENGTH or not address.startswith(("https://", "http://")):
        return
    package.label_url, package.label_read_at = address, now
    package.save(update_fields=["label_url", "label_read_at"])


def want_label(package: Package) -> None:
    """Have the label's address read again, for a person who waits for it."""
    Package.objects.filter(pk=package.pk).update(
        wanted_at=database_now(), label_url="", label_read_at=None
    )
    queue.wake("pull_packages", package.order.shop_id)
