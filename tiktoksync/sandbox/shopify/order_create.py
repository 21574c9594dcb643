"""orderCreate: from its input to a stored order with lines, money and fulfilment orders."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify import notices
from tiktoksync.sandbox.shopify.customers import attach_customer
from tiktoksync.sandbox.shopify.fulfillment_orders import make_fulfillment_orders
from tiktoksync.sandbox.shopify.fulfillments import fulfill_everything
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.metafields import write_metafield
from tiktoksync.sandbox.shopify.money import Bag, bag
from tiktoksync.sandbox.shopify.order_checks import find_problems
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
            left = sum(variant["_stock"].values())
            if variant["inventoryPolicy"] == "DENY" and left < quantity:
                text = "Unable to claim inventory"
                return {"field": ["order"], "message": text, "code": "INVENTORY_CLAIM_FAILED"}
    for variant, quantity in wanted:
        place = next(iter(variant["_stock"]), None)
        if place is not None:
            variant["_stock"][place] -= quantity
    return None


def _build(ctx: Context, given: Input) -> Record:
    currency = given.get("currency") or ctx.store.currency
    shown = given.get("presentmentCurrency") or currency
    lines = [_fill_line(ctx, line, currency) for line in given["lineItems"]]
    shop_side, shown_side = Side(currency, "shopMoney"), Side(shown, "presentmentMoney")
    sums = add_up(given, lines, shop_side)
    shown_sums = add_up(given, lines, shown_side)
    gid = ctx.state.numbers.gid("Order")
    number = ctx.store.next_order
    ctx.store.next_order += 1
    now = ctx.state.now()
    order: Record = {
        "__typename": "Order",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "name": given.get("name") or f"#{number}",
        "number": number,
        "createdAt": now,
        "updatedAt": now,
        "processedAt": min(given.get("processedAt") or now, now),
        "currencyCode": currency,
        "presentmentCurrencyCode": shown,
        "displayFinancialStatus": financial_status(given, sums),
        "displayFulfillmentStatus": "UNFULFILLED",
        **_plain_fields(given),
        **money_fields(sums, shown_sums, currency, shown),
        "_born": ctx.state.clock.line(),
        "_app": ctx.app,
        "_shop": ctx.store.domain,
        "_metafields": {},
        "_fulfillments": [],
        "_fulfillment_orders": [],
        "_refunds": [],
        "_customer": None,
        "_input": given,
    }
    order["_lines"] = [_make_line(ctx, order, line) for line in lines]
    _share_discount(order, sums, shown_sums)
    order["_shipping_lines"] = [
        _make_shipping(ctx, one, order) for one in given.get("shippingLines") or []
    ]
    order["taxLines"] = [_tax(one, order) for one in _all_taxes(given, lines)]
    order["_transactions"] = [
        _make_transaction(ctx, order, one) for one in given.get("transactions") or []
    ]
    order["paymentGatewayNames"] = _gateways(order)
    return order


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


def make_address(given: Input | None) -> Record | None:
    if given is None:
        return None
    code = given.get("countryCode")
    names = [given.get("firstName"), given.get("lastName")]
    return {
        "__typename": "MailingAddress",
        "id": f"gid://shopify/MailingAddress/{secrets.randbelow(10**12)}?model_name=Address",
        **{key: given.get(key) for key in (
            "address1", "address2", "city", "company", "firstName", "lastName", "phone", "zip",
        )},
        "country": given.get("country") or code,
        "countryCode": code,
        "countryCodeV2": code,
        "province": given.get("province") or given.get("provinceCode"),
        "provinceCode": given.get("provinceCode"),
        "name": " ".join(name for name in names if name) or None,
        "latitude": None,
        "longitude": None,
        "timeZone": None,
        "coordinatesValidated": False,
    }  # fmt: skip


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


def _money(given: Input | None, order: Record) -> Bag:
    """A MoneyBagInput as a bag in the order's two currencies."""
    currency, shown = order["currencyCode"], order["presentmentCurrencyCode"]
    left, right = Side(currency, "shopMoney"), Side(shown, "presentmentMoney")
    return bag(left.amount(given), currency, right.amount(given), shown)


