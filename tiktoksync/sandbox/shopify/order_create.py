"""orderCreate: from its input to a stored order with lines, money and fulfilment orders."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify import notices, stock
from tiktoksync.sandbox.shopify.customers import attach_customer
from tiktoksync.sandbox.shopify.fulfillment_orders import make_fulfillment_orders
from tiktoksync.sandbox.shopify.fulfillments import fulfill_everything
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.metafields import write_metafield
from tiktoksync.sandbox.shopify.order_checks import find_problems
from tiktoksync.sandbox.shopify.order_records import (
    make_address,
    make_line,
    make_shipping,
    make_tax,
    make_transaction,
)
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record
from tiktoksync.sandbox.shopify.totals import Side, Sums, add_up, financial_status, money_fields

Input = dict[str, Any]


def create_order(ctx: Context, given: Input, options: Input | None) -> Record:
    """The payload of orderCreate."""
    problems = find_problems(ctx, given)
    if problems:
        return {"order": None, "userErrors": problems}
    behaviour = (options or {}).get("inventoryBehaviour", "BYPASS")
    short = _claim_stock(ctx, given, behaviour)
    if short:
        return {"order": None, "userErrors": [short]}
    order = _build(ctx, given)
    _store(ctx, order, given)
    return {"order": order, "userErrors": []}


def _claim_stock(ctx: Context, given: Input, behaviour: str) -> Record | None:
    if behaviour == "BYPASS":
        return None
    wanted = [
        (ctx.store.objects[one["variantId"]], one["quantity"])
        for one in given["lineItems"]
        if one.get("variantId")
    ]
    if behaviour == "DECREMENT_OBEYING_POLICY":
        for variant, quantity in wanted:
            left = stock.total(variant)
            if variant["inventoryPolicy"] == "DENY" and left < quantity:
                text = "Unable to claim inventory"
                return {"field": ["order"], "message": text, "code": "INVENTORY_CLAIM_FAILED"}
    touched = [(one, stock.claim(ctx.state, one, quantity)) for one, quantity in wanted]
    notices.send_stock(ctx.state, ctx.store, touched)
    return None


def _build(ctx: Context, given: Input) -> Record:
    currency = given.get("currency") or ctx.store.currency
    shown = given.get("presentmentCurrency") or currency
    lines = [_fill_line(ctx, line, currency) for line in given["lineItems"]]
    sums = add_up(given, lines, Side(currency, "shopMoney"))
    shown_sums = add_up(given, lines, Side(shown, "presentmentMoney"))
    order: Record = {
        **_identity(ctx, given),
        "currencyCode": currency,
        "presentmentCurrencyCode": shown,
        "displayFinancialStatus": financial_status(given, sums),
        "displayFulfillmentStatus": "UNFULFILLED",
        **_plain_fields(given),
        **money_fields(sums, shown_sums, currency, shown),
        "_metafields": {},
        "_fulfillments": [],
        "_fulfillment_orders": [],
        "_refunds": [],
        "_customer": None,
        "_input": given,
    }
    order["_lines"] = [make_line(ctx, order, line) for line in lines]
    _share_discount(order, sums, shown_sums)
    shipping = given.get("shippingLines") or []
    order["_shipping_lines"] = [make_shipping(ctx, one, order) for one in shipping]
    order["taxLines"] = [make_tax(one, order) for one in _all_taxes(given, lines)]
    payments = given.get("transactions") or []
    order["_transactions"] = [make_transaction(ctx, order, one) for one in payments]
    order["paymentGatewayNames"] = _gateways(order)
    return order


def _identity(ctx: Context, given: Input) -> Record:
    """Id, name and times of a new order."""
    gid = ctx.state.numbers.gid("Order")
    number = ctx.store.next_order
    ctx.store.next_order += 1
    now = ctx.state.now()
    return {
        "__typename": "Order",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "name": given.get("name") or f"#{number}",
        "number": number,
        "createdAt": now,
        "updatedAt": now,
        "processedAt": min(given.get("processedAt") or now, now),
        "_born": ctx.state.clock.line(),
        "_app": ctx.app,
        "_shop": ctx.store.domain,
    }


def _plain_fields(given: Input) -> Record:
    """The fields that are kept as they came."""
    code = given.get("discountCode") or {}
    codes = [one["code"] for one in code.values() if one]
    return {
        "note": given.get("note"),
        "email": given.get("email"),
        "phone": given.get("phone"),
        "poNumber": given.get("poNumber"),
        "tags": sorted({tag.strip() for tag in given.get("tags") or [] if tag.strip()}),
        "test": bool(given.get("test")),
        "taxesIncluded": bool(given.get("taxesIncluded")),
        "sourceName": given.get("sourceName"),
        "sourceIdentifier": given.get("sourceIdentifier"),
        "registeredSourceUrl": None,
        "customAttributes": [dict(one) for one in given.get("customAttributes") or []],
        "discountCodes": codes,
        "discountCode": codes[0] if codes else None,
        "shippingAddress": make_address(given.get("shippingAddress")),
        "billingAddress": make_address(given.get("billingAddress")),
        "closedAt": given.get("closedAt"),
        "cancelledAt": None,
        "cancelReason": None,
        "cancellation": None,
        "confirmationNumber": secrets.token_hex(5).upper(),
        "returnStatus": "NO_RETURN",
        "edited": False,
    }


def _fill_line(ctx: Context, line: Input, currency: str) -> Input:
    """The line with price, title and SKU of its variant where the input is silent."""
    filled = dict(line)
    variant = ctx.store.objects.get(line["variantId"]) if line.get("variantId") else None
    if not filled.get("priceSet"):
        price = Decimal(variant["price"]) if variant else Decimal(0)
        filled["priceSet"] = {"shopMoney": {"amount": price, "currencyCode": currency}}
    if variant:
        filled["title"] = filled.get("title") or variant["_product"]["title"]
        filled["sku"] = filled.get("sku") or variant["sku"]
        filled["vendor"] = filled.get("vendor") or variant["_product"]["vendor"]
        if not filled.get("variantTitle") and variant["title"] != "Default Title":
            filled["variantTitle"] = variant["title"]
    filled["_variant"] = variant
    return filled


def _share_discount(order: Record, sums: Sums, shown_sums: Sums) -> None:
    """Lay an order-wide discount on the lines in proportion to their price."""
    for key, total in (("shopMoney", sums), ("presentmentMoney", shown_sums)):
        left, weight_left = total.discount, total.lines
        for line in order["_lines"]:
            own = line["originalUnitPriceSet"][key]["amount"] * line["quantity"]
            if left <= 0 or weight_left <= 0:
                break
            share = (left * own / weight_left).quantize(total.discount)
            line["_discount"][key]["amount"] = share
            left, weight_left = left - share, weight_left - own


def _all_taxes(given: Input, lines: list[Input]) -> list[Input]:
    rows = list(given.get("taxLines") or [])
    for one in [*lines, *(given.get("shippingLines") or [])]:
        rows.extend(one.get("taxLines") or [])
    return rows


def _gateways(order: Record) -> list[str]:
    return list(dict.fromkeys(one["gateway"] for one in order["_transactions"]))


def _store(ctx: Context, order: Record, given: Input) -> None:
    """Put the order into the store, note it on the ledger, and tell the subscribers."""
    ctx.store.add(order)
    ctx.store.orders[order["id"]] = order
    ctx.store.created_lines.append(ctx.state.clock.line())
    for field in given.get("metafields") or []:
        write_metafield(ctx, order, field)
    attach_customer(ctx, order, given)
    make_fulfillment_orders(ctx, order)
    topics = ["orders/create"]
    if order["displayFinancialStatus"] == "PAID":
        topics.append("orders/paid")
    fulfillment = fulfill_everything(ctx, order, given)
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, "order_created", order_id=order["id"], name=order["name"],
        source_identifier=order["sourceIdentifier"],
        total=str(order["totalPriceSet"]["shopMoney"]["amount"]),
        currency=order["currencyCode"],
        metafields={f"{ns}.{key}": one["value"] for (ns, key), one in order["_metafields"].items()},
        token_tag=ctx.token.tag,
    )  # fmt: skip
    notices.send_order(ctx.state, ctx.store, order, topics, fulfillment)
