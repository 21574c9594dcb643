"""What a SKU of a new or edited product has to satisfy."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import product_limits as limits
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.product_bodies import make_option
from tiktoksync.sandbox.tiktok.state import Shop, TikTokState
from tiktoksync.sandbox.tiktok.text_rules import check_plain, refuses_han

Body = dict[str, Any]

_CODES = {
    "GTIN": r"\d{14}", "EAN": r"\d{8}|\d{13}|\d{14}", "UPC": r"\d{12}",
    "ISBN": r"\d{13}|\d{9}[\dX]", "JAN": r"\d{8}|\d{13}",
}  # fmt: skip


def check_skus(state: TikTokState, shop: Shop, rows: Any, known: set[str], draft: bool) -> None:
    """All SKUs of a product; ``known`` are the ids of those that exist. Raises ApiError."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad_param("param body.skus must be a list of objects")
    if not rows:
        text = "The SKU list is empty. Either omit the list entirely, or provide all required "
        raise ApiError(12052902, text + "details.")
    most = limits.most_skus(shop.region)
    if len(rows) > most:
        code = 12052050 if most == 100 else 12019015
        raise ApiError(code, f"A single product cannot have more than {most} different SKUs")
    _check_options(state, shop, rows)
    for row in rows:
        sku_id = str(row.get("id") or "")
        new = sku_id not in known
        if known and sku_id and new:
            raise ApiError(12019056, "sku not allow add")
        check_seller_sku(shop.region, str(row.get("seller_sku") or ""))
        if row.get("price") or (new and not draft):
            check_price(shop, row.get("price"))
        if row.get("inventory") or (new and not draft):
            check_inventory(shop, row.get("inventory"), 1 if new else 0)
        _check_identifier(row.get("identifier_code"))
    _check_external_ids(rows)
    _check_distinct_identifiers(rows)


def _check_options(state: TikTokState, shop: Shop, rows: list[Body]) -> None:
    """The same kinds of options on every SKU, each combination once."""
    kinds: list[str] | None = None
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        options = row.get("sales_attributes") or []
        if len(options) > limits.MOST_KINDS:
            raise ApiError(12052525, "The number of sales attributes exceeds the limit of 3.")
        for place, one in enumerate(options):
            _check_option(state, shop, one, place)
        resolved = [make_option(one) for one in options]
        if not all(one["name"] and one["value_name"] for one in resolved):
            raise ApiError(12019019, "sale property is invalid")
        names = [one["id"] for one in resolved]
        kinds = names if kinds is None else kinds
        if sorted(names) != sorted(kinds):
            raise ApiError(12052520, "All SKUs must have the same sales attributes.")
        if len(set(names)) != len(names):
            raise ApiError(12019019, "sale property is invalid")
        values = sorted(f"{one['id']}={one['value_name'].strip().lower()}" for one in resolved)
        if tuple(values) in seen:
            raise _repeated_options(options)
        seen.add(tuple(values))


def _repeated_options(options: list[Body]) -> ApiError:
    if not options:
        return ApiError(12019019, "sale property is invalid")
    text = "Duplicated attribute values found for an attribute. Remove or modify the duplicated "
    return ApiError(12052251, text + "value.")


def _check_option(state: TikTokState, shop: Shop, one: Body, place: int) -> None:
    name, value = str(one.get("name") or ""), str(one.get("value_name") or "")
    if not (one.get("id") or name) or not (one.get("value_id") or value):
        raise ApiError(12052523, "The sales attribute name or value is missing.")
    if len(name) > limits.LONGEST_OPTION_NAME:
        raise ApiError(12052521, "The sales attribute name exceeds 20 characters.")
    if len(value) > limits.LONGEST_OPTION_VALUE:
        raise ApiError(12052522, "The sales attribute value exceeds 50 characters.")
    for text in (name, value):
        check_plain(text, "sales attribute")
        if refuses_han(shop.region, text):
            text = "Chinese characters are not supported in sales attributes"
            raise ApiError(12052250, text)
    pictures = [one["sku_img"]] if one.get("sku_img") else []
    if pictures and place > 0:
        raise ApiError(12052526, "SKU images are allowed on the first sales attribute only.")
    more = one.get("supplementary_sku_images") or []
    if len(more) > limits.MOST_SUPPLEMENTARY:
        raise ApiError(12052527, "The number of supplementary SKU images exceeds the limit of 8.")
    for picture in [*pictures, *more]:
        check_uri(state, picture)


