"""Fulfilment orders: one for each location that ships something of the order."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.state import Context, Record

MOST_HOLDS = 10
ACTIONS = {
    "OPEN": ["CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"],
    "IN_PROGRESS": ["CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"],
    "ON_HOLD": ["RELEASE_HOLD", "HOLD", "MOVE"],
    "CLOSED": [],
    "CANCELLED": [],
}


def make_fulfillment_orders(ctx: Context, order: Record) -> None:
    """Group the lines that want shipping by the location that stocks them."""
    by_place: dict[str, list[Record]] = {}
    for line in order["_lines"]:
        if line["requiresShipping"]:
            by_place.setdefault(_location_for(ctx, line)["id"], []).append(line)
    for place, lines in by_place.items():
        order["_fulfillment_orders"].append(_make(ctx, order, ctx.store.objects[place], lines))


def _location_for(ctx: Context, line: Record) -> Record:
    stock = line["_variant"]["_stock"] if line["_variant"] else {}
    place = next((gid for gid, count in stock.items() if count > 0), None)
    return ctx.store.objects[place] if place else ctx.store.locations[0]


def _make(ctx: Context, order: Record, location: Record, lines: list[Record]) -> Record:
    now = ctx.state.now()
    record: Record = {
        "__typename": "FulfillmentOrder",
        "id": ctx.state.numbers.gid("FulfillmentOrder"),
        "status": "OPEN",
        "requestStatus": "UNSUBMITTED",
        "fulfillAt": now,
        "fulfillBy": None,
        "fulfillmentHolds": [],
        "orderId": order["id"],
        "orderName": order["name"],
        "orderProcessedAt": order["processedAt"],
        "createdAt": now,
        "updatedAt": now,
        "_order": order,
        "_location": location,
        "_fulfillments": [],
        "_history": [],
    }
    record["_lines"] = [_make_row(ctx, record, line) for line in lines]
    set_status(ctx, record, "OPEN")
    return ctx.store.add(record)


def _make_row(ctx: Context, owner: Record, line: Record) -> Record:
    variant = line["_variant"]
    return ctx.store.add(
        {
            "__typename": "FulfillmentOrderLineItem",
            "id": ctx.state.numbers.gid("FulfillmentOrderLineItem"),
            "lineItem": line,
            "inventoryItemId": variant["_item"]["id"] if variant else None,
            "productTitle": line["title"],
            "variantTitle": line["variantTitle"],
            "sku": line["sku"],
            "vendor": line["vendor"],
            "requiresShipping": True,
            "remainingQuantity": line["quantity"],
            "totalQuantity": line["quantity"],
            "variant": variant,
            "_owner": owner,
        }
    )


def set_status(ctx: Context, record: Record, status: str) -> None:
    """Move a fulfilment order and remember when."""
    record["status"] = status
    record["updatedAt"] = ctx.state.now()
    record["supportedActions"] = [{"action": name, "externalUrl": None} for name in ACTIONS[status]]
    at = ctx.state.clock.wall("shopify")
    record["_history"].append({"at": round(at, 3), "status": status})


def refresh_order(ctx: Context, order: Record) -> None:
    """Work out the order's fulfilment status anew and stamp the change."""
    rows = [row for fo in order["_fulfillment_orders"] for row in fo["_lines"]]
    total = sum(row["totalQuantity"] for row in rows)
    left = sum(row["remainingQuantity"] for row in rows)
    for row in rows:
        row["lineItem"]["unfulfilledQuantity"] = row["remainingQuantity"]
    held = any(fo["status"] == "ON_HOLD" for fo in order["_fulfillment_orders"])
    if total and left == 0:
        status = "FULFILLED"
    elif left < total:
        status = "PARTIALLY_FULFILLED"
    else:
        status = "ON_HOLD" if held else "UNFULFILLED"
    order["displayFulfillmentStatus"] = status
    order["updatedAt"] = ctx.state.now()


def hold(ctx: Context, gid: str, given: dict[str, Any]) -> Record:
    """fulfillmentOrderHold of a whole fulfilment order."""
    record = ctx.store.objects.get(gid)
    if record is None:
        return _hold_refused("Fulfillment order not found.", "FULFILLMENT_ORDER_NOT_FOUND", ["id"])
    holds = record["fulfillmentHolds"]
    handle = given.get("handle") or ""
    if any(one["handle"] == (handle or None) for one in holds):
        text = "The handle provided for the fulfillment hold is already in use by this app."
        at = ["fulfillmentHold", "handle"]
        return _hold_refused(text, "DUPLICATE_FULFILLMENT_HOLD_HANDLE", at)
    if len(holds) >= MOST_HOLDS:
        text = "The maximum number of fulfillment holds for this fulfillment order was reached."
        return _hold_refused(text, "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED", ["id"])
    if record["status"] not in ("OPEN", "IN_PROGRESS", "ON_HOLD"):
        return _hold_refused("Fulfillment order cannot be put on hold.", "TAKEN", ["id"])
    made = _make_hold(ctx, given, handle)
    holds.append(made)
    set_status(ctx, record, "ON_HOLD")
    refresh_order(ctx, record["_order"])
    return {
        "fulfillmentHold": made,
        "fulfillmentOrder": record,
        "remainingFulfillmentOrder": None,
        "userErrors": [],
    }


def _make_hold(ctx: Context, given: dict[str, Any], handle: str) -> Record:
    return ctx.store.add(
        {
            "__typename": "FulfillmentHold",
            "id": ctx.state.numbers.gid("FulfillmentHold"),
            "reason": given["reason"],
            "reasonNotes": given.get("reasonNotes"),
            "displayReason": given["reason"].replace("_", " ").capitalize(),
            "handle": handle or None,
            "heldByRequestingApp": True,
        }
    )


def _hold_refused(text: str, code: str, at: list[str]) -> Record:
    return {
        "fulfillmentHold": None,
        "fulfillmentOrder": None,
        "remainingFulfillmentOrder": None,
        "userErrors": [user_error(at, text, code)],
    }


def release_hold(ctx: Context, gid: str, hold_ids: list[str] | None) -> Record:
    """Without ids every hold goes, other apps' ones too."""
    record = ctx.store.objects.get(gid)
    if record is None:
        error = user_error(["id"], "Fulfillment order not found.", "FULFILLMENT_ORDER_NOT_FOUND")
        return {"fulfillmentOrder": None, "userErrors": [error]}
    kept = [
        one
        for one in record["fulfillmentHolds"]
        if hold_ids is not None and one["id"] not in hold_ids
    ]
    record["fulfillmentHolds"] = kept
    if not kept and record["status"] == "ON_HOLD":
        set_status(ctx, record, "OPEN")
    refresh_order(ctx, record["_order"])
    return {"fulfillmentOrder": record, "userErrors": []}
