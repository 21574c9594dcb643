"""How the control API shows a Shopify order."""

from __future__ import annotations

import re
from typing import Any

from tiktoksync.sandbox.shopify.money import render_decimal
from tiktoksync.sandbox.shopify.state import Record, Store

Shown = dict[str, Any]


def show(store: Store, order: Record) -> Shown:
    """A full view in plain values; names are those of the API in snake case."""
    money = {
        _snake(name.removesuffix("Set")): _amount(value)
        for name, value in order.items()
        if name.endswith("Set")
    }
    plain = {
        _snake(name): value
        for name, value in order.items()
        if not name.startswith(("_", "display")) and not name.endswith(("Set", "taxLines"))
    }
    return {
        "shop": store.domain,
        **plain,
        "financial_status": order["displayFinancialStatus"],
        "fulfillment_status": order["displayFulfillmentStatus"],
        "total": money["total_price"],
        "currency": order["currencyCode"],
        "money": money,
        "metafields": [_pick(one, "namespace", "key", "type", "value") for one in _fields(order)],
        "customer": _show_customer(order["_customer"]),
        "line_items": [_show_line(line) for line in order["_lines"]],
        **_show_money_rows(order),
        "fulfillment_orders": [_show_fulfillment_order(o) for o in order["_fulfillment_orders"]],
        "fulfillments": [_show_fulfillment(one) for one in order["_fulfillments"]],
        "refunds": [_show_refund(one) for one in order["_refunds"]],
    }


def _show_money_rows(order: Record) -> Shown:
    return {
        "shipping_lines": [
            {**_pick(one, "title", "code", "source"), "price": _amount(one["originalPriceSet"])}
            for one in order["_shipping_lines"]
        ],
        "tax_lines": [_show_tax(one) for one in order["taxLines"]],
        "transactions": [
            {**_pick(one, "id", "kind", "status", "gateway"), "amount": _amount(one["amountSet"])}
            for one in order["_transactions"]
        ],
    }


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _amount(value: Record) -> str:
    return render_decimal(value["shopMoney"]["amount"])


def _pick(record: Record, *names: str) -> Shown:
    return {name: record[name] for name in names}


def _fields(order: Record) -> list[Record]:
    return list(order["_metafields"].values())


def _show_refund(refund: Record) -> Shown:
    return {
        **_pick(refund, "id", "note"),
        "created_at": refund["createdAt"],
        "total": _amount(refund["totalRefundedSet"]),
        "lines": {row["lineItem"]["id"]: row["quantity"] for row in refund["_lines"]},
    }


def _show_tax(tax: Record) -> Shown:
    return {
        "title": tax["title"],
        "rate": tax["rate"],
        "price": _amount(tax["priceSet"]),
        "channel_liable": tax["channelLiable"],
    }


def _show_customer(customer: Record | None) -> Shown | None:
    if customer is None:
        return None
    return {key: customer[key] for key in ("id", "email", "firstName", "lastName", "tags")}


def _show_line(line: Record) -> Shown:
    return {
        "id": line["id"],
        "sku": line["sku"],
        "title": line["title"],
        "quantity": line["quantity"],
        "current_quantity": line["currentQuantity"],
        "unfulfilled_quantity": line["unfulfilledQuantity"],
        "price": _amount(line["originalUnitPriceSet"]),
        "variant_id": line["_variant"]["id"] if line["_variant"] else None,
        "requires_shipping": line["requiresShipping"],
        "properties": {one["key"]: one["value"] for one in line["customAttributes"]},
        "tax_lines": [_show_tax(one) for one in line["taxLines"]],
    }


def _show_fulfillment_order(record: Record) -> Shown:
    return {
        "id": record["id"],
        "status": record["status"],
        "request_status": record["requestStatus"],
        "location": record["_location"]["name"],
        "history": record["_history"],
        "holds": [one["reason"] for one in record["fulfillmentHolds"]],
        "line_items": [
            {"id": row["id"], "line_item_id": row["lineItem"]["id"], "sku": row["sku"],
             "remaining": row["remainingQuantity"], "total": row["totalQuantity"]}
            for row in record["_lines"]
        ],
    }  # fmt: skip


def _show_fulfillment(record: Record) -> Shown:
    return {
        "id": record["id"],
        "name": record["name"],
        "status": record["status"],
        "display_status": record["displayStatus"],
        "created_at": record["createdAt"],
        "updated_at": record["updatedAt"],
        "tracking": record["_tracking"],
        "events": [
            {"status": one["status"], "happened_at": one["happenedAt"]}
            for one in record["_events"]
        ],
        "line_items": [
            {"line_item_id": row["lineItem"]["id"], "sku": row["lineItem"]["sku"],
             "quantity": row["quantity"]}
            for row in record["_lines"]
        ],
    }  # fmt: skip
