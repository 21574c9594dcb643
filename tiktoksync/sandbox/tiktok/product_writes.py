"""Creating and editing products, and checking one without creating it."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import product_events, review
from tiktoksync.sandbox.tiktok import product_limits as limits
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.product_bodies import (
    Body,
    as_sent,
    find_product,
    make_sku,
    make_version,
    put_listing,
    show_to_buyers,
)
from tiktoksync.sandbox.tiktok.product_checks import check_product, is_draft
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.sku_checks import check_inventory
from tiktoksync.sandbox.tiktok.state import PLATFORM, Product, Shop, TikTokState

DAY = 86400
NOT_NOW = "The product in its current status is not available for this operation. Change the "
GUARDED = ("FREEZE", "DELETED")


def own_product(ctx: Context, product_id: str) -> Product:
    """The shop's product; raises 12052048 for another shop's and 12019150 for none at all."""
    product, foreign = find_product(ctx.state, ctx.the_shop, product_id)
    if product is not None:
        return product
    if foreign:
        text = "You cannot edit the specified product(s) as it isn't listed in your account or "
        raise ApiError(12052048, text + "shop.")
    raise ApiError(12019150, "The product ID does not exist.")


def wrong_status() -> ApiError:
    return ApiError(12052901, NOT_NOW + "product status and try again.")


def create_product(ctx: Context) -> dict[str, Any]:
    """Create Product. A repeated ``idempotency_key`` gives the first answer again."""
    key = ctx.body.get("idempotency_key") or ""
    if not isinstance(key, str) or len(key) > limits.LONGEST_KEY:
        raise bad_param(f"param body.idempotency_key exceeds {limits.LONGEST_KEY} characters")
    place = (ctx.the_shop.id, ctx.request.path, key)
    if key and place in ctx.state.answers:
        return ctx.state.answers[place]
    check_product(ctx.state, ctx.the_shop, ctx.body)
    _take_quota(ctx.state, ctx.the_shop)
    product = _make(ctx.state, ctx.the_shop, ctx.body)
    if not is_draft(ctx.body):
        review.submit(ctx.state, ctx.the_shop, product)
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, "product_created",
        product_id=product.id, external_id=product.live["external_product_id"],
    )  # fmt: skip
    answer = {**_answer(product, product.live), "warnings": _warnings(ctx.body)}
    if key:
        ctx.state.answers[place] = answer
    return answer


def _take_quota(state: TikTokState, shop: Shop) -> None:
    """So many products in 24 hours, if there is a bound."""
    quota, now = state.config["listing_quota"], state.clock.line()
    shop.uploads = [at for at in shop.uploads if at > now - DAY]
    if quota is not None and len(shop.uploads) >= int(quota):
        raise ApiError(12052093, "Exceeded the product listing limit for the seller.")
    shop.uploads.append(now)


def _make(state: TikTokState, shop: Shop, body: Body) -> Product:
    now = state.now()
    rows = [make_sku(state.new_id("2729"), row) for row in body.get("skus") or []]
    version = make_version(body, rows)
    product = Product(state.new_id("1729"), shop.id, version, "DRAFT", "NONE", now, now)
    shop.products[product.id] = product
    for row, given in zip(rows, body.get("skus") or [], strict=True):
        _fill_listing(shop, product, row, given, version["title"])
    show_to_buyers(shop, product)
    product_events.send_created(state, shop, product)
    product_events.send_skus(state, shop, product, list(product.skus), "CREATED")
    return product


def _fill_listing(shop: Shop, product: Product, row: Body, given: Body, title: str) -> None:
    """Price and stock of a SKU, which go live at once."""
    listing = put_listing(shop, product, row, title)
    if given.get("price"):
        price = given["price"]
        listing.price = str(price.get("amount") or price.get("sale_price"))
    if given.get("inventory"):
        listing.inventory.update(check_inventory(shop, given["inventory"], 0))
    if given.get("list_price"):
        listing.list_price = dict(given["list_price"])
    if "external_list_prices" in given:
        listing.external_list_prices = list(given["external_list_prices"] or [])


def _warnings(body: Body) -> list[dict[str, str]]:
    """What is accepted with a remark."""
    found = []
    if len(body.get("main_images") or []) == 1:
        found.append({"message": "Add more images to improve the listing quality."})
    if len(str(body.get("title") or "")) < 25:
        found.append({"message": "The product name is shorter than recommended."})
    return found


def _answer(product: Product, version: Body) -> dict[str, Any]:
    """The answer of every write; its SKUs come in an order of their own."""
    rows = [
        {
            "id": row["id"],
            "seller_sku": row["seller_sku"],
            "sales_attributes": [
                {"id": one["id"], "value_id": one["value_id"]} for one in row["sales_attributes"]
            ],
            "external_sku_id": row["external_sku_id"],
            "fees": [],
        }
        for row in reversed(version["skus"])
    ]
    return {"product_id": product.id, "skus": rows}


def edit_product(ctx: Context) -> dict[str, Any]:
    """Edit Product: the body is the whole product; price and stock stay when left out."""
    product = own_product(ctx, ctx.params["product_id"])
    answer = _edit(ctx, product, dict(ctx.body))
    return {**answer, "warnings": _warnings(ctx.body)}


def partial_edit(ctx: Context) -> dict[str, Any]:
    """Partial Edit Product: what is sent replaces the property, the rest stays."""
    product = own_product(ctx, ctx.params["product_id"])
    if ctx.body.get("skus") == []:
        text = "The SKU list is empty. Either omit the list entirely, or provide all required "
        raise ApiError(12052902, text + "details.")
    return _edit(ctx, product, {**as_sent(product.review or product.live), **ctx.body})


def _edit(ctx: Context, product: Product, body: Body) -> dict[str, Any]:
    state, shop = ctx.state, ctx.the_shop
    if product.status in GUARDED:
        raise wrong_status()
    check_product(state, shop, body, product)
    base = product.review or product.live
    _check_options_kept(base, body)
    before = {row["id"] for row in base["skus"]}
    version = _next_version(state, product, body)
    for row, given in zip(version["skus"], body["skus"], strict=True):
        _fill_listing(shop, product, row, given, version["title"])
    review.replace_version(state, shop, product, version)
    _announce_skus(state, shop, product, before, {row["id"] for row in version["skus"]})
    if is_draft(body):
        review.keep_as_draft(product)
    else:
        review.submit(state, shop, product)
    state.log.record_write(
        PLATFORM, shop.id, "product_edited", product_id=product.id,
        fields=sorted(name for name in ctx.body if name != "save_mode"),
    )  # fmt: skip
    return {**_answer(product, version), "audit": {"status": product.audit}}


def _next_version(state: TikTokState, product: Product, body: Body) -> Body:
    rows = []
    for given in body["skus"]:
        known = str(given.get("id") or "") in product.skus
        rows.append(make_sku(str(given["id"]) if known else state.new_id("2729"), given))
    return make_version(body, rows)


def _announce_skus(
    state: TikTokState, shop: Shop, product: Product, before: set[str], after: set[str]
) -> None:
    product_events.send_skus(state, shop, product, sorted(after - before), "CREATED")
    product_events.send_skus(state, shop, product, sorted(before - after), "DELETED")


def _check_options_kept(base: Body, body: Body) -> None:
    """A product with options keeps one of their kinds."""
    old = {one["id"] for row in base["skus"] for one in row["sales_attributes"]}
    rows = [make_sku("", row) for row in body["skus"]]
    new = {one["id"] for row in rows for one in row["sales_attributes"]}
    if old and not old & new:
        raise ApiError(12019057, "sku not allow delete")


def check_listing(ctx: Context) -> dict[str, Any]:
    """Listing Check: the checks of a creation, without creating; the verdict is in the data."""
    try:
        check_product(ctx.state, ctx.the_shop, {**ctx.body, "save_mode": "LISTING"})
    except ApiError as error:
        if not str(error.code).startswith("12"):
            raise
        reason = {"code": error.code, "message": error.message}
        return {"check_result": "FAILED", "fail_reasons": [reason], "warnings": {}}
    text = " ".join(one["message"] for one in _warnings(ctx.body))
    warnings = {"message": text} if text else {}
    return {"check_result": "PASS", "fail_reasons": [], "warnings": warnings}
