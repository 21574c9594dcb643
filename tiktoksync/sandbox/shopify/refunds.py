"""refundCreate: lines taken back, and money only when transactions are given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify import notices, stock
from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.fulfillment_orders import refresh_order, set_status
from tiktoksync.sandbox.shopify.idempotency import once
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.money import (
    ZERO,
    render_decimal,
    round_money,
    same_bag,
    shop_amount,
)
from tiktoksync.sandbox.shopify.order_changes import find_order
from tiktoksync.sandbox.shopify.order_records import make_transaction
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]


def refund_once(ctx: Context, given: Input, key: str | None) -> Record:
    """The payload of refundCreate; the same key and input give the same answer again."""
    return once(ctx, key, given, lambda: refund(ctx, given))


def refund(ctx: Context, given: Input) -> Record:
    """The payload of a refund, made or refused."""
    order = find_order(ctx, given["orderId"])
    if order is None:
        return _refused(user_error(["orderId"], "Order does not exist"))
    problem = _line_problem(order, given) or _money_problem(order, given)
    if problem:
        return _refused(problem)
    made = _make(ctx, order, given)
    order["_refunds"].append(made)
    _take_lines(ctx, made)
    _pay_back(ctx, order, made, given)
    _count_again(order)
    refresh_order(ctx, order)
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, "refund_created", order_id=order["id"],
        amount=render_decimal(shop_amount(made["totalRefundedSet"])), token_tag=ctx.token.tag,
        lines={row["lineItem"]["id"]: row["quantity"] for row in made["_lines"]},
    )  # fmt: skip
    notices.send_refund(ctx.state, ctx.store, made)
    return {"order": order, "refund": made, "userErrors": []}


def _refused(error: Record) -> Record:
    return {"order": None, "refund": None, "userErrors": [error]}


def _line_problem(order: Record, given: Input) -> Record | None:
    lines = {line["id"]: line for line in order["_lines"]}
    left = {gid: line["refundableQuantity"] for gid, line in lines.items()}
    for place, row in enumerate(given.get("refundLineItems") or []):
        gid = row["lineItemId"]
        at = ["refundLineItems", str(place), "quantity"]
        if gid not in lines:
            return user_error(["refundLineItems", str(place)], "Line item does not exist")
        if row["quantity"] <= 0:
            return user_error(at, "Quantity must be greater than 0")
        left[gid] -= row["quantity"]
        if left[gid] < 0:
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
            "_shipping": _shipping_back(order, given.get("shipping") or {}),
        }
    )


def _shipping_back(order: Record, given: Input) -> Decimal:
    left = shop_amount(order["currentShippingPriceSet"])
    return left if given.get("fullRefund") else min(left, Decimal(given.get("amount") or 0))


def line_worth(order: Record, line: Record, quantity: int) -> tuple[Decimal, Decimal]:
    """What so many units cost after discounts, and the tax on them."""
    share = Decimal(quantity) / line["quantity"]
    gross = shop_amount(line["originalUnitPriceSet"]) * quantity
    net = gross - shop_amount(line["_discount"]) * share
    tax = sum((shop_amount(one["priceSet"]) for one in line["taxLines"]), ZERO) * share
    currency = order["currencyCode"]
    return round_money(net, currency), round_money(tax, currency)


def _make_row(ctx: Context, order: Record, line: Record, row: Input) -> Record:
    subtotal, tax = line_worth(order, line, row["quantity"])
    restock = row.get("restockType") or "NO_RESTOCK"
    return {
        "id": ctx.state.numbers.gid("RefundLineItem"),
        "lineItem": line,
        "location": ctx.store.objects.get(row.get("locationId") or ""),
        "quantity": row["quantity"],
        "restockType": restock,
        "restocked": restock != "NO_RESTOCK",
        "priceSet": line["originalUnitPriceSet"],
        "subtotalSet": same_bag(subtotal, order["currencyCode"]),
        "totalTaxSet": same_bag(tax, order["currencyCode"]),
    }


def _take_lines(ctx: Context, made: Record) -> None:
    touched: list[tuple[Record, str | None]] = []
    for row in made["_lines"]:
        line = row["lineItem"]
        line["refundableQuantity"] -= row["quantity"]
        line["currentQuantity"] -= row["quantity"]
        variant = line["_variant"]
        if row["restocked"] and variant:
            place = (row["location"] or {}).get("id")
            touched.append((variant, stock.put_back(ctx.state, variant, row["quantity"], place)))
        if row["restockType"] == "CANCEL":
            if variant:
                stock.let_go(ctx.state, variant, row["quantity"])
            _ship_less(ctx, made["_order"], line, row["quantity"])
    notices.send_stock(ctx.state, ctx.store, touched)


def _ship_less(ctx: Context, order: Record, line: Record, quantity: int) -> None:
    """Units that are cancelled before they were shipped need no shipping any more."""
    for owner in order["_fulfillment_orders"]:
        for row in owner["_lines"]:
            if row["lineItem"] is line:
                less = min(quantity, row["remainingQuantity"])
                row["remainingQuantity"] -= less
                row["totalQuantity"] -= less
                quantity -= less
        if owner["status"] in ("OPEN", "IN_PROGRESS", "ON_HOLD") and not any(
            row["remainingQuantity"] for row in owner["_lines"]
        ):
            set_status(ctx, owner, "CLOSED")


def _pay_back(ctx: Context, order: Record, made: Record, given: Input) -> None:
    known = {one["id"]: one for one in order["_transactions"]}
    for row in given.get("transactions") or []:
        amount = {"shopMoney": {"amount": Decimal(row["amount"])}}
        record = make_transaction(
            ctx, order, {"kind": row["kind"], "gateway": row["gateway"], "amountSet": amount}
        )
        record["parentTransaction"] = known.get(row.get("parentId") or "")
        order["_transactions"].append(record)
        made["_transactions"].append(record)
    total = shop_amount(made["totalRefundedSet"])
    if total:
        refunded = shop_amount(order["totalRefundedSet"]) + total
        net = shop_amount(order["totalReceivedSet"]) - refunded
        order["totalRefundedSet"] = same_bag(refunded, order["currencyCode"])
        order["netPaymentSet"] = same_bag(net, order["currencyCode"])
        order["displayFinancialStatus"] = "REFUNDED" if net <= 0 else "PARTIALLY_REFUNDED"


def _count_again(order: Record) -> None:
    """The current totals: what is left of the order after everything taken back."""
    rows = [row for one in order["_refunds"] for row in one["_lines"]]
    shipping = sum((one["_shipping"] for one in order["_refunds"]), ZERO)
    subtotal = sum((shop_amount(row["subtotalSet"]) for row in rows), ZERO)
    tax = sum((shop_amount(row["totalTaxSet"]) for row in rows), ZERO)
    on_top = ZERO if order["taxesIncluded"] else tax
    shipping_left = shop_amount(order["totalShippingPriceSet"]) - shipping
    figures = {
        "currentSubtotalPriceSet": shop_amount(order["subtotalPriceSet"]) - subtotal,
        "currentTotalTaxSet": shop_amount(order["totalTaxSet"]) - tax,
        "currentShippingPriceSet": max(ZERO, shipping_left),
        "currentTotalPriceSet": shop_amount(order["totalPriceSet"]) - subtotal - on_top - shipping,
    }
    owed = figures["currentTotalPriceSet"] - shop_amount(order["netPaymentSet"])
    if shop_amount(order["totalOutstandingSet"]) > 0:
        figures["totalOutstandingSet"] = max(ZERO, owed)
    for name, amount in figures.items():
        order[name] = same_bag(amount, order["currencyCode"])
