"""The shop's products, to be read: search by page, and one product whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.paging import fingerprint, read_token, write_token
from tiktoksync.sandbox.tiktok.product_bodies import find_product
from tiktoksync.sandbox.tiktok.product_setup import AUDITS
from tiktoksync.sandbox.tiktok.product_view import show_row, show_whole
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import Product

MOST_FILTERED = 10
MOST_PAGED = 10_000


def search_products(ctx: Context) -> dict[str, Any]:
    """Search Products: the last updated first; one row shape for all versions."""
    size = _page_size(ctx.request.param("page_size"))
    filters = _read_filters(ctx.body)
    mark = fingerprint([filters, size])
    wanted = _make_test(filters)
    found = [one for one in ctx.the_shop.products.values() if wanted(one)]
    found.sort(key=lambda one: one.key, reverse=True)
    start = _start(ctx, found, mark)
    if start >= MOST_PAGED:
        raise ApiError(12052180, "The total number of search results can not exceed 10000.")
    page = found[start : start + size]
    more = start + size < len(found)
    return {
        "next_page_token": write_token(page[-1].key, mark) if more else "",
        "products": [show_row(ctx.the_shop, one) for one in page],
        "total_count": len(found),
    }


def get_product(ctx: Context) -> dict[str, Any]:
    """Get Product: raises 12052034 for another shop's product and 12052032 for none at all."""
    product, foreign = find_product(ctx.state, ctx.the_shop, ctx.params["product_id"])
    if foreign:
        raise ApiError(12052034, "This product doesn't belong to this shop")
    if product is None:
        raise ApiError(12052032, "The product does not exist")
    host = ctx.request.headers.get("host", "")
    wish = "return_draft_version" if product.review_is_draft else "return_under_review_version"
    asked = ctx.request.param(wish).lower() == "true"
    version = product.review if asked else None
    return show_whole(ctx.state, ctx.the_shop, product, host, version)


def _page_size(text: str) -> int:
    if len(text) > 3 or not text.isdecimal() or not 1 <= int(text) <= 100:
        raise ApiError(12019109, "page size is invalid")
    return int(text)


def _read_filters(body: dict[str, Any]) -> dict[str, Any]:
    """The filters given, unknown names among them; raises ApiError for a wrong value."""
    filters = {name: value for name, value in body.items() if value not in (None, "", [])}
    if filters.get("status", "ALL") not in ("ALL", *AUDITS):
        raise bad_param("param body.status is invalid")
    for name in ("seller_skus", "sku_ids", "audit_status"):
        values = filters.get(name, [])
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise bad_param(f"param body.{name} must be a list of strings")
    if len(filters.get("seller_skus", [])) > MOST_FILTERED:
        raise ApiError(12019027, "The maximum count of “seller_skus” in the search filter is 10.")
    if len(filters.get("sku_ids", [])) > MOST_FILTERED:
        raise ApiError(12019087, "The number of SKU IDs exceeds the limit of 10")
    for code, what in ((12019118, "create"), (12019119, "update")):
        ends = [filters.get(f"{what}_time_{end}", 0) for end in ("ge", "le")]
        if not all(type(end) is int and end >= 0 for end in ends):
            raise ApiError(code, f"search {what} time invalid")
    return filters


def _make_test(filters: dict[str, Any]) -> Callable[[Product], bool]:
    status = filters.get("status", "ALL")
    audits = filters.get("audit_status", ())
    drafts_only = filters.get("return_draft_version") is True
    skus, ids = filters.get("seller_skus", ()), filters.get("sku_ids", ())

    def between(value: int, what: str) -> bool:
        since, until = filters.get(f"{what}_ge", 0), filters.get(f"{what}_le")
        return value >= since and (until is None or value <= until)

    def test(product: Product) -> bool:
        return (
            status in ("ALL", product.status)
            and (product.review_is_draft or not drafts_only)
            and (not audits or product.audit in audits)
            and (not skus or any(one["seller_sku"] in skus for one in product.live["skus"]))
            and (not ids or any(one["id"] in ids for one in product.live["skus"]))
            and between(product.created, "create_time")
            and between(product.updated, "update_time")
        )

    return test


def _start(ctx: Context, found: list[Product], mark: str) -> int:
    """How many of the products found came on earlier pages."""
    token = ctx.request.param("page_token")
    if not token:
        return 0
    last = read_token(token, mark, ctx.state.config["strict"])
    if not isinstance(last, tuple) or [type(part) for part in last] != [int, int]:
        raise bad_param("param page_token is invalid")
    return sum(one.key >= last for one in found)
