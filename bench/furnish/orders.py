"""Orders in every state, with the histories that led there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from bench.furnish.bodies import order_body
from bench.furnish.catalogue import Goods
from bench.furnish.people import Desk
from orders.facts import order_facts
from orders.models import Fulfillment, LineItem, Order, StatusChange
from orders.services.order_columns import line_columns, order_columns

BATCH = 1000
DAYS = 120


@dataclass(frozen=True, slots=True)
class Kind:
    """A state of orders: `share` of all, `oldest` in days; `columns` are what sync made of it."""

    status: str
    sync: str
    share: float
    oldest: float
    unlinked: bool = False
    tracking: str = ""
    columns: tuple[tuple[str, Any], ...] = ()


BLOCKED = (
    ("failure_kind", "config"),
    ("failure_code", "sku_unlinked"),
    ("failure_reason", "SKU BOX-9001 is not linked to a Shopify variant."),
)
REFUSED = (
    ("failure_kind", "rejected"),
    ("failure_code", "INVALID"),
    ("failure_reason", "Shopify refused the order: the address has no postal code."),
)
CANCELLED = (("skip_reason", "cancelled_in_hold"),)
KINDS = (
    Kind("ON_HOLD", "held", 0.04, 0.035, columns=(("wait_reason", "on_hold"),)),
    Kind("AWAITING_SHIPMENT", "pending", 0.01, 0.1),
    Kind("AWAITING_SHIPMENT", "failed", 0.03, 2, unlinked=True, columns=BLOCKED),
    Kind("AWAITING_SHIPMENT", "failed", 0.01, 2, columns=REFUSED),
    Kind("AWAITING_SHIPMENT", "synced", 0.10, 2.5),
    Kind("AWAITING_SHIPMENT", "synced", 0.01, 2.5, tracking="failed"),
    Kind("AWAITING_COLLECTION", "synced", 0.07, 3, tracking="synced"),
    Kind("IN_TRANSIT", "synced", 0.10, 6, tracking="synced"),
    Kind("DELIVERED", "synced", 0.13, 14, tracking="synced"),
    Kind("CANCELLED", "skipped", 0.04, DAYS, columns=CANCELLED),
    Kind("COMPLETED", "synced", 0.46, DAYS, tracking="synced"),
)
RELEASED = ("ON_HOLD", "AWAITING_SHIPMENT")
PATH = ("AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")


def take_orders(desk: Desk, goods: Goods, count: int, seed: int = 7) -> None:
    """Make so many orders; the same seed makes the same ones."""
    random, batch = Random(seed), []
    # The oldest first: what came last has the highest key, as in life.
    for number, kind in enumerate(reversed(list(_kinds(count))), start=1):
        batch.append(_draw(desk, goods, number, kind, random))
        if len(batch) == BATCH:
            _store(batch)
            batch = []
    _store(batch)


def _kinds(count: int) -> Iterator[Kind]:
    """So many kinds in their shares; each kind is there at least once if there is room."""
    left = count
    for kind in KINDS[:-1]:
        n = min(left, max(1, round(count * kind.share)))
        yield from (kind for _ in range(n))
        left -= n
    yield from (KINDS[-1] for _ in range(left))


@dataclass
class Drawn:
    """One order that is not stored yet, and its parts."""

    order: Order
    lines: list[dict[str, Any]]
    kind: Kind
    placed: datetime


def _draw(desk: Desk, goods: Goods, number: int, kind: Kind, random: Random) -> Drawn:
    now = timezone.now()
    youngest = 0.0 if kind.status in RELEASED else min(2.5, kind.oldest / 2)
    days = youngest + (kind.oldest - youngest) * random.random()
    placed = now - timedelta(days=days, minutes=2)
    choice = goods.unlinked if kind.unlinked else goods.linked
    body = order_body(number, kind.status, int(placed.timestamp()), choice, random)
    facts = order_facts(body)
    order = Order(shop=desk.shop, tiktok_order_id=facts.order_id, raw=body, **order_columns(facts))
    for name, value in (("sync_status", kind.sync), *kind.columns):
        setattr(order, name, value)
    order.first_seen_at, order.seen_at = placed + timedelta(seconds=70), now
    if kind.status != "ON_HOLD":
        order.released_at = placed + timedelta(minutes=61)
    if kind.sync == "synced":
        _put_into_shopify(order, number, random)
    return Drawn(
        order,
        [line_columns(one) | {"tiktok_line_item_id": one.line_id} for one in facts.lines],
        kind,
        placed,
    )


def _put_into_shopify(order: Order, number: int, random: Random) -> None:
    order.shopify_order_id = f"gid://shopify/Order/{5_000_000 + number}"
    order.shopify_legacy_id = str(5_000_000 + number)
    order.shopify_order_name = f"#{1000 + number}"
    order.shopify_total = order.total + order.platform_discount
    shipped = order.tiktok_status not in RELEASED
    order.shopify_status = "FULFILLED" if shipped else "UNFULFILLED"
    assert order.released_at is not None
    order.synced_at = order.released_at + timedelta(seconds=random.randint(2, 90))


def _store(batch: list[Drawn]) -> None:
    Order.objects.bulk_create([one.order for one in batch])
    LineItem.objects.bulk_create(
        LineItem(order=one.order, **line) for one in batch for line in one.lines
    )
    Fulfillment.objects.bulk_create(_parcel(one) for one in batch if one.kind.tracking)
    StatusChange.objects.bulk_create(line for one in batch for line in _history(one))


def _parcel(one: Drawn) -> Fulfillment:
    refused = one.kind.tracking == "failed"
    row = Fulfillment(
        order=one.order,
        shopify_fulfillment_id=f"gid://shopify/Fulfillment/{one.order.shopify_legacy_id}",
        status="SUCCESS",
        carrier="USPS",
        tracking_number=f"94001{one.order.tiktok_order_id}",
        provider_name="USPS",
        shipped_units=[line["tiktok_line_item_id"] for line in one.lines],
        shopify_created_at=one.placed + timedelta(hours=5),
        first_seen_at=one.placed + timedelta(hours=5),
        sent_at=None if refused else one.placed + timedelta(hours=5, minutes=1),
    )
    columns = {"sync_status": one.kind.tracking}
    if refused:
        columns |= {
            "failure_kind": "rejected",
            "failure_code": "21011017",
            "failure_reason": "TikTok refused the tracking number: “tracking number is invalid”.",
        }
    for name, value in columns.items():
        setattr(row, name, value)
    return row


def _history(one: Drawn) -> Iterator[StatusChange]:
    """What a merchant would have seen happen, in its order."""
    order, at = one.order, one.placed + timedelta(seconds=70)
    first = "ON_HOLD"
    yield _line(order, "tiktok", "", first, "tiktok", at)
    yield _line(order, "sync", "", "held", "system", at, "On hold at TikTok.")
    if one.kind.status == "CANCELLED":
        at += timedelta(minutes=20)
        yield _line(order, "tiktok", first, "CANCELLED", "tiktok", at)
        yield _line(order, "sync", "held", "skipped", "system", at, "Cancelled on TikTok.")
    if one.kind.status not in PATH:
        return
    at = one.placed + timedelta(minutes=61)
    yield _line(order, "tiktok", first, PATH[0], "tiktok", at)
    yield _line(order, "sync", "held", "pending", "system", at, "TikTok released the order.")
    if one.kind.sync in ("synced", "failed"):
        reason = order.failure_reason or f"Created in Shopify as {order.shopify_order_name}."
        yield _line(order, "sync", "pending", "sending", "system", at)
        yield _line(order, "sync", "sending", one.kind.sync, "system", at, reason)
    for place, status in enumerate(PATH[1 : PATH.index(one.kind.status) + 1], start=1):
        at += timedelta(hours=9 * place)
        yield _line(order, "tiktok", PATH[place - 1], status, "tiktok", at)


def _line(
    order: Order, axis: str, before: str, after: str, actor: str, at: datetime, reason: str = ""
) -> StatusChange:
    return StatusChange(
        order=order, axis=axis, before=before, after=after, actor=actor, at=at, reason=reason
    )