def _make_line(ctx: Context, order: Record, line: Input) -> Record:
    gid = ctx.state.numbers.gid("LineItem")
    title, variant_title = line["title"], line.get("variantTitle")
    variant = line["_variant"]
    unit = _money(line["priceSet"], order)
    record: Record = {
        "__typename": "LineItem",
        "id": gid,
        "title": title,
        "variantTitle": variant_title,
        "name": f"{title} - {variant_title}" if variant_title else title,
        "sku": line.get("sku"),
        "vendor": line.get("vendor"),
        "quantity": line["quantity"],
        "currentQuantity": line["quantity"],
        "refundableQuantity": line["quantity"],
        "unfulfilledQuantity": line["quantity"],
        "requiresShipping": bool(line.get("requiresShipping")),
        "taxable": bool(line.get("taxable", True)),
        "isGiftCard": bool(line.get("giftCard")),
        "merchantEditable": True,
        "restockable": True,
        "customAttributes": [
            {"key": one["name"], "value": one["value"]} for one in line.get("properties") or []
        ],
        "taxLines": [_tax(one, order) for one in line.get("taxLines") or []],
        "originalUnitPriceSet": unit,
        "weight": line.get("weight"),
        "_variant": variant,
        "_discount": bag(
            unit["shopMoney"]["amount"] * 0, order["currencyCode"],
            unit["presentmentMoney"]["amount"] * 0, order["presentmentCurrencyCode"],
        ),
        "_order": order,
    }  # fmt: skip
    return ctx.store.add(record)


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


def _make_shipping(ctx: Context, given: Input, order: Record) -> Record:
    price = _money(given["priceSet"], order)
    return {
        "__typename": "ShippingLine",
        "id": ctx.state.numbers.gid("ShippingLine"),
        "title": given["title"],
        "code": given.get("code"),
        "source": given.get("source"),
        "carrierIdentifier": None,
        "deliveryCategory": None,
        "phone": None,
        "custom": True,
        "isRemoved": False,
        "originalPriceSet": price,
        "discountedPriceSet": price,
        "currentDiscountedPriceSet": price,
        "taxLines": [_tax(one, order) for one in given.get("taxLines") or []],
    }


def _all_taxes(given: Input, lines: list[Input]) -> list[Input]:
    rows = list(given.get("taxLines") or [])
    for one in [*lines, *(given.get("shippingLines") or [])]:
        rows.extend(one.get("taxLines") or [])
    return rows


def _tax(given: Input, order: Record) -> Record:
    rate = given["rate"]
    return {
        "title": given["title"],
        "rate": float(rate),
        "ratePercentage": float(rate * 100),
        "channelLiable": bool(given.get("channelLiable")),
        "priceSet": _money(given.get("priceSet"), order),
        "source": None,
    }


def _make_transaction(ctx: Context, order: Record, given: Input) -> Record:
    now = ctx.state.now()
    gateway = given.get("gateway") or "manual"
    return ctx.store.add(
        {
            "__typename": "OrderTransaction",
            "id": ctx.state.numbers.gid("OrderTransaction"),
            "kind": given.get("kind") or "SALE",
            "status": given.get("status") or "SUCCESS",
            "gateway": gateway,
            "formattedGateway": gateway,
            "manualPaymentGateway": True,
            "amountSet": _money(given["amountSet"], order),
            "authorizationCode": given.get("authorizationCode"),
            "receiptJson": given.get("receiptJson"),
            "test": bool(given.get("test")),
            "paymentId": None,
            "parentTransaction": None,
            "processedAt": given.get("processedAt") or now,
            "createdAt": now,
            "_order": order,
        }
    )


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
