"""The endpoints that split orders into parcels and combine orders into one."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors, splitting
from tiktoksync.sandbox.tiktok.fulfillment import own_package
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove
from tiktoksync.sandbox.tiktok.orders import MOST_IDS, own_order
from tiktoksync.sandbox.tiktok.parcels import Line, Package
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.row_pages import page_of
from tiktoksync.sandbox.tiktok.state import PLATFORM, Order


def get_split_attributes(ctx: Context) -> dict[str, Any]:
    """Get Order Split Attributes of up to fifty orders."""
    ids = list(dict.fromkeys(ctx.request.values("order_ids")))
    if not ids:
        raise errors.bad_param("param order_ids is missing")
    if len(ids) > MOST_IDS:
        raise errors.bad_param(f"param order_ids exceeds {MOST_IDS}")
    rows = [splitting.split_attributes(ctx.state, own_order(ctx, one)) for one in ids]
    return {"split_attributes": rows}


def split_order(ctx: Context) -> dict[str, Any]:
    """Split Orders: a parcel for each group; groups are named by the caller."""
    order = own_order(ctx, ctx.params["order_id"])
    if order.status == "ON_HOLD":
        raise errors.on_hold()
    groups = ctx.body.get("splittable_groups")
    if not isinstance(groups, list) or not groups:
        raise errors.bad_param("param body.splittable_groups is missing")
    names = [str(row.get("id", "")) for row in groups]
    if not all(names) or len(set(names)) != len(names):
        raise errors.bad_value("splittable_groups", "ids must differ", "an id for each group")
    chosen = [_group_lines(order, row) for row in groups]
    try:
        made = splitting.split_order(ctx.state, order, chosen)
    except WrongMove as error:
        raise errors.bad_value("splittable_groups", str(error), "a possible split") from None
    _record(ctx, "split", made)
    rows = zip(names, made, strict=False)
    return {"packages": [{"splittable_group_id": name, "id": one["id"]} for name, one in rows]}


def _group_lines(order: Order, row: dict[str, Any]) -> list[Line]:
    ids = row.get("order_line_item_ids") or []
    chosen = [line for line in splitting.waiting_lines(order) if line["id"] in ids]
    if not ids or len(chosen) != len(set(ids)):
        expected = "waiting lines of the order"
        raise errors.bad_value("order_line_item_ids", "unknown line", expected)
    return chosen


def search_combinable(ctx: Context) -> dict[str, Any]:
    """Search Combinable Packages: orders of one buyer to one address."""
    groups = splitting.combinable(ctx.state, ctx.the_shop.id)
    rows = [{"id": key, "order_ids": [one.id for one in found]} for key, found in groups.items()]
    page = page_of(ctx, rows, "combinable_packages", default=20)
    return {name: page[name] for name in ("combinable_packages", "next_page_token", "total_count")}


def combine_packages(ctx: Context) -> dict[str, Any]:
    """Combine Packages: each group succeeds or fails by itself."""
    rows = ctx.body.get("combinable_packages")
    if not isinstance(rows, list) or not rows:
        raise errors.bad_param("param body.combinable_packages is missing")
    made: list[Package] = []
    failed = []
    for row in rows:
        ids = [str(one) for one in row.get("order_ids") or []]
        try:
            made.append(splitting.combine(ctx.state, [own_order(ctx, one) for one in ids]))
        except WrongMove as error:
            refusal = errors.no_combining(str(error))
            failed.append(
                {"code": refusal.code, "message": refusal.message,
                 "detail": {"id": str(row.get("id", "")), "order_ids": ids}}
            )  # fmt: skip
    if made:
        _record(ctx, "combined", made)
    return {"packages": _named(made), "errors": failed}


def uncombine_packages(ctx: Context) -> dict[str, Any]:
    """Uncombine Packages: the named orders, or all of them, travel alone again."""
    package, _ = own_package(ctx, ctx.params["package_id"])
    ids = [str(one) for one in ctx.body.get("order_ids") or package["order_ids"]]
    if not set(ids) <= set(package["order_ids"]):
        raise errors.bad_value("order_ids", "not in this package", "orders of the package")
    orders = [ctx.state.orders[one] for one in ids]
    try:
        made = splitting.uncombine(ctx.state, package, orders)
    except WrongMove as error:
        raise errors.no_combining(str(error)) from None
    _record(ctx, "uncombined", made)
    return {"packages": _named(made)}


def _named(packages: list[Package]) -> list[dict[str, Any]]:
    return [{"id": one["id"], "order_ids": one["order_ids"]} for one in packages]


def _record(ctx: Context, kind: str, packages: list[Package]) -> None:
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, kind, order_id=packages[0]["order_id"],
        package_ids=[one["id"] for one in packages],
    )  # fmt: skip
