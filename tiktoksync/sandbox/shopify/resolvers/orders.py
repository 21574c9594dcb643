"""Order, LineItem, OrderTransaction, Refund, Customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.fields import FULFILLMENT_FIELDS
from tiktoksync.sandbox.shopify.money import ZERO, bag, shop_amount
from tiktoksync.sandbox.shopify.order_changes import can_be_marked_paid
from tiktoksync.sandbox.shopify.search import Search
from tiktoksync.sandbox.shopify.state import Record

Info = Any
TABLE = dict[str, Any]


def _list(key: str) -> Any:
    """A plain list under a private key, cut to ``first``."""

    def resolve(source: Record, _info: Info, first: int | None = None, **_: Any) -> Any:
        rows = source[key]
        return rows if first is None else rows[:first]

    return resolve


def _connection(key: str) -> Any:
    def resolve(source: Record, _info: Info, **page: Any) -> Record:
        return connect(source[key], **page)

    return resolve


def _count(rows: list[Any]) -> Record:
    return {"count": len(rows), "precision": "EXACT"}


def metafield(source: Record, info: Info, key: str, namespace: str | None = None) -> Any:
    place = (info.context.namespace(namespace), key)
    return source.get("_metafields", {}).get(place)


def metafields(
    source: Record,
    info: Info,
    namespace: str | None = None,
    keys: list[str] | None = None,
    **page: Any,
) -> Record:
    wanted = info.context.namespace(namespace) if namespace else None
    rows = [
        one
        for one in source.get("_metafields", {}).values()
        if (wanted is None or one["namespace"] == wanted)
        and (not keys or f"{one['namespace']}.{one['key']}" in keys or one["key"] in keys)
    ]
    return connect(rows, **page)


def _app(order: Record, _info: Info) -> Record:
    app = order["_app"]
    return {"id": f"gid://shopify/App/{app.id}", "name": app.name}


def _attribution(order: Record, _info: Info) -> Record:
    app = order["_app"]
    handle = order["sourceName"] or app.name.lower()
    return {"handle": handle, "displayName": handle, "icon": None}


def _fulfillments(
    order: Record, info: Info, first: int | None = None, query: str | None = None
) -> list[Record]:
    rows: list[Record] = order["_fulfillments"]
    if query:
        search = Search(query, FULFILLMENT_FIELDS, lambda record: record["name"])
        rows = [row for row in rows if search.test(row)]
    return rows if first is None else rows[:first]


def _fulfillment_orders(order: Record, info: Info, displayable: bool = False, **page: Any) -> Any:
    reads = ("read_merchant_managed_fulfillment_orders", "read_third_party_fulfillment_orders",
             "read_assigned_fulfillment_orders")  # fmt: skip
    rows = order["_fulfillment_orders"] if info.context.may(reads) else []
    return connect(rows, **page)


def _discount_applications(order: Record, _info: Info, **page: Any) -> Record:
    rows = [_application(order, code) for code in order["discountCodes"]]
    return connect(rows, **page)


def _application(order: Record, code: str) -> Record:
    given = order["_input"].get("discountCode") or {}
    percent = given.get("itemPercentageDiscountCode")
    if percent:
        value: Record = {
            "__typename": "PricingPercentageValue",
            "percentage": float(percent.get("percentage") or 0),
        }
    else:
        value = {"__typename": "MoneyV2", **order["totalDiscountsSet"]["shopMoney"]}
    shipping = bool(given.get("freeShippingDiscountCode"))
    return {
        "__typename": "DiscountCodeApplication",
        "id": "gid://shopify/DiscountCodeApplication/1",
        "allocationMethod": "ACROSS",
        "targetSelection": "ALL",
        "targetType": "SHIPPING_LINE" if shipping else "LINE_ITEM",
        "code": code,
        "index": 0,
        "value": value,
    }


def _fulfillable(order: Record, _info: Info) -> bool:
    return not order["cancelledAt"] and any(
        one["status"] in ("OPEN", "IN_PROGRESS") for one in order["_fulfillment_orders"]
    )


def _outstanding(order: Record) -> Decimal:
    return shop_amount(order["totalOutstandingSet"])


def _line_total(line: Record, quantity: int, less: bool) -> Record:
    unit, discount = line["originalUnitPriceSet"], line["_discount"]
    totals = []
    for key in ("shopMoney", "presentmentMoney"):
        amount = unit[key]["amount"] * quantity
        if less and line["quantity"]:
            amount -= discount[key]["amount"] * quantity / line["quantity"]
        totals.append(amount)
    order = line["_order"]
    currencies = (order["currencyCode"], order["presentmentCurrencyCode"])
    return bag(totals[0], currencies[0], totals[1], currencies[1])


def _discounted_total(line: Record, _info: Info, withCodeDiscounts: bool = False) -> Record:
    return _line_total(line, line["quantity"], less=withCodeDiscounts)


def _allocations(line: Record, _info: Info) -> list[Record]:
    codes = line["_order"]["discountCodes"]
    if not codes or not line["_discount"]["shopMoney"]["amount"]:
        return []
    application = _application(line["_order"], codes[0])
    return [{"allocatedAmountSet": line["_discount"], "discountApplication": application}]


def _unit_after_discounts(line: Record, _info: Info) -> Record:
    total = _line_total(line, line["quantity"], less=True)
    for key in ("shopMoney", "presentmentMoney"):
        total[key]["amount"] = (total[key]["amount"] / line["quantity"]).quantize(Decimal("0.01"))
    return total


def _fulfillment_word(line: Record, _info: Info) -> str:
    left = line["unfulfilledQuantity"]
    return "unfulfilled" if left == line["quantity"] else "partial" if left else "fulfilled"


def _formatted(
    address: Record, _info: Info, withCompany: bool = True, withName: bool = False
) -> Any:
    names = [address["name"]] if withName else []
    company = [address["company"]] if withCompany else []
    rows = [*names, *company, address["address1"], address["address2"], address["city"],
            address["country"]]  # fmt: skip
    return [row for row in rows if row]


FIELDS: TABLE = {
    "Order.app": _app,
    "Order.attribution": _attribution,
    "Order.billingAddressMatchesShippingAddress": lambda o, _i: (
        o["billingAddress"] == o["shippingAddress"]
    ),
    "Order.canMarkAsPaid": lambda o, _i: can_be_marked_paid(o),
    "Order.canNotifyCustomer": lambda o, _i: bool(o["email"]),
    "Order.capturable": lambda o, _i: shop_amount(o["totalCapturableSet"]) > ZERO,
    "Order.closed": lambda o, _i: o["closedAt"] is not None,
    "Order.confirmed": lambda _o, _i: True,
    "Order.currentSubtotalLineItemsQuantity": lambda o, _i: sum(
        line["currentQuantity"] for line in o["_lines"]
    ),
    "Order.currentTaxLines": lambda o, _i: o["taxLines"],
    "Order.customer": lambda o, _i: o["_customer"],
    "Order.discountApplications": _discount_applications,
    "Order.displayAddress": lambda o, _i: o["shippingAddress"] or o["billingAddress"],
    "Order.estimatedTaxes": lambda _o, _i: False,
    "Order.fulfillable": _fulfillable,
    "Order.fulfillmentOrders": _fulfillment_orders,
    "Order.fulfillments": _fulfillments,
    "Order.fulfillmentsCount": lambda o, _i: _count(o["_fulfillments"]),
    "Order.fullyPaid": lambda o, _i: _outstanding(o) <= ZERO,
    "Order.lineItems": _connection("_lines"),
    "Order.merchantEditable": lambda _o, _i: True,
    "Order.metafield": metafield,
    "Order.metafields": metafields,
    "Order.refundable": lambda o, _i: shop_amount(o["netPaymentSet"]) > ZERO,
    "Order.refunds": _list("_refunds"),
    "Order.requiresShipping": lambda o, _i: any(one["requiresShipping"] for one in o["_lines"]),
    "Order.restockable": lambda _o, _i: True,
    "Order.shippingLine": lambda o, _i: (o["_shipping_lines"] or [None])[0],
    "Order.shippingLines": _connection("_shipping_lines"),
    "Order.subtotalLineItemsQuantity": lambda o, _i: sum(one["quantity"] for one in o["_lines"]),
    "Order.taxExempt": lambda _o, _i: False,
    "Order.totalWeight": lambda o, _i: sum(
        line["_variant"]["_grams"] * line["quantity"] for line in o["_lines"] if line["_variant"]
    ),
    "Order.transactions": _list("_transactions"),
    "Order.transactionsCount": lambda o, _i: _count(o["_transactions"]),
    "Order.unpaid": lambda o, _i: shop_amount(o["totalReceivedSet"]) <= ZERO,
    "LineItem.discountAllocations": _allocations,
    "LineItem.discountedTotalSet": _discounted_total,
    "LineItem.discountedUnitPriceAfterAllDiscountsSet": _unit_after_discounts,
    "LineItem.discountedUnitPriceSet": lambda li, _i: li["originalUnitPriceSet"],
    "LineItem.fulfillableQuantity": lambda li, _i: li["unfulfilledQuantity"],
    "LineItem.fulfillmentStatus": _fulfillment_word,
    "LineItem.nonFulfillableQuantity": lambda li, _i: (
        0 if li["requiresShipping"] else li["quantity"]
    ),
    "LineItem.originalTotalSet": lambda li, _i: _line_total(li, li["quantity"], less=False),
    "LineItem.product": lambda li, _i: li["_variant"]["_product"] if li["_variant"] else None,
    "LineItem.taxLines": lambda li, _i, first=None: (
        li["taxLines"] if first is None else li["taxLines"][:first]
    ),
    "LineItem.totalDiscountSet": lambda li, _i: _line_total(li, 0, less=False),
    "LineItem.variant": lambda li, _i: li["_variant"],
    "OrderTransaction.order": lambda t, _i: t["_order"],
    "Refund.order": lambda r, _i: r["_order"],
    "Refund.refundLineItems": _connection("_lines"),
    "Refund.transactions": _connection("_transactions"),
    "Customer.metafield": metafield,
    "Customer.metafields": metafields,
    "Customer.numberOfOrders": lambda c, _i: c.get("_orders", 0),
    "MailingAddress.formatted": _formatted,
    "MailingAddress.formattedArea": lambda a, _i: a["city"],
}
