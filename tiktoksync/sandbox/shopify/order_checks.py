"""What orderCreate refuses, each with the field and the text that were recorded."""

from __future__ import annotations

import re
from typing import Any

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.metafields import find_taken, is_owner_value
from tiktoksync.sandbox.shopify.state import Context, Record

Input = dict[str, Any]

LIMIT_TEXT = (
    "Exceeded order API rate limit, please try again in a minute. "
    "Upgrade to a paid account to remove this limit."
)
MOST_LINES = 499
MOST_TAGS = 250
_PHONE = re.compile(r"\+?[0-9][0-9 ().\-]{3,20}")
_CURRENCY_TEXT = (
    "{} currency does not match the order currency "
    "(which defaults to the shop currency if not given)"
)


def find_problems(ctx: Context, order: Input) -> list[Record]:
    """The user errors of an orderCreate input; empty when it may go ahead."""
    limited = _check_rate(ctx)
    if limited:
        return [limited]
    return [
        *_check_customer(order),
        *_check_lines(ctx, order),
        *_check_discount(order),
        *_check_taxes(ctx, order),
        *_check_contact(order),
        *_check_metafields(ctx, order),
    ]


def _check_rate(ctx: Context) -> Record | None:
    """The limit of development stores: so many orders a minute."""
    limit = ctx.state.config["dev_store_order_limit"]
    if not limit:
        return None
    now = ctx.state.clock.line()
    recent = [at for at in ctx.store.created_lines if at > now - 60]
    ctx.store.created_lines[:] = recent
    if len(recent) < int(limit):
        return None
    return user_error(["order"], LIMIT_TEXT, "INVALID")


def _check_customer(order: Input) -> list[Record]:
    customer = order.get("customer") or {}
    both = order.get("customerId") and customer
    two = customer.get("toAssociate") and customer.get("toUpsert")
    if not both and not two:
        return []
    text = "Only one of customer and customerId can be used"
    return [user_error(["order", "customer"], text, "REDUNDANT_CUSTOMER_FIELDS")]


def _check_lines(ctx: Context, order: Input) -> list[Record]:
    lines = order.get("lineItems") or []
    if not lines:
        text = "Line items must have at least one line item"
        return [user_error(["order", "lineItems"], text, "INVALID")]
    if len(lines) > MOST_LINES:
        return [user_error(["order", "lineItems"], "Line items are too many", "INVALID")]
    problems: list[Record] = []
    for place, line in enumerate(lines):
        problems.extend(_check_line(ctx, order, line, ["order", "lineItems", str(place)]))
    return problems


def _check_line(ctx: Context, order: Input, line: Input, at: list[str]) -> list[Record]:
    if line["quantity"] < 1:
        return [user_error([*at, "quantity"], "Quantity must be greater than 0", "INVALID")]
    variant_id = line.get("variantId")
    variant = ctx.store.objects.get(variant_id) if variant_id else None
    if variant_id and (variant is None or variant["__typename"] != "ProductVariant"):
        return [user_error([*at, "variantId"], "Line items Variant is invalid", "INVALID")]
    if variant is None and not line.get("title"):
        return [
            user_error(["order"], "Line items Title can't be blank", "INVALID"),
            user_error(["order"], "Line items Name can't be blank", "INVALID"),
        ]
    if line.get("priceSet") and _foreign(ctx, order, line["priceSet"]):
        return [user_error(at, _CURRENCY_TEXT.format("Line items price"), "INVALID")]
    return []


def _foreign(ctx: Context, order: Input, price: Input) -> bool:
    """Whether the shop side of an amount is not in the order's currency."""
    currency = order.get("currency") or ctx.store.currency
    return bool(price["shopMoney"]["currencyCode"] != currency)


def _check_discount(order: Input) -> list[Record]:
    given = [one for one in (order.get("discountCode") or {}).values() if one]
    if len(given) < 2:
        return []
    return [user_error(["order", "discountCode"], "Only one discount code is allowed", "INVALID")]


def _check_taxes(ctx: Context, order: Input) -> list[Record]:
    on_lines = [tax for one in order.get("lineItems") or [] for tax in one.get("taxLines") or []]
    problems: list[Record] = []
    if on_lines and order.get("taxLines"):
        text = "Tax lines must be specified on either the order or the line items, not both"
        problems.append(user_error(["order", "taxLines"], text, "INVALID"))
    taxes = [*on_lines, *(order.get("taxLines") or [])]
    if any(one.get("priceSet") and _foreign(ctx, order, one["priceSet"]) for one in taxes):
        text = _CURRENCY_TEXT.format("Line items tax lines")
        problems.append(user_error(["order", "lineItems"], text, "INVALID"))
    return problems


def _check_contact(order: Input) -> list[Record]:
    problems: list[Record] = []
    phone = order.get("phone")
    if phone and not _PHONE.fullmatch(phone):
        problems.append(user_error(["order", "phone"], "Phone is invalid", "INVALID"))
    email = order.get("email")
    if email and ("@" not in email or "*" in email or " " in email):
        problems.append(user_error(["order", "email"], "Email is invalid", "INVALID"))
    tags = order.get("tags") or []
    if len(tags) > MOST_TAGS or any(len(tag) > 40 for tag in tags):
        text = "Tags exceed the maximum of 250 tags with 40 characters"
        problems.append(user_error(["order", "tags"], text, "INVALID"))
    return problems


def _check_metafields(ctx: Context, order: Input) -> list[Record]:
    problems: list[Record] = []
    for place, field in enumerate(order.get("metafields") or []):
        at = ["order", "metafields", str(place)]
        if not field.get("key") or field.get("value") in (None, ""):
            problems.append(user_error([*at, "value"], "Value can't be blank", "INVALID"))
        elif not is_owner_value(ctx, "ORDER", field):
            problems.append(user_error([*at, "type"], "Type is invalid", "INVALID"))
        elif find_taken(ctx, "ORDER", field):
            problems.append(user_error([*at, "value"], "Value must be unique", "INVALID"))
    return problems
