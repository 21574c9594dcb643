"""Webhook bodies: the REST shape, snake case, numeric ids, money with two decimals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.money import Bag, shop_amount, two_decimals
from tiktoksync.sandbox.shopify.state import Record, Store

Body = dict[str, Any]

_KEPT = {
    "confirmation_number": "confirmationNumber",
    "contact_email": "email",
    "currency": "currencyCode",
    "note": "note",
    "payment_gateway_names": "paymentGatewayNames",
    "phone": "phone",
    "po_number": "poNumber",
    "presentment_currency": "presentmentCurrencyCode",
    "source_identifier": "sourceIdentifier",
    "source_name": "sourceName",
    "taxes_included": "taxesIncluded",
    "test": "test",
}
_TIMES = {
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "processed_at": "processedAt",
    "closed_at": "closedAt",
    "cancelled_at": "cancelledAt",
}


def id_of(record: Record | None) -> int | None:
    return int(number_of(record["id"])) if record else None


def _set(value: Bag) -> Body:
    return {
        name: {
            "amount": two_decimals(value[key]["amount"]),
            "currency_code": value[key]["currencyCode"],
        }
        for name, key in (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
    }


def _price(value: Bag) -> str:
    return two_decimals(shop_amount(value))


def local_time(store: Store, text: str | None) -> str | None:
    """An API time with the offset of the store's own time zone."""
    if text is None:
        return None
    zone = ZoneInfo(store.record["ianaTimezone"])
    return datetime.fromisoformat(text).astimezone(zone).isoformat(timespec="seconds")


def order_body(store: Store, order: Record) -> Body:
    """The body of every ``orders/*`` topic: the whole order."""
    return {
        "id": id_of(order),
        "admin_graphql_api_id": order["id"],
        "app_id": int(order["_app"].id),
        "name": order["name"],
        "number": order["number"] - 1000,
        "order_number": order["number"],
        "confirmed": True,
        **{name: order[key] for name, key in _KEPT.items()},
        **{name: local_time(store, order[key]) for name, key in _TIMES.items()},
        "cancel_reason": (order["cancelReason"] or "").lower() or None,
        "financial_status": (order["displayFinancialStatus"] or "").lower() or None,
        "fulfillment_status": _fulfillment_status(order),
        "email": order["email"] or "",
        "note_attributes": [
            {"name": one["key"], "value": one["value"]} for one in order["customAttributes"]
        ],
        "tags": ", ".join(order["tags"]),
        "source_url": order["_input"].get("sourceUrl"),
        "tax_lines": [_tax(one) for one in order["taxLines"]],
        "discount_codes": _discount_codes(order),
        "discount_applications": [],
        **_money(order),
        **_parts(store, order),
    }


def _parts(store: Store, order: Record) -> Body:
    return {
        "customer": _customer(store, order["_customer"]),
        "billing_address": address_body(order["billingAddress"]),
        "shipping_address": address_body(order["shippingAddress"]),
        "shipping_lines": [_shipping_line(one) for one in order["_shipping_lines"]],
        "line_items": [line_body(one) for one in order["_lines"]],
        "fulfillments": [_inner_fulfillment(store, one) for one in order["_fulfillments"]],
        "refunds": [refund_body(store, one) for one in order["_refunds"]],
        "returns": [],
        "line_item_groups": [],
        "merchant_business_entity_id": "MTkwMDAwMDAwMDAx",
    }


def _money(order: Record) -> Body:
    names = {
        "total_price": "totalPriceSet",
        "current_total_price": "currentTotalPriceSet",
        "subtotal_price": "subtotalPriceSet",
        "current_subtotal_price": "currentSubtotalPriceSet",
        "total_tax": "totalTaxSet",
        "current_total_tax": "currentTotalTaxSet",
        "total_discounts": "totalDiscountsSet",
        "current_total_discounts": "currentTotalDiscountsSet",
    }
    body: Body = {}
    for name, key in names.items():
        body[name] = _price(order[key])
        body[name + "_set"] = _set(order[key])
    body["total_shipping_price_set"] = _set(order["totalShippingPriceSet"])
    body["total_outstanding"] = _price(order["totalOutstandingSet"])
    lines = [shop_amount(one["originalUnitPriceSet"]) * one["quantity"] for one in order["_lines"]]
    body["total_line_items_price"] = two_decimals(sum(lines, Decimal(0)))
    return body


