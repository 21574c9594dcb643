"""Prices and stock: changed at once, without a review."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import review
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.product_writes import own_product, wrong_status
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.sku_checks import check_price, check_quantity
from tiktoksync.sandbox.tiktok.state import PLATFORM, Listing, Product, Shop

Row = dict[str, Any]

MOST_PRODUCTS, MOST_SKUS = 100, 600
STOCKED = ("DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED")


def update_prices(ctx: Context) -> Row:
    """Update Price: all or nothing, and only while the product is on sale."""
    product = own_product(ctx, ctx.params["product_id"])
    rows = _sku_rows(ctx)
    if product.status != "ACTIVATE":
        raise wrong_status()
    if product.price_lock:
        raise ApiError(product.price_lock, "Product price locked due to ongoing promotion.")
    for row in rows:
        if str(row.get("id") or "") not in product.skus:
            raise ApiError(12052036, "The SKU ID is necessary")
        check_price(ctx.the_shop, row.get("price"))
    for row in rows:
        _set_price(ctx, product.skus[str(row["id"])], row)
    review.touch(ctx.state, product)
    return {}


def _set_price(ctx: Context, listing: Listing, row: Row) -> None:
    price = row["price"]
    listing.price = str(price.get("amount") or price.get("sale_price"))
    if "list_price" in row:
        listing.list_price = dict(row["list_price"] or {})
    if "external_list_prices" in row:
        listing.external_list_prices = list(row["external_list_prices"] or [])
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, "price_set", sku_id=listing.sku_id, price=listing.price,
        seller_sku=listing.seller_sku,
    )  # fmt: skip


def update_inventory(ctx: Context) -> Row:
    """Update Inventory: absolute numbers; a SKU that is refused does not stop the others."""
    product = own_product(ctx, ctx.params["product_id"])
    rows = _sku_rows(ctx)
    if product.status not in STOCKED:
        raise wrong_status()
    failed = [row for row in (_set_stock(ctx, product, one) for one in rows) if row]
    if len(failed) < len(rows):
        review.touch(ctx.state, product)
    return {"errors": failed} if failed else {}


def _sku_rows(ctx: Context) -> list[Row]:
    rows = ctx.body.get("skus")
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise bad_param("param body.skus is invalid")
    return rows


def _set_stock(ctx: Context, product: Product, row: Row) -> Row | None:
    """Set one SKU's stock, or say why not."""
    sku_id = str(row.get("id") or "")
    listing = product.skus.get(sku_id)
    if listing is None:
        return _stock_error(12052036, "The SKU ID is necessary", sku_id, [])
    wanted, refused = _read_stock(ctx.the_shop, row.get("inventory") or [])
    if refused:
        return _stock_error(12052990, "The check failed.", sku_id, refused)
    if set(listing.inventory) - set(wanted) or not wanted:
        text = "Multiple warehouses detected. Include all warehouse IDs and the corresponding "
        return _stock_error(12019028, text + "details and try again.", sku_id, [])
    listing.inventory = wanted
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, "stock_set", sku_id=sku_id, quantity=listing.stock,
        seller_sku=listing.seller_sku,
    )  # fmt: skip
    return None


def _read_stock(shop: Shop, rows: list[Row]) -> tuple[dict[str, int], list[Row]]:
    """The quantities by warehouse, and what is wrong with the others; 0 is sold out."""
    wanted: dict[str, int] = {}
    refused: list[Row] = []
    for row in rows:
        warehouse = str(row.get("warehouse_id") or "")
        if not warehouse and len(shop.warehouses) == 1:
            warehouse = shop.warehouses[0]
        try:
            if warehouse not in shop.warehouses:
                raise ApiError(12052097, "The warehouse does not exist")
            wanted[warehouse] = check_quantity(row.get("quantity"), 0)
        except ApiError as error:
            refused.append(
                {"warehouse_id": warehouse, "code": error.code, "message": error.message}
            )
    return wanted, refused


def _stock_error(code: int, message: str, sku_id: str, extra: list[Row]) -> Row:
    detail: Row = {"sku_id": sku_id}
    if extra:
        detail["extra_errors"] = extra
    return {"code": code, "message": message, "detail": detail}


def search_inventory(ctx: Context) -> Row:
    """Inventory Search: by SKU ids, or else by product ids; unknown ids are left out."""
    product_ids, sku_ids = _ids(ctx, "product_ids"), _ids(ctx, "sku_ids")
    if len(product_ids) > MOST_PRODUCTS:
        raise ApiError(12019120, "The number of provided product IDs exceeds the limit.")
    if len(sku_ids) > MOST_SKUS:
        raise ApiError(12019087, f"The number of SKU IDs exceeds the limit of {MOST_SKUS}")
    shop = ctx.the_shop
    if sku_ids:
        known = [shop.skus[one] for one in dict.fromkeys(sku_ids) if one in shop.skus]
    else:
        products = [shop.products[one] for one in product_ids if one in shop.products]
        known = [listing for one in products for listing in one.live_skus()]
    by_product: dict[str, list[Row]] = {}
    for listing in known:
        by_product.setdefault(listing.product_id, []).append(_show_stock(listing))
    rows = [{"product_id": key, "skus": skus} for key, skus in by_product.items()]
    return {"inventory": rows}


def _ids(ctx: Context, name: str) -> list[str]:
    given = ctx.body.get(name) or []
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise bad_param(f"param body.{name} must be a list of strings")
    return given


def _show_stock(listing: Listing) -> Row:
    warehouses = dict.fromkeys([*listing.inventory, *listing.committed])
    return {
        "id": listing.sku_id,
        "seller_sku": listing.seller_sku,
        "total_available_quantity": listing.stock,
        "total_committed_quantity": sum(listing.committed.values()),
        "total_available_inventory_distribution": {
            "in_shop_inventory": {"quantity": listing.stock},
        },
        "warehouse_inventory": [
            {
                "warehouse_id": one,
                "available_quantity": listing.inventory.get(one, 0),
                "committed_quantity": listing.committed.get(one, 0),
            }
            for one in warehouses
        ],
    }