def check_uri(state: TikTokState, picture: Any) -> str:
    """The uri of an uploaded picture; an address of somewhere else is unknown too."""
    uri = str(picture.get("uri") or "") if isinstance(picture, dict) else ""
    if uri not in state.images:
        raise ApiError(12052722, f"The image uri does not exist: {uri[:100]}")
    return uri


def check_seller_sku(region: str, sku: str) -> None:
    """Blank is allowed; raises ApiError for a wrong one."""
    if not sku:
        return
    if len(sku) > limits.LONGEST_SELLER_SKU:
        raise ApiError(12052054, "The seller SKU text length cannot exceed max limit characters")
    strict = region in limits.STRICT_SKU
    pattern = r"[A-Za-z0-9_-]{6,50}" if strict else r"\S{1,50}"
    if not re.fullmatch(pattern, sku):
        raise ApiError(12019059, "seller sku is invalid")


def check_price(shop: Shop, given: Any) -> None:
    """``{"amount", "currency"}`` in the shop's currency, more than nothing."""
    if not isinstance(given, dict):
        raise ApiError(12052073, "The product price is invalid")
    name = "amount" if shop.seller_type == "LOCAL" else "sale_price"
    text = str(given.get(name) or given.get("amount") or "")
    if given.get("currency") != shop.currency:
        text = "The provided currency is not available for this shop/region."
        raise ApiError(12052084, text)
    check_amount(text, shop.currency)


def check_amount(text: str, currency: str) -> Decimal:
    """Plain digits with the decimals of the currency; raises ApiError."""
    decimals = limits.price_decimals(currency)
    fraction = rf"(\.\d{{1,{decimals}}})?" if decimals else ""
    if not re.fullmatch(rf"\d{{1,12}}{fraction}", text):
        raise ApiError(12052012, "Incorrect price format")
    amount = Decimal(text)
    if amount == 0:
        raise ApiError(12052073, "The product price is invalid")
    if amount > limits.highest_price(currency):
        raise ApiError(12052570, "The product price is out of the allowed range")
    return amount


def check_inventory(shop: Shop, rows: Any, lowest: int) -> dict[str, int]:
    """Stock by warehouse; a shop with one warehouse need not name it."""
    if not isinstance(rows, list) or not rows:
        raise ApiError(12019022, "SKU must contain a valid warehouse.")
    found: dict[str, int] = {}
    for row in rows:
        warehouse = str(row.get("warehouse_id") or "")
        if not warehouse and len(shop.warehouses) == 1:
            warehouse = shop.warehouses[0]
        if not warehouse:
            raise ApiError(12019022, "SKU must contain a valid warehouse.")
        if warehouse not in shop.warehouses:
            raise ApiError(12052097, "The warehouse does not exist")
        found[warehouse] = check_quantity(row.get("quantity"), lowest)
    return found


def check_quantity(value: Any, lowest: int) -> int:
    """A whole number up to 99,999; raises ApiError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ApiError(12019024, "stock count is invalid")
    if not lowest <= value <= limits.MOST_STOCK:
        text = "The SKU inventory quantity for the warehouse must be within allowed limits."
        raise ApiError(12052055, text)
    return int(value)


def _check_identifier(given: Any) -> None:
    if not given:
        return
    pattern = _CODES.get(str(given.get("type")))
    if pattern is None:
        raise ApiError(12052591, "The identifier code type is invalid.")
    if not re.fullmatch(pattern, str(given.get("code") or "")):
        raise ApiError(12052592, "The identifier code format is invalid.")


def _check_distinct_identifiers(rows: list[Body]) -> None:
    codes = [row["identifier_code"]["code"] for row in rows if row.get("identifier_code")]
    if len(set(codes)) != len(codes):
        raise ApiError(12052593, "The identifier code is used by another SKU.")


def _check_external_ids(rows: list[Body]) -> None:
    ids = [str(row["external_sku_id"]) for row in rows if row.get("external_sku_id")]
    if any(len(one) > limits.LONGEST_EXTERNAL_ID for one in ids):
        raise ApiError(12052369, "The external id exceeds the maximum length.")
    if len(set(ids)) != len(ids):
        raise ApiError(12052996, "external_id duplicated")
