"""inventorySetQuantities, inventoryAdjustQuantities, inventoryActivate and inventoryItemUpdate.

Each refusal names its row and changes nothing at all. ``changeFromQuantity`` has to be there, null
for no comparison: the schema does not say so, the service does.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify import notices, stock
from tiktoksync.sandbox.shopify.errors import coded, user_error
from tiktoksync.sandbox.shopify.resolvers.inventory import WEIGHTS
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]
# A variant, a location, how many units more, and the document that says why.
Wish = tuple[Record, str, int, str | None]

MOST_SET = 1_000_000_000
MOST_ADJUST = 2_000_000_000
SETTABLE = ("available", "on_hand")
ADJUSTABLE = (
    "available", "damaged", "incoming", "quality_control", "reserved", "safety_stock",
)  # fmt: skip
REASONS = (
    "correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created",
    "movement_received", "movement_updated", "other", "promotion", "quality_control", "received",
    "reservation_created", "reservation_deleted", "reservation_updated", "restock",
    "safety_stock", "shrinkage",
)  # fmt: skip
STALE = "The changeFromQuantity argument no longer matches the persisted quantity."
NOT_STOCKED = "The specified inventory item is not stocked at the location."
ALREADY_ACTIVE = (
    "Not allowed to set available quantity when the item is already active at the location."
)


def set_quantities(ctx: Context, given: Input) -> Record:
    """Units are put to a number."""
    rows = given["quantities"]
    _need_comparison(rows, "InventoryQuantityInput")
    problems = list(_set_problems(ctx, given, rows))
    if problems:
        return _refused(problems)
    wishes: list[Wish] = []
    for row in rows:
        variant = _variant(ctx, row["inventoryItemId"])
        before = stock.quantity(variant, row["locationId"], given["name"])
        wishes.append((variant, row["locationId"], row["quantity"] - before, None))
    return _apply(ctx, given, wishes)


def adjust_quantities(ctx: Context, given: Input) -> Record:
    """Units are added or taken away."""
    rows = given["changes"]
    _need_comparison(rows, "InventoryChangeInput")
    problems = list(_adjust_problems(ctx, given, rows))
    if problems:
        return _refused(problems)
    wishes = [
        (
            _variant(ctx, row["inventoryItemId"]),
            row["locationId"],
            row["delta"],
            row.get("ledgerDocumentUri"),
        )
        for row in rows
    ]
    return _apply(ctx, given, wishes)


def _refused(problems: list[Record]) -> Record:
    return {"inventoryAdjustmentGroup": None, "userErrors": problems}


def _need_comparison(rows: list[Input], kind: str) -> None:
    if any("changeFromQuantity" not in row for row in rows):
        text = f"{kind} must include the following argument: changeFromQuantity."
        raise coded(text, "INVALID_FIELD_ARGUMENTS")


def _variant(ctx: Context, gid: str) -> Record:
    variant: Record = ctx.store.objects[gid]["_variant"]
    return variant


def _set_problems(ctx: Context, given: Input, rows: list[Input]) -> Iterator[Record]:
    if given["name"] not in SETTABLE:
        text = "The quantity name must be either 'available' or 'on_hand'."
        yield user_error(["input", "name"], text, "INVALID_NAME")
        return
    yield from _reason_problem(given)
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(rows):
        at = ["input", "quantities", str(place)]
        pair = (row["inventoryItemId"], row["locationId"])
        if pair in seen:
            text = "The combination of inventoryItemId and locationId must be unique."
            code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
            yield user_error([*at, "locationId"], text, code)
        seen.add(pair)
        if row["quantity"] > MOST_SET:
            text = "The total quantity can't be higher than 1,000,000,000."
            yield user_error([*at, "quantity"], text, "INVALID_QUANTITY_TOO_HIGH")
        elif row["quantity"] < -MOST_SET:
            text = "The total quantity can't be lower than -1,000,000,000."
            yield user_error([*at, "quantity"], text, "INVALID_QUANTITY_TOO_LOW")
        yield from _row_problem(ctx, given["name"], row, at)


def _adjust_problems(ctx: Context, given: Input, rows: list[Input]) -> Iterator[Record]:
    if given["name"] not in ADJUSTABLE:
        text = "The specified quantity name is invalid."
        yield user_error(["input", "name"], text, "INVALID_QUANTITY_NAME")
        return
    yield from _reason_problem(given)
    for place, row in enumerate(rows):
        at = ["input", "changes", str(place)]
        ledger = row.get("ledgerDocumentUri")
        if given["name"] == "available" and ledger:
            text = "A ledger document URI is not allowed when adjusting available."
            yield user_error([*at, "ledgerDocumentUri"], text, "INVALID_AVAILABLE_DOCUMENT")
        elif given["name"] != "available" and not ledger:
            text = "A ledger document URI is required except when adjusting available."
            yield user_error([*at, "ledgerDocumentUri"], text, "INVALID_QUANTITY_DOCUMENT")
        if abs(row["delta"]) > MOST_ADJUST:
            text, code = (
                ("The quantity can't be higher than 2,000,000,000.", "INVALID_QUANTITY_TOO_HIGH")
                if row["delta"] > 0
                else ("The quantity can't be lower than -2,000,000,000.",
                      "INVALID_QUANTITY_TOO_LOW")
            )  # fmt: skip
            yield user_error([*at, "delta"], text, code)
        yield from _row_problem(ctx, given["name"], row, at)


def _reason_problem(given: Input) -> Iterator[Record]:
    if given["reason"] not in REASONS:
        text = "The specified reason is invalid."
        yield user_error(["input", "reason"], text, "INVALID_REASON")
    document = given.get("referenceDocumentUri")
    if document and "://" not in document:
        text = "The specified reference document is invalid."
        yield user_error(["input", "referenceDocumentUri"], text, "INVALID_REFERENCE_DOCUMENT")


def _row_problem(ctx: Context, name: str, row: Input, at: list[str]) -> Iterator[Record]:
    """What is wrong with the item, the location or the number to compare with."""
    item = ctx.store.objects.get(row["inventoryItemId"])
    place = ctx.store.objects.get(row["locationId"])
    if item is None or item["__typename"] != "InventoryItem":
        text = "The specified inventory item could not be found."
        yield user_error([*at, "inventoryItemId"], text, "INVALID_INVENTORY_ITEM")
    elif place is None or place["__typename"] != "Location":
        text = "The specified location could not be found."
        yield user_error([*at, "locationId"], text, "INVALID_LOCATION")
    elif place["id"] not in item["_variant"]["_stock"]:
        yield user_error([*at, "locationId"], NOT_STOCKED)
    else:
        wanted = row["changeFromQuantity"]
        if wanted is not None and wanted != stock.quantity(item["_variant"], place["id"], name):
            yield user_error([*at, "changeFromQuantity"], STALE, "CHANGE_FROM_QUANTITY_STALE")


def _apply(ctx: Context, given: Input, wishes: list[Wish]) -> Record:
    """Change the units; without any difference there is no adjustment group."""
    name, changes = given["name"], []
    touched: list[tuple[Record, str | None]] = []
    for variant, place, delta, ledger in wishes:
        if not delta:
            continue
        stock.change(ctx.state, variant, place, name, delta)
        touched.append((variant, place))
        other = {"available": ["on_hand"], "on_hand": ["available"]}.get(name, [])
        changes += [_change(ctx, variant, place, one, delta, ledger) for one in (name, *other)]
        ctx.state.log.record_write(
            PLATFORM, ctx.store.domain, "stock_changed", sku=variant["sku"], name=name,
            item_id=variant["_item"]["id"], location_id=place, delta=delta,
            after=stock.quantity(variant, place, name), token_tag=ctx.token.tag,
        )  # fmt: skip
    if not changes:
        return {"inventoryAdjustmentGroup": None, "userErrors": []}
    notices.send_stock(ctx.state, ctx.store, touched)
    group = {
        "__typename": "InventoryAdjustmentGroup",
        "id": ctx.state.numbers.gid("InventoryAdjustmentGroup"),
        "createdAt": ctx.state.now(),
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "_changes": changes,
    }
    return {"inventoryAdjustmentGroup": ctx.store.add(group), "userErrors": []}


def _change(
    ctx: Context, variant: Record, place: str, name: str, delta: int, ledger: str | None
) -> Record:
    return {
        "name": name,
        "delta": delta,
        "item": variant["_item"],
        "location": ctx.store.objects[place],
        "ledgerDocumentUri": ledger,
        "quantityAfterChange": None,
    }


def activate(
    ctx: Context,
    inventoryItemId: str,
    locationId: str,
    available: int | None = None,
    onHand: int | None = None,
    **_: Any,
) -> Record:
    """A location begins to stock an item."""
    item, location = ctx.store.objects.get(inventoryItemId), ctx.store.objects.get(locationId)
    if item is None or item["__typename"] != "InventoryItem":
        return _level(None, ["inventoryItemId"], "The inventory item could not be found.")
    if location is None or location["__typename"] != "Location" or not location["isActive"]:
        return _level(None, ["locationId"], "The location could not be found.")
    variant = item["_variant"]
    if locationId in variant["_stock"]:
        if available is not None or onHand is not None:
            return _level(None, ["available"], ALREADY_ACTIVE)
        return {"inventoryLevel": stock.level_of(variant, location), "userErrors": []}
    variant["_stock"][locationId] = 0
    units = available if available is not None else onHand or 0
    stock.change(ctx.state, variant, locationId, "available", units)
    notices.send_connected(ctx.state, ctx.store, variant, locationId)
    notices.send_stock(ctx.state, ctx.store, [(variant, locationId)])
    return {"inventoryLevel": stock.level_of(variant, location), "userErrors": []}


def _level(level: Record | None, field: list[str], text: str) -> Record:
    return {"inventoryLevel": level, "userErrors": [user_error(field, text)]}


def update_item(ctx: Context, gid: str, given: Input) -> Record:
    """The payload of inventoryItemUpdate."""
    item = ctx.store.objects.get(gid)
    if item is None or item["__typename"] != "InventoryItem":
        error = user_error(["id"], "The product couldn't be updated because it does not exist.")
        return {"inventoryItem": None, "userErrors": [error]}
    write_item(ctx, item["_variant"], given)
    item["updatedAt"] = ctx.state.now()
    notices.send_item(ctx.state, ctx.store, item["_variant"])
    return {"inventoryItem": item, "userErrors": []}


def write_item(ctx: Context, variant: Record, given: Input) -> None:
    """Put the fields of an ``InventoryItemInput`` onto a variant's item."""
    item = variant["_item"]
    if "sku" in given:
        variant["sku"] = given["sku"]
    for name in (
        "tracked", "requiresShipping", "countryCodeOfOrigin", "provinceCodeOfOrigin",
        "harmonizedSystemCode",
    ):  # fmt: skip
        if name in given:
            item[name] = given[name]
    if "cost" in given:
        cost = given["cost"]
        money = {"amount": Decimal(cost or 0), "currencyCode": ctx.store.currency}
        item["unitCost"] = None if cost is None else money
    weight = (given.get("measurement") or {}).get("weight")
    if weight:
        item["_weight_unit"] = weight["unit"]
        variant["_grams"] = weight["value"] * WEIGHTS[weight["unit"]]
