"""The customer of an order: associated, or made on the spot."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Context, Record


def attach_customer(ctx: Context, order: Record, given: dict[str, Any]) -> None:
    wish = given.get("customer") or {}
    if given.get("customerId"):
        order["_customer"] = ctx.store.objects.get(given["customerId"])
    elif associate := wish.get("toAssociate"):
        order["_customer"] = ctx.store.objects.get(associate.get("id") or "") or _by_email(
            ctx, associate.get("email")
        )
    elif upsert := wish.get("toUpsert"):
        order["_customer"] = _by_email(ctx, upsert.get("email")) or _make(ctx, upsert)
        order["_customer"]["_orders"] = order["_customer"].get("_orders", 0) + 1
    if order["_customer"] and order["shippingAddress"]:
        order["_customer"]["defaultAddress"] = order["shippingAddress"]


def _by_email(ctx: Context, email: str | None) -> Record | None:
    if not email:
        return None
    for record in ctx.store.objects.values():
        if record["__typename"] == "Customer" and record["email"] == email:
            return record
    return None


def _make(ctx: Context, given: dict[str, Any]) -> Record:
    gid = ctx.state.numbers.gid("Customer")
    now = ctx.state.now()
    names = [given.get("firstName"), given.get("lastName")]
    email, phone = given.get("email"), given.get("phone")
    return ctx.store.add(
        {
            "__typename": "Customer",
            "id": gid,
            "legacyResourceId": number_of(gid),
            "email": email,
            "phone": phone,
            "firstName": given.get("firstName"),
            "lastName": given.get("lastName"),
            "displayName": " ".join(one for one in names if one) or email or "Customer",
            "defaultEmailAddress": {"emailAddress": email, "validFormat": True} if email else None,
            "defaultPhoneNumber": {"phoneNumber": phone} if phone else None,
            "defaultAddress": None,
            "note": given.get("note"),
            "tags": sorted(given.get("tags") or []),
            "taxExempt": bool(given.get("taxExempt")),
            "locale": "en",
            "verifiedEmail": False,
            "createdAt": now,
            "updatedAt": now,
            "_metafields": {},
        }
    )
