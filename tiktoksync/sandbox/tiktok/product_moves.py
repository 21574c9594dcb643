"""Activating, deactivating, deleting and recovering products; each product fails by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.tiktok import product_events, review
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.product_bodies import find_product
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM, Product

MOST = 20


def activate_products(ctx: Context) -> dict[str, Any]:
    return _each(ctx, "activate", ("SELLER_DEACTIVATED",), _move_to("ACTIVATE", "ACTIVATED"))


def deactivate_products(ctx: Context) -> dict[str, Any]:
    done = _move_to("SELLER_DEACTIVATED", "DEACTIVATED")
    return _each(ctx, "deactivate", ("ACTIVATE",), done)


def recover_products(ctx: Context) -> dict[str, Any]:
    return _each(ctx, "recover", ("DELETED",), _move_to("SELLER_DEACTIVATED", ""))


def delete_products(ctx: Context) -> dict[str, Any]:
    """Delete Products; the ids come in the body."""
    allowed = (
        "DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED",
    )  # fmt: skip
    return _each(ctx, "delete", allowed, _delete)


def _move_to(status: str, sku_word: str) -> Callable[[Context, Product], None]:
    def move(ctx: Context, product: Product) -> None:
        review.set_status(ctx.state, ctx.the_shop, product, status)
        if sku_word:
            ids = [one.sku_id for one in product.live_skus()]
            product_events.send_skus(ctx.state, ctx.the_shop, product, ids, sku_word)

    return move


def _delete(ctx: Context, product: Product) -> None:
    product.review, product.review_is_draft = None, False
    if product.audit == "AUDITING":
        product.audit = "NONE"
    review.set_status(ctx.state, ctx.the_shop, product, "DELETED")
    ids = [one.sku_id for one in product.live_skus()]
    product_events.send_skus(ctx.state, ctx.the_shop, product, ids, "DELETED")


def _each(
    ctx: Context, verb: str, allowed: tuple[str, ...], move: Callable[[Context, Product], None]
) -> dict[str, Any]:
    """Move every product named; what cannot be moved is told in ``errors``."""
    ids = ctx.body.get("product_ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise bad_param("param body.product_ids is invalid")
    if len(ids) > MOST:
        raise ApiError(12019120, "The number of provided product IDs exceeds the limit.")
    failed = []
    for product_id in dict.fromkeys(ids):
        error = _move_one(ctx, product_id, allowed, move)
        if error is None:
            kind = f"product_{verb}d" if verb.endswith("e") else f"product_{verb}ed"
            ctx.state.log.record_write(PLATFORM, ctx.the_shop.id, kind, product_id=product_id)
        else:
            detail = {"product_id": product_id, "extra_errors": [error]}
            text = f"Batch {verb} business error."
            failed.append({"code": 12052990, "message": text, "detail": detail})
    return {"errors": failed} if failed else {}


def _move_one(
    ctx: Context,
    product_id: str,
    allowed: tuple[str, ...],
    move: Callable[[Context, Product], None],
) -> dict[str, Any] | None:
    product, foreign = find_product(ctx.state, ctx.the_shop, product_id)
    if foreign:
        return {"code": 12052034, "message": "This product doesn't belong to this shop"}
    if product is None:
        return {"code": 12052260, "message": "The product ID does not exist"}
    if product.status not in allowed:
        text = "The product in its current status is not available for this operation. Change the "
        return {"code": 12052901, "message": text + "product status and try again."}
    move(ctx, product)
    return None
