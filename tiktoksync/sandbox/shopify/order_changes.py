"""The other order mutations: cancel, update, close, open, mark as paid, tags, delete."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify import notices, stock
from tiktoksync.sandbox.shopify.errors import invalid_id, user_error
from tiktoksync.sandbox.shopify.fulfillment_orders import set_status
from tiktoksync.sandbox.shopify.ids import kind_of
from tiktoksync.sandbox.shopify.metafields import write_metafield
from tiktoksync.sandbox.shopify.money import ZERO, bag
from tiktoksync.sandbox.shopify.order_records import make_address, make_transaction
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]

LONGEST_NOTE = 255


def find_order(ctx: Context, gid: str) -> Record | None:
    """The order of a global id; a malformed or foreign id is a top-level error."""
    if kind_of(gid) != "Order":
        raise invalid_id(gid)
    return ctx.store.orders.get(gid)


def cancel_order(ctx: Context, given: Input) -> Record:
    """orderCancel: checked at once, done by a job."""
    order = find_order(ctx, given["orderId"])
    problem = _cancel_problem(order, given)
    if problem or order is None:
        return {
            "job": None,
            "jobResult": None,
            "orderCancelUserErrors": [problem],
            "userErrors": [],
        }
    job = ctx.store.add({"__typename": "Job", "id": ctx.state.numbers.gid("Job"), "done": False})
    result = {
        "__typename": "OrderCancelJobResult",
        "id": job["id"],
        "done": False,
        "status": "STARTED",
        "errors": [],
        "order": order,
    }
    order["_cancel_job"] = (job, result)
    order["_cancel_due"] = ctx.state.clock.line() + _delay(ctx)
    order["_cancel_wish"] = given
    order["_cancel_token"] = ctx.token.tag
    finish_cancellations(ctx, order)
    return {"job": job, "jobResult": result, "orderCancelUserErrors": [], "userErrors": []}


def _delay(ctx: Context) -> float:
    setting = ctx.state.faults.setting("cancel_delay", PLATFORM, ctx.store.domain)
    return float(ctx.state.config["cancel_delay_seconds"]) if setting is None else setting


def _cancel_problem(order: Record | None, given: Input) -> Record | None:
    if order is None:
        return user_error(["orderId"], "Order does not exist", "NOT_FOUND")
    if order["cancelledAt"]:
        text = "Cannot cancel an order that has already been canceled"
        return user_error(["orderId"], text, "INVALID")
    if order.get("_cancel_job"):
        return user_error(["orderId"], "Cancellation is already in progress", "INVALID")
    if any(one["status"] == "SUCCESS" for one in order["_fulfillments"]):
        text = "Cannot cancel an order that has outstanding fulfillments"
        return user_error(["orderId"], text, "INVALID")
    if len(given.get("staffNote") or "") > LONGEST_NOTE:
        text = "Staff note is too long (maximum is 255 characters)"
        return user_error(["staffNote"], text, "INVALID")
    return None


def finish_cancellations(ctx: Context, order: Record) -> None:
    """Do the cancellation once its delay has passed."""
    pending = order.get("_cancel_job")
    if not pending or order["_cancel_due"] > ctx.state.clock.line():
        return
    job, result = pending
    given = order["_cancel_wish"]
    order["_cancel_job"] = None
    job["done"] = result["done"] = True
    result["status"] = "SUCCEEDED"
    now = ctx.state.now()
    note = given.get("staffNote")
    order.update(
        cancelledAt=now,
        cancelReason=given["reason"],
        closedAt=now,
        updatedAt=now,
        cancellation={"staffNote": note} if note else None,
    )
    _close_rest(ctx, order, restock=bool(given["restock"]))
    _settle_money(order, given)
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, "order_cancelled", order_id=order["id"],
        reason=given["reason"], token_tag=order["_cancel_token"],
    )  # fmt: skip
    notices.send_order(ctx.state, ctx.store, order, ["orders/cancelled", "orders/updated"])


def _close_rest(ctx: Context, order: Record, restock: bool) -> None:
    """Fulfilment orders close; the order keeps saying UNFULFILLED."""
    for owner in order["_fulfillment_orders"]:
        if owner["status"] not in ("CLOSED", "CANCELLED"):
            set_status(ctx, owner, "CLOSED")
    touched: list[tuple[Record, str | None]] = []
    for line in order["_lines"]:
        variant = line["_variant"]
        if variant:
            stock.let_go(ctx.state, variant, line["unfulfilledQuantity"])
            if restock:
                units = line["unfulfilledQuantity"]
                touched.append((variant, stock.put_back(ctx.state, variant, units)))
        line["currentQuantity"] = 0
        line["refundableQuantity"] = 0
    notices.send_stock(ctx.state, ctx.store, touched)


def _settle_money(order: Record, given: Input) -> None:
    refund = given.get("refund") or (given.get("refundMethod") or {}).get(
        "originalPaymentMethodsRefund"
    )
    currency, shown = order["currencyCode"], order["presentmentCurrencyCode"]
    zero = bag(ZERO, currency, ZERO, shown)
    if refund and order["displayFinancialStatus"] == "PAID":
        order["totalRefundedSet"] = order["totalReceivedSet"]
        order["netPaymentSet"] = zero
        order["displayFinancialStatus"] = "REFUNDED"
    elif order["displayFinancialStatus"] in ("PENDING", "AUTHORIZED", None):
        order["displayFinancialStatus"] = "VOIDED"
    order["currentTotalPriceSet"] = zero
    order["totalOutstandingSet"] = zero


def update_order(ctx: Context, given: Input) -> Record:
    """orderUpdate: lists replace; the source fields cannot be reached."""
    order = find_order(ctx, given["id"])
    if order is None:
        return _no_order()
    for name in ("note", "email", "phone", "poNumber"):
        if name in given:
            order[name] = given[name]
    if "tags" in given:
        order["tags"] = sorted({tag.strip() for tag in given["tags"] or [] if tag.strip()})
    if "customAttributes" in given:
        order["customAttributes"] = [dict(one) for one in given["customAttributes"] or []]
    if given.get("shippingAddress"):
        merged = {**(order["shippingAddress"] or {}), **given["shippingAddress"]}
        order["shippingAddress"] = make_address(merged)
    for field in given.get("metafields") or []:
        write_metafield(ctx, order, field)
    return _changed(ctx, order)


def close_order(ctx: Context, gid: str) -> Record:
    order = find_order(ctx, gid)
    if order is None:
        return _no_order()
    order["closedAt"] = order["closedAt"] or ctx.state.now()
    return _changed(ctx, order)


def open_order(ctx: Context, gid: str) -> Record:
    order = find_order(ctx, gid)
    if order is None:
        return _no_order()
    order["closedAt"] = None
    return _changed(ctx, order)


def can_be_marked_paid(order: Record) -> bool:
    outstanding = order["totalOutstandingSet"]["shopMoney"]["amount"]
    return not order["cancelledAt"] and outstanding > 0


def mark_as_paid(ctx: Context, gid: str) -> Record:
    order = find_order(ctx, gid)
    if order is None:
        return _no_order()
    if not can_be_marked_paid(order):
        error = user_error(["id"], "Order cannot be marked as paid.")
        return {"order": None, "userErrors": [error]}
    currency, shown = order["currencyCode"], order["presentmentCurrencyCode"]
    payment = {"amountSet": order["totalOutstandingSet"]}
    order["_transactions"].append(make_transaction(ctx, order, payment))
    order["totalReceivedSet"] = order["netPaymentSet"] = order["totalPriceSet"]
    order["totalOutstandingSet"] = bag(ZERO, currency, ZERO, shown)
    order["displayFinancialStatus"] = "PAID"
    order["paymentGatewayNames"] = list(dict.fromkeys([*order["paymentGatewayNames"], "manual"]))
    return _changed(ctx, order, "orders/paid")


def delete_order(ctx: Context, gid: str) -> Record:
    order = find_order(ctx, gid)
    if order is None:
        error = user_error(["orderId"], "Order does not exist", "NOT_FOUND")
        return {"deletedId": None, "userErrors": [error]}
    del ctx.store.orders[gid]
    ctx.store.objects.pop(gid, None)
    taken = ctx.store.unique_values
    for key in [key for key, holder in taken.items() if holder == gid]:
        del taken[key]
    return {"deletedId": gid, "userErrors": []}


def change_tags(ctx: Context, gid: str, tags: list[str], add: bool) -> Record:
    """tagsAdd and tagsRemove; a single text may hold several tags, split by commas."""
    record = ctx.store.objects.get(gid)
    if record is None or "tags" not in record:
        return {"node": None, "userErrors": [user_error(["id"], "Node does not exist")]}
    named = {tag.strip() for text in tags for tag in text.split(",") if tag.strip()}
    current = set(record["tags"])
    record["tags"] = sorted(current | named if add else current - named)
    record["updatedAt"] = ctx.state.now()
    if record["__typename"] == "Order":
        notices.send_order(ctx.state, ctx.store, record, ["orders/updated"])
    if record["__typename"] == "Product":
        notices.send_product(ctx.state, ctx.store, record, "products/update")
    return {"node": record, "userErrors": []}


def _no_order() -> Record:
    return {"order": None, "userErrors": [user_error(["id"], "Order does not exist")]}


def _changed(ctx: Context, order: Record, *topics: str) -> Record:
    order["updatedAt"] = ctx.state.now()
    notices.send_order(ctx.state, ctx.store, order, [*topics, "orders/updated"])
    return {"order": order, "userErrors": []}
