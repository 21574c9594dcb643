"""Control of the Shopify side: what a merchant does in the admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.control_base import BadControl, Wish, merchant_context
from tiktoksync.sandbox.control_shown import show
from tiktoksync.sandbox.shopify import fulfillments, order_changes, refunds
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.money import ZERO, parse_decimal, shop_amount
from tiktoksync.sandbox.shopify.state import Context, Record, Store

Shown = dict[str, Any]


def list_orders(wish: Wish) -> Shown:
    """All orders of a store, or of every store, with everything known about them."""
    named = wish.request.param("shop")
    stores_wanted = [wish.store(named)] if named else list(wish.world.shopify.stores.values())
    wanted = wish.request.param("tiktok_order_id")
    found = [
        show(store, order)
        for store in stores_wanted
        for order in _settled(wish, store)
        if not wanted or wanted in _identities(order)
    ]
    return {"orders": found}


def _settled(wish: Wish, store: Store) -> list[Record]:
    context = merchant_context(wish.world, store)
    for order in store.orders.values():
        order_changes.finish_cancellations(context, order)
    return list(store.orders.values())


def _identities(order: Record) -> set[str]:
    """Every text on the order that could be the id of the TikTok order."""
    values = {one["value"] for one in order["_metafields"].values()}
    values.update(one["value"] for one in order["customAttributes"])
    values.add(order["sourceIdentifier"] or "")
    return values


def _find(wish: Wish) -> tuple[Context, Store, Record]:
    """The order of the path, by number, global id or name, in whichever store it is."""
    wanted = wish.values[0]
    for store in wish.world.shopify.stores.values():
        for gid, order in store.orders.items():
            if wanted in (gid, number_of(gid), order["name"], order["name"].lstrip("#")):
                return merchant_context(wish.world, store), store, order
    raise BadControl(f"no Shopify order {wanted}")


def _checked(payload: Shown) -> Shown:
    problems = payload.get("userErrors") or payload.get("orderCancelUserErrors")
    if problems:
        raise BadControl("; ".join(one["message"] for one in problems), 409)
    return payload


def get_order(wish: Wish) -> Shown:
    _, store, order = _find(wish)
    return show(store, order)


def fulfill(wish: Wish) -> Shown:
    """Fulfill what is left, or ``lines`` of {sku or line_item_id, quantity}, with tracking.

    ``parcels`` is a list of such wishes: fulfilments of one and the same second.
    """
    context, store, order = _find(wish)
    with wish.world.clock.still():
        for parcel in wish.body.get("parcels") or [wish.body]:
            groups = _groups(order, parcel.get("lines"))
            if not groups:
                raise BadControl("nothing is left to fulfill", 409)
            given = {"lineItemsByFulfillmentOrder": groups, "trackingInfo": _tracking(parcel)}
            _checked(fulfillments.create(context, given))
    return show(store, order)


def refund(wish: Wish) -> Shown:
    """Staff refund ``lines`` of {sku or line_item_id, quantity}, or everything that is left.

    ``amount`` is what is paid back, 0 for nothing; left out it is what the lines are worth, and
    without lines all that was received.
    """
    context, store, order = _find(wish)
    rows = _refund_rows(order, wish.body.get("lines"), str(wish.body.get("restock_type") or ""))
    paid = shop_amount(order["netPaymentSet"])
    if wish.body.get("amount") is not None:
        amount = parse_decimal(wish.body["amount"])
    elif wish.body.get("lines"):
        amount = min(paid, _worth(order, rows))
    else:
        amount = paid
    given: Shown = {"orderId": order["id"], "refundLineItems": rows, "note": wish.body.get("note")}
    if amount > 0:
        given["transactions"] = [_back(order, amount)]
    made = _checked(refunds.refund(context, given))["refund"]
    return {"refund_id": made["id"], **show(store, order)}


def _refund_rows(order: Record, lines: list[Shown] | None, restock: str) -> list[Shown]:
    kind = {"restockType": restock.upper()} if restock else {}
    if not lines:
        left = [one for one in order["_lines"] if one["refundableQuantity"]]
        return [
            {"lineItemId": one["id"], "quantity": one["refundableQuantity"], **kind} for one in left
        ]
    rows = []
    for wanted in lines:
        names = (wanted.get("sku"), wanted.get("line_item_id"))
        found = [one for one in order["_lines"] if one["sku"] == names[0] or one["id"] == names[1]]
        if not found:
            raise BadControl(f"no line {names[0] or names[1]}", 409)
        quantity = int(wanted.get("quantity", found[0]["refundableQuantity"]))
        rows.append({"lineItemId": found[0]["id"], "quantity": quantity, **kind})
    return rows


def _worth(order: Record, rows: list[Shown]) -> Decimal:
    lines = {one["id"]: one for one in order["_lines"]}
    parts = [refunds.line_worth(order, lines[row["lineItemId"]], row["quantity"]) for row in rows]
    return sum((net + (ZERO if order["taxesIncluded"] else tax) for net, tax in parts), ZERO)


def _back(order: Record, amount: Decimal) -> Shown:
    """A transaction that pays back through the order's own payment."""
    paid = [one for one in order["_transactions"] if one["kind"] in ("SALE", "CAPTURE")]
    if not paid:
        raise BadControl("nothing was paid for this order", 409)
    return {
        "orderId": order["id"], "kind": "REFUND", "gateway": paid[0]["gateway"],
        "amount": amount, "parentId": paid[0]["id"],
    }  # fmt: skip


