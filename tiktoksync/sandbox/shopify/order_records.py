"""The parts of an order as records: addresses, lines, shipping, taxes, transactions."""

from __future__ import annotations

import secrets
from typing import Any

from tiktoksync.sandbox.shopify.money import ZERO, Bag, bag
from tiktoksync.sandbox.shopify.state import Context, Record
from tiktoksync.sandbox.shopify.totals import Side

Input = dict[str, Any]


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


def convert_money(given: Input | None, order: Record) -> Bag:
    """A MoneyBagInput as a bag in the order's two currencies."""
    currency, shown = order["currencyCode"], order["presentmentCurrencyCode"]
    left, right = Side(currency, "shopMoney"), Side(shown, "presentmentMoney")
    return bag(left.amount(given), currency, right.amount(given), shown)


def make_line(ctx: Context, order: Record, line: Input) -> Record:
    gid = ctx.state.numbers.gid("LineItem")
    title, variant_title = line["title"], line.get("variantTitle")
    variant = line["_variant"]
    unit = convert_money(line["priceSet"], order)
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
        "taxLines": [make_tax(one, order) for one in line.get("taxLines") or []],
        "originalUnitPriceSet": unit,
        "weight": line.get("weight"),
        "_variant": variant,
        "_discount": _no_money(order),
        "_order": order,
    }
    return ctx.store.add(record)


def _no_money(order: Record) -> Bag:
    return bag(ZERO, order["currencyCode"], ZERO, order["presentmentCurrencyCode"])


def make_shipping(ctx: Context, given: Input, order: Record) -> Record:
    price = convert_money(given["priceSet"], order)
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
        "taxLines": [make_tax(one, order) for one in given.get("taxLines") or []],
    }


def make_tax(given: Input, order: Record) -> Record:
    rate = given["rate"]
    return {
        "title": given["title"],
        "rate": float(rate),
        "ratePercentage": float(rate * 100),
        "channelLiable": bool(given.get("channelLiable")),
        "priceSet": convert_money(given.get("priceSet"), order),
        "source": None,
    }


def make_transaction(ctx: Context, order: Record, given: Input) -> Record:
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
            "amountSet": convert_money(given["amountSet"], order),
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
