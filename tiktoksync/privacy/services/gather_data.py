"""What is kept about a merchant or a buyer, written out as JSON lines and CSV.

Secrets are never in it: encrypted columns, digests and webhook addresses are left out by kind.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from orders.models import (
    CancelRequest,
    Fulfillment,
    LineItem,
    Order,
    OrderComment,
    Package,
    Return,
    StatusChange,
)
from products.models import Link, Listing, Product, Variant
from tiktoksync.lib.secrets import EncryptedTextField
from tiktoksync.shops.models import (
    CancelReasonMapping,
    CarrierMapping,
    Membership,
    Merchant,
    OrderRules,
    SettingsChange,
    ShopifyStore,
    TikTokShop,
)

CHUNK = 500
HIDDEN = {"digest", "webhook_secret", "old_webhook_secret", "cipher", "claimed_until"}
CSV_COLUMNS = (
    *("tiktok_order_id", "tiktok_status", "sync_status", "placed_at", "total", "currency"),
    *("ship_to", "shopify_order_name", "shopify_order_id", "synced_at"),
)


def parts_of_merchant(merchant: Merchant) -> Iterator[tuple[str, QuerySet[Any]]]:
    """The files of a merchant's export, and the rows in each."""
    of_orders = {"order__shop__merchant": merchant}
    yield "orders", Order.objects.filter(shop__merchant=merchant)
    yield "line_items", LineItem.objects.filter(**of_orders)
    yield "packages", Package.objects.filter(**of_orders)
    yield "fulfillments", Fulfillment.objects.filter(**of_orders)
    yield "cancel_requests", CancelRequest.objects.filter(**of_orders)
    yield "returns", Return.objects.filter(**of_orders)
    yield "history", StatusChange.objects.filter(**of_orders)
    yield "comments", OrderComment.objects.filter(**of_orders, is_for_staff=False)
    yield "products", Product.objects.filter(store__merchant=merchant)
    yield "variants", Variant.objects.filter(store__merchant=merchant)
    yield "listings", Listing.objects.filter(shop__merchant=merchant)
    yield "links", Link.objects.filter(shop__merchant=merchant)
    yield "tiktok_shops", TikTokShop.objects.filter(merchant=merchant)
    yield "shopify_stores", ShopifyStore.objects.filter(merchant=merchant)
    yield "order_rules", OrderRules.objects.filter(shop__merchant=merchant)
    yield "carriers", CarrierMapping.objects.filter(shop__merchant=merchant)
    yield "cancel_reasons", CancelReasonMapping.objects.filter(shop__merchant=merchant)
    yield "team", Membership.objects.filter(merchant=merchant)
    yield "settings_changes", SettingsChange.objects.filter(merchant=merchant)


def write_merchant(merchant: Merchant, file: IO[bytes], beat: Callable[[], None]) -> None:
    """A ZIP with one file of JSON lines for each kind of row, and the orders as CSV."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in parts_of_merchant(merchant):
            with archive.open(f"{name}.jsonl", "w", force_zip64=True) as part:
                for number, line in enumerate(json_lines(rows)):
                    part.write(line)
                    if number % CHUNK == 0:
                        beat()
        with archive.open("orders.csv", "w", force_zip64=True) as part:
            for line in _csv_lines(Order.objects.filter(shop__merchant=merchant)):
                part.write(line)
    file.seek(0, io.SEEK_END)


def write_buyer(orders: QuerySet[Order], file: IO[bytes]) -> None:
    """One JSON object: everything kept about the orders that a buyer's request names."""
    keys = list(orders.values_list("pk", flat=True))
    related: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("orders", Order.objects.filter(pk__in=keys)),
        ("line_items", LineItem.objects.filter(order__in=keys)),
        ("packages", Package.objects.filter(order__in=keys)),
        ("fulfillments", Fulfillment.objects.filter(order__in=keys)),
        ("cancel_requests", CancelRequest.objects.filter(order__in=keys)),
        ("returns", Return.objects.filter(order__in=keys)),
        ("history", StatusChange.objects.filter(order__in=keys)),
        ("comments", OrderComment.objects.filter(order__in=keys)),
    )
    facts = {name: list(shown_rows(rows)) for name, rows in related}
    text = json.dumps(facts, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False)
    file.write(text.encode())


def json_lines(rows: QuerySet[Any]) -> Iterator[bytes]:
    """Each row as a line of JSON."""
    for row in shown_rows(rows):
        yield json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"


def shown_rows(rows: QuerySet[Any]) -> Iterable[dict[str, Any]]:
    """The rows without their secrets, read in pieces."""
    columns = shown_columns(rows.model)
    return rows.order_by("pk").values(*columns).iterator(chunk_size=CHUNK)


def shown_columns(model: type[Model]) -> list[str]:
    """The columns of a model that may leave the house."""
    return [
        field.attname
        for field in model._meta.concrete_fields
        if not isinstance(field, EncryptedTextField) and field.name not in HIDDEN
    ]


def _csv_lines(orders: QuerySet[Order]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(CSV_COLUMNS)
    for row in orders.order_by("pk").values_list(*CSV_COLUMNS).iterator(chunk_size=CHUNK):
        writer.writerow([_harmless(value) for value in row])
        yield _take(buffer)
    yield _take(buffer)


def _harmless(value: Any) -> str:
    """What a spreadsheet would run as a formula is text to it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