def _fulfillment_status(order: Record) -> str | None:
    return {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}.get(
        order["displayFulfillmentStatus"]
    )


def _discount_codes(order: Record) -> list[Body]:
    given = order["_input"].get("discountCode") or {}
    kinds = {
        "itemFixedDiscountCode": "fixed_amount",
        "itemPercentageDiscountCode": "percentage",
        "freeShippingDiscountCode": "shipping",
    }
    return [
        {"code": one["code"], "amount": _price(order["totalDiscountsSet"]), "type": kinds[kind]}
        for kind, one in given.items()
        if one
    ]


def _tax(tax: Record) -> Body:
    return {
        "title": tax["title"],
        "rate": tax["rate"],
        "price": _price(tax["priceSet"]),
        "price_set": _set(tax["priceSet"]),
        "channel_liable": tax["channelLiable"],
    }


def _shipping_line(line: Record) -> Body:
    return {
        "id": id_of(line),
        "title": line["title"],
        "code": line["code"],
        "source": line["source"],
        "price": _price(line["originalPriceSet"]),
        "price_set": _set(line["originalPriceSet"]),
        "discounted_price": _price(line["discountedPriceSet"]),
        "is_removed": False,
        "tax_lines": [_tax(one) for one in line["taxLines"]],
    }


def line_body(line: Record, quantity: int | None = None) -> Body:
    """A line item; inside a fulfilment ``quantity`` is what that parcel holds."""
    variant = line["_variant"]
    left = line["unfulfilledQuantity"]
    status = None if left == line["quantity"] else "partial" if left else "fulfilled"
    return {
        "id": id_of(line),
        "admin_graphql_api_id": line["id"],
        "variant_id": id_of(variant),
        "product_id": id_of(variant["_product"]) if variant else None,
        "product_exists": variant is not None,
        "sku": line["sku"],
        "title": line["title"],
        "variant_title": line["variantTitle"],
        "name": line["name"],
        "vendor": line["vendor"],
        "quantity": line["quantity"] if quantity is None else quantity,
        "current_quantity": line["currentQuantity"],
        "fulfillable_quantity": left,
        "fulfillment_status": status,
        "fulfillment_service": "manual",
        "requires_shipping": line["requiresShipping"],
        "taxable": line["taxable"],
        "gift_card": line["isGiftCard"],
        "grams": variant["_grams"] if variant else 0,
        "price": _price(line["originalUnitPriceSet"]),
        "price_set": _set(line["originalUnitPriceSet"]),
        "total_discount": "0.00",
        "properties": [
            {"name": one["key"], "value": one["value"]} for one in line["customAttributes"]
        ],
        "tax_lines": [_tax(one) for one in line["taxLines"]],
        "discount_allocations": [],
        "duties": [],
    }


def address_body(address: Record | None) -> Body | None:
    if address is None:
        return None
    return {
        "first_name": address["firstName"],
        "last_name": address["lastName"],
        "name": address["name"],
        "company": address["company"],
        "address1": address["address1"],
        "address2": address["address2"],
        "city": address["city"],
        "province": address["province"],
        "province_code": address["provinceCode"],
        "country": address["country"],
        "country_code": address["countryCode"],
        "zip": address["zip"],
        "phone": address["phone"],
        "latitude": None,
        "longitude": None,
    }


