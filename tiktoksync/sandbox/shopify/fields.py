"""Which search fields each connection knows."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.search import Field
from tiktoksync.sandbox.shopify.state import Record


def _at(name: str) -> Any:
    return lambda record: record.get(name)


def _number(record: Record) -> str:
    return number_of(record["id"])


def _nothing(_record: Record) -> None:
    return None


def _order_status(record: Record) -> list[str]:
    states = ["any"]
    if record["cancelledAt"]:
        states.append("cancelled")
    else:
        states.append("not_cancelled")
    states.append("closed" if record["closedAt"] else "open")
    return states


def _fulfillment_status(record: Record) -> list[str]:
    status = str(record["displayFulfillmentStatus"]).lower()
    names = {
        "unfulfilled": ["unfulfilled", "unshipped"],
        "partially_fulfilled": ["partial", "unfulfilled"],
        "fulfilled": ["fulfilled", "shipped"],
    }
    return [status, *names.get(status, [])]


def _skus(record: Record) -> list[str]:
    return [line["sku"] for line in record["_lines"] if line["sku"]]


ORDER_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "name": Field(_at("name"), "token"),
    "created_at": Field(_at("createdAt"), "time"),
    "updated_at": Field(_at("updatedAt"), "time"),
    "processed_at": Field(_at("processedAt"), "time"),
    "cancelled_at": Field(_at("cancelledAt"), "time"),
    "source_identifier": Field(_at("sourceIdentifier")),
    "source_name": Field(_at("sourceName")),
    "tag": Field(_at("tags")),
    "tag_not": Field(_at("tags"), "absent"),
    "email": Field(_at("email")),
    "status": Field(_order_status),
    "financial_status": Field(lambda record: str(record["displayFinancialStatus"]).lower()),
    "fulfillment_status": Field(_fulfillment_status),
    "sku": Field(_skus, "token"),
    "test": Field(lambda record: str(record["test"]).lower()),
    "po_number": Field(_at("poNumber")),
    "confirmation_number": Field(_at("confirmationNumber")),
    "gateway": Field(_at("paymentGatewayNames")),
    "discount_code": Field(_at("discountCodes")),
    "customer_id": Field(
        lambda record: number_of(record["_customer"]["id"]) if record["_customer"] else None
    ),
    "current_total_price": Field(
        lambda record: record["currentTotalPriceSet"]["shopMoney"]["amount"], "number"
    ),
    "return_status": Field(lambda record: str(record["returnStatus"]).lower()),
}
for _name in (
    "cart_token", "channel", "channel_id", "chargeback_status", "checkout_token",
    "credit_card_last4", "delivery_method", "fraud_protection_level",
    "fulfillment_location_id", "location_id", "payment_id", "payment_provider_id",
    "reference_location_id", "risk_level", "sales_channel", "subtotal_line_items_quantity",
    "total_weight",
):  # fmt: skip
    ORDER_FIELDS[_name] = Field(_nothing)

FULFILLMENT_ORDER_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "status": Field(lambda record: str(record["status"]).lower()),
    "updated_at": Field(_at("updatedAt"), "time"),
}

FULFILLMENT_FIELDS: dict[str, Field] = {
    "created_at": Field(_at("createdAt"), "time"),
    "updated_at": Field(_at("updatedAt"), "time"),
}

NAME_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "name": Field(_at("name"), "token"),
    "key": Field(_at("key")),
    "namespace": Field(_at("namespace")),
    "type": Field(lambda record: (record.get("type") or {}).get("name")),
}

LEVEL_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "inventory_item_id": Field(lambda record: number_of(record["item"]["id"])),
    "updated_at": Field(_at("updatedAt"), "time"),
    "created_at": Field(_at("createdAt"), "time"),
}
