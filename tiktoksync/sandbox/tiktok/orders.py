"""Order search, order detail and the price detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.money import text as money_text
from tiktoksync.sandbox.tiktok.paging import (
    Key,
    TimeIndex,
    fingerprint,
    page_size,
    read_token,
    write_token,
)
from tiktoksync.sandbox.tiktok.routes import Context, RawData
from tiktoksync.sandbox.tiktok.state import Order, Shop, TikTokState
from tiktoksync.sandbox.tiktok.view import order_text

MOST_IDS = 50
TIME_FILTERS = ("create_time_ge", "create_time_lt", "update_time_ge", "update_time_lt")


def search_orders(ctx: Context) -> RawData:
    """Search Order List: filters in the body, sorting and paging in the query."""
    size = page_size(ctx.request.param("page_size"), 20, 100)
    field, ascending = _read_sorting(ctx)
    filters = _read_filters(ctx.body)
    mark = fingerprint([filters, field, ascending, size])
    index, low, high = _range(ctx.the_shop, field, filters)
    wanted = _make_test(filters, field)
    token = ctx.request.param("page_token")
    last = read_token(token, mark, ctx.state.config["strict"]) if token else None
    page: list[Order] = []
    more = ""
    for key, order in _walk(ctx.state, index, low, high, ascending, last):
        if not wanted(order):
            continue
        if len(page) == size:
            more = write_token(_key_of(page[-1], field), mark)
            break
        page.append(order)
        last = key
    total = _count(ctx.state, index, low, high, wanted if _selective(filters, field) else None)
    rows = ",".join(order_text(order) for order in page)
    return RawData(f'{{"next_page_token":"{more}","orders":[{rows}],"total_count":{total}}}')


def _key_of(order: Order, field: str) -> Key:
    return order.body[field], order.number


def _read_sorting(ctx: Context) -> tuple[str, bool]:
    field = ctx.request.param("sort_field") or "create_time"
    direction = ctx.request.param("sort_order") or "DESC"
    if field not in ("create_time", "update_time"):
        raise errors.bad_param("param sort_field is invalid")
    if direction not in ("ASC", "DESC"):
        raise errors.bad_param("param sort_order is invalid")
    return field, direction == "ASC"


def _read_filters(body: dict[str, Any]) -> dict[str, Any]:
    filters = {name: value for name, value in body.items() if value not in (None, "", [])}
    for name in TIME_FILTERS:
        if name in filters and (
            not isinstance(filters[name], int) or isinstance(filters[name], bool)
        ):
            raise errors.bad_param(f"param body.{name} must be an integer")
    return filters


def _range(shop: Shop, field: str, filters: dict[str, Any]) -> tuple[TimeIndex, int, int]:
    index = shop.by_create if field == "create_time" else shop.by_update
    low, high = index.between(filters.get(f"{field}_ge"), filters.get(f"{field}_lt"))
    return index, low, high


def _selective(filters: dict[str, Any], field: str) -> bool:
    """Whether anything but the sorted time decides who belongs to the result."""
    return bool(set(filters) - {f"{field}_ge", f"{field}_lt"})


def _make_test(filters: dict[str, Any], field: str) -> Callable[[Order], bool]:
    other = "update_time" if field == "create_time" else "create_time"
    exact = {
        "order_status": "status",
        "shipping_type": "shipping_type",
        "buyer_user_id": "user_id",
        "is_buyer_request_cancel": "is_buyer_request_cancel",
    }
    pairs = [(column, filters[name]) for name, column in exact.items() if name in filters]
    since, before = filters.get(f"{other}_ge"), filters.get(f"{other}_lt")
    warehouses = filters.get("warehouse_ids")

    def test(order: Order) -> bool:
        body = order.body
        return (
            all(body[column] == value for column, value in pairs)
            and (since is None or body[other] >= since)
            and (before is None or body[other] < before)
            and (not warehouses or body["warehouse_id"] in warehouses)
        )

    return test


def _walk(
    state: TikTokState, index: TimeIndex, low: int, high: int, ascending: bool, last: Key | None
) -> Iterator[tuple[Key, Order]]:
    """The orders of the range in order, beginning after ``last``."""
    if ascending:
        start = low if last is None else max(low, index.after(last, True))
        places = range(start, high)
    else:
        start = high - 1 if last is None else min(high - 1, index.after(last, False))
        places = range(start, low - 1, -1)
    for place in places:
        key = index[place]
        yield key, state.by_number[key[1]]


def _count(
    state: TikTokState,
    index: TimeIndex,
    low: int,
    high: int,
    wanted: Callable[[Order], bool] | None,
) -> int:
    if wanted is None:
        return high - low
    return sum(wanted(state.by_number[index[place][1]]) for place in range(low, high))


def get_orders(ctx: Context) -> RawData:
    """Get Order Detail: at most 50 ids, and all of them of this shop."""
    ids = list(dict.fromkeys(ctx.request.values("ids")))
    if not ids:
        raise errors.bad_param("param ids is missing")
    if len(ids) > MOST_IDS:
        raise errors.bad_param(f"param ids exceeds {MOST_IDS}")
    rows = ",".join(order_text(own_order(ctx, order_id)) for order_id in ids)
    return RawData(f'{{"orders":[{rows}]}}')


def own_order(ctx: Context, order_id: str) -> Order:
    """An order of the calling shop; raises 21008111 otherwise."""
    order = ctx.state.orders.get(order_id)
    if order is None or order.shop_id != ctx.the_shop.id:
        raise errors.not_yours(order_id)
    return order


def get_price_detail(ctx: Context) -> dict[str, Any]:
    """Get Price Detail: what was deducted from what, for the order and for each line."""
    order = own_order(ctx, ctx.params["order_id"])
    payment = order.body["payment"]
    lines = [_price_row(line, payment["currency"]) for line in order.body["line_items"]]
    listed = Decimal(payment["original_total_product_price"])
    shipping = Decimal(payment["original_shipping_fee"])
    return {
        "currency": payment["currency"],
        "total": money_text(listed + shipping),
        "payment": payment["total_amount"],
        "sku_list_price": payment["original_total_product_price"],
        "sku_sale_price": payment["sub_total"],
        "subtotal": payment["sub_total"],
        "subtotal_deduction_seller": payment["seller_discount"],
        "subtotal_deduction_platform": payment["platform_discount"],
        "subtotal_tax_amount": payment["product_tax"],
        "voucher_deduction_seller": "0",
        "voucher_deduction_platform": "0",
        "shipping_list_price": payment["original_shipping_fee"],
        "shipping_sale_price": payment["shipping_fee"],
        "shipping_fee_deduction_seller": payment["shipping_fee_seller_discount"],
        "shipping_fee_deduction_platform": payment["shipping_fee_platform_discount"],
        "shipping_fee_deduction_platform_voucher": "0",
        "tax_amount": payment["tax"],
        "net_price_amount": payment["sub_total"],
        "cod_fee": "0",
        "line_items": lines,
    }


def _price_row(line: dict[str, Any], currency: str) -> dict[str, Any]:
    taxes = line.get("item_tax", [])
    return {
        "id": line["id"],
        "currency": currency,
        "sku_list_price": line["original_price"],
        "sku_sale_price": line["sale_price"],
        "subtotal": line["sale_price"],
        "subtotal_deduction_seller": line["seller_discount"],
        "subtotal_deduction_platform": line["platform_discount"],
        "tax_amount": taxes[0]["tax_amount"] if taxes else "0",
        "tax_rate": taxes[0]["tax_rate"] if taxes else "0",
        "sku_gift_original_price": line["gift_retail_price"],
    }
