"""The columns of an order and its parts, from facts. Lengths are cut, never refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders.addresses import ship_to
from orders.facts import LineFacts, Malformed, OrderFacts, order_facts
from orders.mapping_money import MoneyMismatch, read_sums
from orders.models import LineItem
from orders.policy import expected_release, order_kind
from products.models import sku_key

DEEPEST = 25
# One more digit than the columns of money hold.
TOO_MUCH = Decimal(10) ** 12
URL_LENGTH = 500


def moment(seconds: int | None) -> datetime | None:
    """Unix seconds as an aware datetime; None and nonsense give None."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, OSError, ValueError):
        return None


def order_columns(facts: OrderFacts) -> dict[str, Any]:
    """Everything the order row mirrors, without statuses."""
    return {
        "tiktok_status": facts.status[:40],
        "tiktok_update_time": facts.update_time,
        "placed_at": moment(facts.create_time),
        "paid_at": moment(facts.paid_time),
        "ship_by": moment(facts.ship_by),
        "release_at": expected_release(facts),
        "kind": str(order_kind(facts))[:30],
        "shipping_type": facts.shipping_type[:30],
        "fulfillment_type": facts.fulfillment_type[:40],
        "delivery_option_id": facts.delivery_option_id[:40],
        "is_cod": facts.is_cod,
        "cancel_requested": facts.is_buyer_request_cancel,
        "cancel_reason": facts.cancel_reason[:255],
        "cancelled_by": facts.cancellation_initiator[:20],
        "currency": facts.currency[:3],
        "total": facts.total_amount,
        "platform_discount": platform_money(facts),
        "ship_to": ship_to_place(facts)[:200],
    }


def refuse_unstorable(facts: OrderFacts) -> None:
    """Raise Malformed for amounts that are larger than any order's."""
    amounts = [facts.total_amount, platform_money(facts)]
    for line in facts.lines:
        amounts += [line.sale_price, line.original_price]
        amounts += [line.seller_discount, line.platform_discount]
    if any(amount >= TOO_MUCH for amount in amounts):
        raise Malformed("an amount is larger than any order's", facts.order_id)


def platform_money(facts: OrderFacts) -> Decimal:
    """What TikTok pays on the buyer's behalf; a plain sum where the order's own sums disagree."""
    try:
        return read_sums(facts).platform
    except MoneyMismatch:
        payment = facts.payment
        return payment.platform_discount + payment.shipping_fee_platform_discount


def ship_to_place(facts: OrderFacts) -> str:
    """City and country: enough for a list, and no more of the buyer than that."""
    address = ship_to(facts.recipient).address or {}
    return ", ".join(part for part in (address.get("city"), address.get("countryCode")) if part)


def line_columns(line: LineFacts) -> dict[str, Any]:
    """The columns of one unit."""
    return {
        "tiktok_product_id": line.product_id[:40],
        "tiktok_sku_id": line.sku_id[:40],
        "seller_sku": line.seller_sku[:255],
        "sku_key": sku_key(line.seller_sku)[:255],
        "product_name": line.product_name[:500],
        "sku_name": line.sku_name[:255],
        "image": line.image if len(line.image) <= URL_LENGTH else "",
        "price": line.sale_price,
        "original_price": line.original_price,
        "seller_discount": line.seller_discount,
        "platform_discount": line.platform_discount,
        "is_gift": line.is_gift,
        "display_status": line.display_status[:40],
        "package_id": line.package_id[:40],
        "tracking_number": line.tracking_number[:100],
    }


LINE_COLUMNS = tuple(
    field.name
    for field in LineItem._meta.concrete_fields
    if field.name not in ("id", "order", "tiktok_line_item_id", "variant")
)


def says_the_same(facts: OrderFacts, body: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether two readings of an order differ in form alone.

    TikTok Shop lists lines in any order, leaves empty values out or not, and serves the same
    picture from other hosts.
    """
    try:
        known = order_facts(before)
    except Malformed:
        return False
    tag = "split_or_combine_tag"
    return _essence(facts) == _essence(known) and (body.get(tag) or "") == (before.get(tag) or "")


def _essence(facts: OrderFacts) -> OrderFacts:
    lines = sorted((replace(line, image="") for line in facts.lines), key=lambda one: one.line_id)
    districts = tuple(sorted(facts.recipient.districts, key=lambda one: one.level))
    return replace(
        facts,
        lines=tuple(lines),
        package_ids=tuple(sorted(facts.package_ids)),
        recipient=replace(facts.recipient, districts=districts),
    )


def storable(value: Any, depth: int = 0) -> Any:
    """A body as databases hold it: numbers as text, no NUL, no half letters, no endless nesting."""
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {storable(str(key)): storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item, depth + 1) for item in value]
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, Decimal | float):
        return str(value)
    return value
