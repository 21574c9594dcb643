"""refundCreate: lines taken back, and money only when transactions are given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify import notices
from tiktoksync.sandbox.shopify.errors import coded, user_error
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.money import ZERO, bag, render_decimal, same_bag, shop_amount
from tiktoksync.sandbox.shopify.order_changes import find_order
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]

MISSING_KEY = "The @idempotent directive is required for this mutation but was not provided."
OTHER_INPUT = (
    "The request with this idempotency key has different parameters than the original request."
)


def refund_once(ctx: Context, given: Input, key: str | None) -> Record:
    """The payload of refundCreate; the same key and input give the same answer again."""
    if key is None:
        raise coded(MISSING_KEY, "BAD_REQUEST")
    if not key.strip():
        raise coded("key can't be blank", "BAD_REQUEST")
    mark = repr(sorted(given.items(), key=lambda pair: pair[0]))
    known = ctx.store.idempotency.get(key)
    if known is not None:
        if known[0] != mark:
            raise coded(OTHER_INPUT, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        replay: Record = known[1]
        return replay
    payload = _refund(ctx, given)
    ctx.store.idempotency[key] = (mark, payload)
    return payload


def _refund(ctx: Context, given: Input) -> Record:
    order = find_order(ctx, given["orderId"])
    if order is None:
        return _refused(user_error(["orderId"], "Order does not exist"))
    problem = _line_problem(order, given) or _money_problem(order, given)
    if problem:
        return _refused(problem)
    refund = _make(ctx, order, given)
    order["_refunds"].append(refund)
    _apply(ctx, order, refund, given)
    notices.send_order(ctx.state, ctx.store, order, ["orders/updated"])
    return {"order": order, "refund": refund, "userErrors": []}


def _refused(error: Record) -> Record:
    return {"order": None, "refund": None, "userErrors": [error]}


def _line_problem(order: Record, given: Input) -> Record | None:
    lines = {line["id"]: line for line in order["_lines"]}
    for place, row in enumerate(given.get("refundLineItems") or []):
        line = lines.get(row["lineItemId"])
        at = ["refundLineItems", str(place), "quantity"]
        if line is None:
            return user_error(["refundLineItems", str(place)], "Line item does not exist")
        if row["quantity"] > line["refundableQuantity"]:
            return user_error(at, "Quantity cannot refund more items than were purchased")
    return None


def _money_problem(order: Record, given: Input) -> Record | None:
    rows = given.get("transactions") or []
    known = {one["id"] for one in order["_transactions"]}
    total = sum((Decimal(row["amount"]) for row in rows), ZERO)
    net = shop_amount(order["netPaymentSet"])
    if any(row["kind"] == "REFUND" and row.get("parentId") not in known for row in rows):
        text = "Transactions require a parent_id associated with the order"
        return user_error(["transactions"], text)
    if total > net and not given.get("allowOverRefunding"):
        text = f"Refund amount ${total:.2f} is greater than net payment received ${net:.2f}"
        return user_error(None, text)
    return None


def _make(ctx: Context, order: Record, given: Input) -> Record:
    gid = ctx.state.numbers.gid("Refund")
    now = ctx.state.now()
    lines = {line["id"]: line for line in order["_lines"]}
    rows = [
        _make_row(ctx, order, lines[row["lineItemId"]], row)
        for row in given.get("refundLineItems") or []
    ]
    total = sum((Decimal(row["amount"]) for row in given.get("transactions") or []), ZERO)
    return ctx.store.add(
        {
            "__typename": "Refund",
            "id": gid,
            "legacyResourceId": number_of(gid),
            "note": given.get("note"),
            "createdAt": now,
            "updatedAt": now,
            "processedAt": given.get("processedAt") or now,
            "totalRefundedSet": same_bag(total, order["currencyCode"]),
            "_order": order,
            "_lines": rows,
            "_transactions": [],
        }
    )


def _make_row(ctx: Context, order: Record, line: Record, row: Input) -> Record:
    unit = line["originalUnitPriceSet"]
    subtotal = bag(
        unit["shopMoney"]["amount"] * row["quantity"], order["currencyCode"],
        unit["presentmentMoney"]["amount"] * row["quantity"], order["presentmentCurrencyCode"],
    )  # fmt: skip
    restock = row.get("restockType") or "NO_RESTOCK"
    location = ctx.store.objects.get(row.get("locationId") or "")
    return {
        "id": ctx.state.numbers.gid("RefundLineItem"),
        "lineItem": line,
        "location": location,
        "quantity": row["quantity"],
        "restockType": restock,
        "restocked": restock != "NO_RESTOCK",
        "priceSet": unit,
        "subtotalSet": subtotal,
        "totalTaxSet": same_bag(ZERO, order["currencyCode"]),
    }


def _apply(ctx: Context, order: Record, refund: Record, given: Input) -> None:
    for row in refund["_lines"]:
        line = row["lineItem"]
        line["refundableQuantity"] -= row["quantity"]
        line["currentQuantity"] -= row["quantity"]
        variant = line["_variant"]
        if row["restocked"] and variant and variant["_stock"]:
            variant["_stock"][next(iter(variant["_stock"]))] += row["quantity"]
    amount = shop_amount(refund["totalRefundedSet"])
    if amount:
        refunded = shop_amount(order["totalRefundedSet"]) + amount
        net = shop_amount(order["totalReceivedSet"]) - refunded
        order["totalRefundedSet"] = same_bag(refunded, order["currencyCode"])
        order["netPaymentSet"] = same_bag(net, order["currencyCode"])
        order["displayFinancialStatus"] = "REFUNDED" if net <= 0 else "PARTIALLY_REFUNDED"
    order["updatedAt"] = ctx.state.now()
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, "refund_created", order_id=order["id"],
        amount=render_decimal(amount), token_tag=ctx.token.tag,
        lines={row["lineItem"]["id"]: row["quantity"] for row in refund["_lines"]},
    )  # fmt: skip