def _customer(store: Store, customer: Record | None) -> Body | None:
    if customer is None:
        return None
    return {
        "id": id_of(customer),
        "admin_graphql_api_id": customer["id"],
        "email": customer["email"],
        "phone": customer["phone"],
        "first_name": customer["firstName"],
        "last_name": customer["lastName"],
        "created_at": local_time(store, customer["createdAt"]),
        "updated_at": local_time(store, customer["updatedAt"]),
    }


def _inner_fulfillment(store: Store, record: Record) -> Body:
    body = fulfillment_body(store, record)
    del body["destination"], body["email"]
    return body


def fulfillment_body(store: Store, record: Record) -> Body:
    """The body of ``fulfillments/create`` and ``fulfillments/update``."""
    order, tracking = record["_order"], record["_tracking"]
    numbers = [one["number"] for one in tracking if one["number"]]
    urls = [one["url"] for one in tracking if one["url"]]
    event = record["_events"][-1]["status"].lower() if record["_events"] else None
    return {
        "id": id_of(record),
        "admin_graphql_api_id": record["id"],
        "order_id": id_of(order),
        "name": f"{order['name']}.{record['name'].rpartition('-F')[2]}",
        "status": record["status"].lower(),
        "created_at": local_time(store, record["createdAt"]),
        "updated_at": local_time(store, record["updatedAt"]),
        "service": "manual",
        "location_id": id_of(record["_location"]),
        "shipment_status": event,
        "tracking_company": tracking[0]["company"] if tracking else None,
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "receipt": {},
        "origin_address": {},
        "email": order["email"] or "",
        "destination": address_body(order["shippingAddress"]),
        "line_items": [line_body(one["lineItem"], one["quantity"]) for one in record["_lines"]],
    }


def event_body(store: Store, record: Record, event: Record) -> Body:
    """The body of ``fulfillment_events/create``."""
    return {
        "id": id_of(event),
        "admin_graphql_api_id": event["id"],
        "fulfillment_id": id_of(record),
        "order_id": id_of(record["_order"]),
        "shop_id": id_of(store.record),
        "status": event["status"].lower(),
        "message": event["message"],
        "happened_at": local_time(store, event["happenedAt"]),
        "created_at": local_time(store, event["createdAt"]),
        "updated_at": local_time(store, event["createdAt"]),
        "estimated_delivery_at": local_time(store, event["estimatedDeliveryAt"]),
        **{
            name: event[name]
            for name in ("city", "province", "country", "zip", "address1", "latitude", "longitude")
        },
    }


def refund_body(store: Store, refund: Record) -> Body:
    """The body of ``refunds/create``, and the refunds inside an order."""
    return {
        "id": id_of(refund),
        "admin_graphql_api_id": refund["id"],
        "order_id": id_of(refund["_order"]),
        "created_at": local_time(store, refund["createdAt"]),
        "processed_at": local_time(store, refund["processedAt"]),
        "note": refund["note"],
        "restock": any(row["restocked"] for row in refund["_lines"]),
        "user_id": None,
        "order_adjustments": [],
        "refund_line_items": [_refund_line(row) for row in refund["_lines"]],
        "transactions": [_transaction(one) for one in refund["_transactions"]],
    }


def _refund_line(row: Record) -> Body:
    return {
        "id": id_of(row),
        "line_item_id": id_of(row["lineItem"]),
        "location_id": id_of(row["location"]),
        "quantity": row["quantity"],
        "restock_type": row["restockType"].lower(),
        "subtotal": _price(row["subtotalSet"]),
        "total_tax": _price(row["totalTaxSet"]),
        "line_item": line_body(row["lineItem"]),
    }


def _transaction(record: Record) -> Body:
    return {
        "id": id_of(record),
        "admin_graphql_api_id": record["id"],
        "order_id": id_of(record["_order"]),
        "parent_id": id_of(record["parentTransaction"]),
        "kind": record["kind"].lower(),
        "status": record["status"].lower(),
        "gateway": record["gateway"],
        "amount": _price(record["amountSet"]),
        "currency": record["amountSet"]["shopMoney"]["currencyCode"],
        "test": record["test"],
    }