def _tracking(body: Shown) -> Shown:
    names = {"company": "company", "number": "tracking_number", "url": "url", "urls": "urls"}
    info = {name: body[key] for name, key in names.items() if body.get(key)}
    if body.get("tracking_numbers"):
        info["numbers"] = list(body["tracking_numbers"])
    return info


def _groups(order: Record, lines: list[Shown] | None) -> list[Shown]:
    """The first location's open fulfilment orders, whole or with the lines asked for."""
    open_ones = [
        one for one in order["_fulfillment_orders"] if one["status"] in ("OPEN", "IN_PROGRESS")
    ]
    if not lines:
        return [{"fulfillmentOrderId": one["id"]} for one in open_ones[:1]]
    groups = []
    for owner in open_ones:
        picked = [
            {"id": row["id"], "quantity": int(wanted.get("quantity", row["remainingQuantity"]))}
            for row in owner["_lines"]
            for wanted in lines
            if wanted.get("sku") == row["sku"]
            or wanted.get("line_item_id") == row["lineItem"]["id"]
        ]
        if picked:
            groups.append({"fulfillmentOrderId": owner["id"], "fulfillmentOrderLineItems": picked})
    return groups


def cancel(wish: Wish) -> Shown:
    context, store, order = _find(wish)
    given = {
        "orderId": order["id"],
        "reason": str(wish.body.get("reason", "OTHER")).upper(),
        "restock": bool(wish.body.get("restock", True)),
        "staffNote": wish.body.get("staff_note"),
    }
    _checked(order_changes.cancel_order(context, given))
    return show(store, order)


def _fulfillment_of(order: Record, wish: Wish) -> Record:
    """The fulfilment named in the body by id, or the newest one that is not cancelled."""
    wanted = wish.body.get("fulfillment_id")
    for one in reversed(order["_fulfillments"]):
        if wanted in (one["id"], number_of(one["id"])) or (
            not wanted and one["status"] == "SUCCESS"
        ):
            found: Record = one
            return found
    raise BadControl("the order has no such fulfillment", 409)


def add_event(wish: Wish) -> Shown:
    context, store, order = _find(wish)
    record = _fulfillment_of(order, wish)
    given = {"fulfillmentId": record["id"], "status": str(wish.body.get("status", "IN_TRANSIT"))}
    given["status"] = given["status"].upper()
    _checked(fulfillments.add_event(context, {**given, "message": wish.body.get("message")}))
    return show(store, order)


def change_tracking(wish: Wish) -> Shown:
    context, store, order = _find(wish)
    record = _fulfillment_of(order, wish)
    _checked(fulfillments.update_tracking(context, record["id"], _tracking(wish.body)))
    return show(store, order)


def cancel_fulfillment(wish: Wish) -> Shown:
    context, store, order = _find(wish)
    _checked(fulfillments.cancel(context, _fulfillment_of(order, wish)["id"]))
    return show(store, order)


def update(wish: Wish) -> Shown:
    """Note, tags, email, attributes, address: what staff may edit on an order."""
    context, store, order = _find(wish)
    names = {
        **{name: name for name in ("note", "tags", "email", "phone")},
        "custom_attributes": "customAttributes",
        "shipping_address": "shippingAddress",
    }
    given = {names[name]: wish.body[name] for name in names if name in wish.body}
    _checked(order_changes.update_order(context, {"id": order["id"], **given}))
    return show(store, order)


ROUTES = {
    ("GET", "shopify/orders"): list_orders,
    ("GET", "shopify/orders/*"): get_order,
    ("POST", "shopify/orders/*/fulfill"): fulfill,
    ("POST", "shopify/orders/*/refund"): refund,
    ("POST", "shopify/orders/*/cancel"): cancel,
    ("POST", "shopify/orders/*/event"): add_event,
    ("POST", "shopify/orders/*/tracking"): change_tracking,
    ("POST", "shopify/orders/*/cancel-fulfillment"): cancel_fulfillment,
    ("POST", "shopify/orders/*/update"): update,
}
