"""Fulfillment and FulfillmentOrder."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.money import bag
from tiktoksync.sandbox.shopify.state import Record

Info = Any

MANUAL = {
    "id": "gid://shopify/FulfillmentService/manual",
    "handle": "manual",
    "serviceName": "Manual",
    "type": "MANUAL",
}


def _events(record: Record, _info: Info, sortKey: str = "HAPPENED_AT", **page: Any) -> Record:
    key = "happenedAt" if sortKey == "HAPPENED_AT" else "id"
    rows = sorted(record["_events"], key=lambda one: one[key])
    return connect(rows, sort_key=key, **page)


def _tracking(record: Record, _info: Info, first: int | None = None) -> list[Record]:
    rows: list[Record] = record["_tracking"]
    return rows if first is None else rows[:first]


def _owners(record: Record, _info: Info, **page: Any) -> Record:
    owners = {row["_row"]["_owner"]["id"]: row["_row"]["_owner"] for row in record["_lines"]}
    return connect(list(owners.values()), **page)


def _line_value(row: Record, _info: Info) -> Record:
    line = row["lineItem"]
    unit, order = line["originalUnitPriceSet"], line["_order"]
    return bag(
        unit["shopMoney"]["amount"] * row["quantity"], order["currencyCode"],
        unit["presentmentMoney"]["amount"] * row["quantity"], order["presentmentCurrencyCode"],
    )  # fmt: skip


def _assigned(record: Record, _info: Info) -> Record:
    location = record["_location"]
    address = location["address"]
    return {
        "name": location["name"],
        "location": location,
        "countryCode": address["countryCode"],
        **{key: address[key] for key in ("address1", "address2", "city", "phone", "zip")},
        "province": address["province"],
    }


def _destination(record: Record, _info: Info) -> Record | None:
    order = record["_order"]
    address = order["shippingAddress"]
    if address is None:
        return None
    names = ("address1", "address2", "city", "company", "firstName", "lastName", "phone", "zip")
    return {
        "__typename": "FulfillmentOrderDestination",
        "id": record["id"].replace("FulfillmentOrder", "FulfillmentOrderDestination"),
        **{name: address[name] for name in names},
        "countryCode": address["countryCode"],
        "province": address["province"],
        "email": order["email"],
    }


def _delivery(record: Record, _info: Info) -> Record:
    return {
        "__typename": "DeliveryMethod",
        "id": record["id"].replace("FulfillmentOrder", "DeliveryMethod"),
        "methodType": "SHIPPING",
        "presentedName": None,
        "serviceCode": None,
        "minDeliveryDateTime": None,
        "maxDeliveryDateTime": None,
    }


def _hold_app(_hold: Record, info: Info) -> Record:
    found: Record = app_record(info.context)
    return found


def app_record(ctx: Any) -> Record:
    """The calling app as an ``App``."""
    app = ctx.app
    scopes = [{"handle": scope, "description": scope} for scope in ctx.token.scopes]
    return {
        "__typename": "App",
        "id": f"gid://shopify/App/{app.id}",
        "apiKey": app.key,
        "embedded": False,
        "handle": app.name.lower(),
        "title": app.name,
        "requestedAccessScopes": scopes,
        "webhookApiVersion": "2026-10",
    }


def _rows(record: Record, _info: Info, **page: Any) -> Record:
    return connect(record["_lines"], **page)


FIELDS: dict[str, Any] = {
    "Fulfillment.events": _events,
    "Fulfillment.fulfillmentLineItems": _rows,
    "Fulfillment.fulfillmentOrders": _owners,
    "Fulfillment.location": lambda f, _i: f["_location"],
    "Fulfillment.order": lambda f, _i: f["_order"],
    "Fulfillment.service": lambda _f, _i: MANUAL,
    "Fulfillment.trackingInfo": _tracking,
    "FulfillmentLineItem.discountedTotalSet": _line_value,
    "FulfillmentLineItem.originalTotalSet": _line_value,
    "FulfillmentOrder.assignedLocation": _assigned,
    "FulfillmentOrder.deliveryMethod": _delivery,
    "FulfillmentOrder.destination": _destination,
    "FulfillmentOrder.fulfillments": lambda o, _i, **page: connect(o["_fulfillments"], **page),
    "FulfillmentOrder.lineItems": _rows,
    "FulfillmentOrder.order": lambda o, _i: o["_order"],
    "FulfillmentHold.heldByApp": _hold_app,
}
