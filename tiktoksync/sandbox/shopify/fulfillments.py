"""Fulfilments: creating, correcting, cancelling, and what the carrier reports."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify import notices, stock
from tiktoksync.sandbox.shopify.errors import invalid_id, user_error
from tiktoksync.sandbox.shopify.fulfillment_orders import refresh_order, set_status
from tiktoksync.sandbox.shopify.ids import kind_of, number_of
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]
Picks = list[tuple[Record, int]]

AT = ["fulfillment"]
URLS = {
    "UPS": "https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums={}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction_input?qtc_tLabels1={}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "DHL Express": "https://www.dhl.com/en/express/tracking.html?AWB={}",
}
FINAL_EVENTS = {"IN_TRANSIT": "inTransitAt", "DELIVERED": "deliveredAt"}


class Refused(Exception):
    """A user error of the fulfilment mutations."""

    def __init__(self, text: str, at: list[str] | None = None) -> None:
        super().__init__(text)
        self.error = user_error(AT if at is None else at, text)


def create(ctx: Context, given: Input) -> Record:
    """The payload of fulfillmentCreate."""
    try:
        picks = _read_picks(ctx, given)
    except Refused as refused:
        return {"fulfillment": None, "userErrors": [refused.error]}
    record = ship(ctx, picks, _tracking(given.get("trackingInfo") or {}))
    return {"fulfillment": record, "userErrors": []}


def _read_picks(ctx: Context, given: Input) -> Picks:
    """The rows and quantities to ship; raises Refused as the API does."""
    groups = given["lineItemsByFulfillmentOrder"]
    owners = [_open_order(ctx, one["fulfillmentOrderId"]) for one in groups]
    if not owners:
        raise Refused("Line items by fulfillment order must be present")
    if len({one["orderId"] for one in owners}) > 1:
        raise Refused("All fulfillment orders must belong to the same order.")
    if len({one["_location"]["id"] for one in owners}) > 1:
        raise Refused("All fulfillment orders must be assigned to a single location.")
    picks: Picks = []
    for owner, group in zip(owners, groups, strict=True):
        picks.extend(_pick(owner, group.get("fulfillmentOrderLineItems")))
    return picks


def _open_order(ctx: Context, gid: str) -> Record:
    record = ctx.store.objects.get(gid)
    if record is None or record["__typename"] != "FulfillmentOrder":
        raise Refused("Fulfillment order does not exist.")
    if record["status"] not in ("OPEN", "IN_PROGRESS"):
        status = record["status"].lower()
        number = number_of(gid)
        raise Refused(f"Fulfillment order {number} has an unfulfillable status= {status}.")
    return record


def _pick(owner: Record, wanted: list[Input] | None) -> Picks:
    if not wanted:
        return [
            (row, row["remainingQuantity"]) for row in owner["_lines"] if row["remainingQuantity"]
        ]
    rows = {row["id"]: row for row in owner["_lines"]}
    picks: Picks = []
    for one in wanted:
        row = rows.get(one["id"])
        if row is None:
            raise Refused("Fulfillment order line item does not exist.")
        if one["quantity"] <= 0:
            raise Refused("Quantity must be greater than 0")
        if one["quantity"] > row["remainingQuantity"]:
            raise Refused("Invalid fulfillment order line item quantity requested.")
        picks.append((row, one["quantity"]))
    return picks


def _tracking(given: Input) -> list[Record]:
    """The entries of trackingInfo, in the order they were given."""
    company = given.get("company")
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    if not numbers and not urls:
        return [{"company": company, "number": None, "url": None}] if company else []
    rows = []
    for place in range(max(len(numbers), len(urls))):
        number = numbers[place] if place < len(numbers) else None
        url = urls[place] if place < len(urls) else None
        if url is None and number and company in URLS:
            url = URLS[company].format(number)
        rows.append({"company": company, "number": number, "url": url})
    return rows


def ship(ctx: Context, picks: Picks, tracking: list[Record], announce: bool = True) -> Record:
    """Make the fulfilment, close what is empty, and send the webhooks of the action."""
    owner: Record = picks[0][0]["_owner"]
    order: Record = owner["_order"]
    record = _make(ctx, order, owner["_location"], picks, tracking)
    for row, quantity in picks:
        row["remainingQuantity"] -= quantity
        if row["variant"]:
            stock.let_go(ctx.state, row["variant"], quantity)
    for touched in {id(row["_owner"]): row["_owner"] for row, _ in picks}.values():
        touched["_fulfillments"].append(record)
        left = any(row["remainingQuantity"] for row in touched["_lines"])
        set_status(ctx, touched, "IN_PROGRESS" if left else "CLOSED")
    order["_fulfillments"].append(record)
    refresh_order(ctx, order)
    _record(ctx, record, "fulfillment_created")
    if announce:
        done = order["displayFulfillmentStatus"] == "FULFILLED"
        topic = "orders/fulfilled" if done else "orders/partially_fulfilled"
        notices.send_fulfillment(ctx.state, ctx.store, record, "fulfillments/create", topic)
    return record


def _make(
    ctx: Context, order: Record, location: Record, picks: Picks, tracking: list[Record]
) -> Record:
    gid = ctx.state.numbers.gid("Fulfillment")
    now = ctx.state.now()
    rows = [_make_row(ctx, row, quantity) for row, quantity in picks]
    return ctx.store.add(
        {
            "__typename": "Fulfillment",
            "id": gid,
            "legacyResourceId": number_of(gid),
            "name": f"{order['name']}-F{len(order['_fulfillments']) + 1}",
            "status": "SUCCESS",
            "displayStatus": "FULFILLED",
            "requiresShipping": True,
            "totalQuantity": sum(quantity for _, quantity in picks),
            "createdAt": now,
            "updatedAt": now,
            "inTransitAt": None,
            "deliveredAt": None,
            "estimatedDeliveryAt": None,
            "originAddress": None,
            "_order": order,
            "_location": location,
            "_tracking": tracking,
            "_events": [],
            "_lines": rows,
        }
    )


def _make_row(ctx: Context, row: Record, quantity: int) -> Record:
    return ctx.store.add(
        {
            "__typename": "FulfillmentLineItem",
            "id": ctx.state.numbers.gid("FulfillmentLineItem"),
            "lineItem": row["lineItem"],
            "quantity": quantity,
            "_row": row,
        }
    )


def fulfill_everything(ctx: Context, order: Record, given: Input) -> Record | None:
    """An order that is created as fulfilled: one fulfilment for all its lines."""
    wish = given.get("fulfillment")
    if not wish and given.get("fulfillmentStatus") != "FULFILLED":
        return None
    owners = order["_fulfillment_orders"]
    picks = [(row, row["remainingQuantity"]) for one in owners for row in one["_lines"]]
    if not picks:
        return None
    wish = wish or {}
    tracking = _tracking(
        {
            "company": wish.get("trackingCompany"),
            "number": wish.get("trackingNumber"),
            "numbers": wish.get("trackingNumbers"),
        }
    )
    return ship(ctx, picks, tracking, announce=False)


def _find(ctx: Context, gid: str) -> Record | None:
    """The fulfilment of a global id; an id of something else is a top-level error."""
    if kind_of(gid) != "Fulfillment":
        raise invalid_id(gid)
    return ctx.store.objects.get(gid)


def update_tracking(ctx: Context, gid: str, given: Input) -> Record:
    """The payload of fulfillmentTrackingInfoUpdate: the new entries replace the old ones."""
    record = _find(ctx, gid)
    if record is None:
        return {
            "fulfillment": None,
            "userErrors": [user_error(None, "Fulfillment does not exist.")],
        }
    record["_tracking"] = _tracking(given)
    _touch(ctx, record)
    _record(ctx, record, "tracking_updated")
    notices.send_fulfillment(ctx.state, ctx.store, record, "fulfillments/update")
    return {"fulfillment": record, "userErrors": []}


def cancel(ctx: Context, gid: str) -> Record:
    """The payload of fulfillmentCancel: tracking and events stay, the lines are open again."""
    record = _find(ctx, gid)
    if record is None:
        return {"fulfillment": None, "userErrors": [user_error(["id"], "Fulfillment not found.")]}
    if record["status"] == "CANCELLED":
        error = user_error(["id"], "Fulfillment has already been cancelled.")
        return {"fulfillment": record, "userErrors": [error]}
    record["status"], record["displayStatus"] = "CANCELLED", "CANCELED"
    for line in record["_lines"]:
        row = line["_row"]
        row["remainingQuantity"] += line["quantity"]
    for owner in {
        id(one["_row"]["_owner"]): one["_row"]["_owner"] for one in record["_lines"]
    }.values():
        begun = any(row["remainingQuantity"] < row["totalQuantity"] for row in owner["_lines"])
        set_status(ctx, owner, "IN_PROGRESS" if begun else "OPEN")
    _touch(ctx, record)
    refresh_order(ctx, record["_order"])
    _record(ctx, record, "fulfillment_cancelled")
    notices.send_fulfillment(ctx.state, ctx.store, record, "fulfillments/update")
    return {"fulfillment": record, "userErrors": []}


def add_event(ctx: Context, given: Input) -> Record:
    """The payload of fulfillmentEventCreate."""
    record = _find(ctx, given["fulfillmentId"])
    if record is None:
        error = user_error(["fulfillmentEvent", "fulfillmentId"], "Fulfillment does not exist.")
        return {"fulfillmentEvent": None, "userErrors": [error]}
    now = ctx.state.now()
    names = ("address1", "city", "country", "province", "zip", "latitude", "longitude", "message")
    event = ctx.store.add(
        {
            "__typename": "FulfillmentEvent",
            "id": ctx.state.numbers.gid("FulfillmentEvent"),
            "status": given["status"],
            "happenedAt": given.get("happenedAt") or now,
            "createdAt": now,
            "estimatedDeliveryAt": given.get("estimatedDeliveryAt"),
            **{name: given.get(name) for name in names},
            "_fulfillment": record,
        }
    )
    record["_events"].append(event)
    if record["status"] == "SUCCESS":
        record["displayStatus"] = given["status"]
    if given["status"] in FINAL_EVENTS:
        record[FINAL_EVENTS[given["status"]]] = event["happenedAt"]
    _touch(ctx, record)
    notices.send_fulfillment_event(ctx.state, ctx.store, record, event)
    return {"fulfillmentEvent": event, "userErrors": []}


def _touch(ctx: Context, record: Record) -> None:
    record["updatedAt"] = ctx.state.now()
    record["_order"]["updatedAt"] = record["updatedAt"]


def _record(ctx: Context, record: Record, kind: str) -> None:
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, kind, order_id=record["_order"]["id"],
        fulfillment_id=record["id"], token_tag=ctx.token.tag,
        tracking=[one["number"] for one in record["_tracking"]],
    )  # fmt: skip
