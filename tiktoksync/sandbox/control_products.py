"""Control of TikTok products: what reviewers, sellers and the platform do without an API call."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.tiktok import product_events, review
from tiktoksync.sandbox.tiktok.product_bodies import show_to_buyers
from tiktoksync.sandbox.tiktok.product_setup import AUDITS, OTHERWISE, add_product
from tiktoksync.sandbox.tiktok.product_view import show_whole
from tiktoksync.sandbox.tiktok.sku_checks import check_amount, check_quantity
from tiktoksync.sandbox.tiktok.state import Listing, Product, Shop

Shown = dict[str, Any]

LOCKED = 12052038
TEXTS = ("title", "description")


def show_listing(listing: Listing) -> Shown:
    return {
        "id": listing.sku_id,
        "seller_sku": listing.seller_sku,
        "name": listing.sku_name,
        "price": listing.price,
        "available": listing.stock,
        "committed": sum(listing.committed.values()),
        "inventory": dict(listing.inventory),
    }


def show_product(shop: Shop, product: Product) -> Shown:
    """The few facts that tests and people look at."""
    return {
        "id": product.id,
        "shop_id": shop.id,
        "title": product.live["title"],
        "status": product.status,
        "audit": product.audit,
        "waits": review.waits(product),
        "external_product_id": product.live["external_product_id"],
        "images": len(product.live["main_images"]),
        "reviewed_title": product.review["title"] if product.review else None,
        "failed_reasons": product.failed_reasons,
        "price_lock": product.price_lock,
        "create_time": product.created,
        "update_time": product.updated,
        "skus": [show_listing(one) for one in product.live_skus()],
    }


def list_products(wish: Wish) -> Shown:
    """All products, or those of one shop, of one status, or with one seller SKU."""
    request = wish.request
    status, sku = request.param("status"), request.param("sku")
    only = wish.tiktok_shop().id if request.param("shop") else ""
    rows = [
        show_product(shop, product)
        for shop in wish.world.tiktok.shops.values()
        for product in shop.products.values()
        if only in ("", shop.id)
        and status in ("", product.status)
        and (not sku or any(one.seller_sku == sku for one in product.live_skus()))
    ]
    return {"products": rows}


def _find(wish: Wish) -> tuple[Shop, Product]:
    """The product the path names, whichever shop it belongs to."""
    for shop in wish.world.tiktok.shops.values():
        if wish.values[0] in shop.products:
            return shop, shop.products[wish.values[0]]
    raise BadControl(f"no TikTok product {wish.values[0]}")


def get_product(wish: Wish) -> Shown:
    """The facts, and the product as the API shows it."""
    shop, product = _find(wish)
    state = wish.world.tiktok
    whole = show_whole(state, shop, product, wish.request.headers.get("host", ""))
    return {**show_product(shop, product), "product": whole}


def post_products(wish: Wish) -> Shown:
    """A seller lists products in Seller Center: one, or ``products``, shaped as the catalogue."""
    state, shop = wish.world.tiktok, wish.tiktok_shop()
    rows = wish.body.get("products") or [wish.body]
    if any(not row.get("title") or not isinstance(row.get("variants"), list) for row in rows):
        raise BadControl("a product needs a title and variants", 400)
    now, made = state.now(), []
    for row in rows:
        stamped = {"create_time": now, "update_time": now, **row}
        made.append(add_product(state, shop, stamped))
        product_events.send_created(state, shop, made[-1])
    return {
        "ids": [one.id for one in made],
        "sku_ids": [row["id"] for one in made for row in one.live["skus"]],
        "shop_id": shop.id,
    }


def fill(wish: Wish) -> Shown:
    """Many made-up products at once, all on sale."""
    state, shop = wish.world.tiktok, wish.tiktok_shop()
    count, each = int(wish.body.get("products", 100)), int(wish.body.get("variants", 1))
    prefix = str(wish.body.get("prefix", "FILL"))
    price = "189000" if shop.currency == "VND" else "9.00"
    now = state.now()
    for number in range(1, count + 1):
        stem = f"{prefix}-{number:05d}"
        variants = [
            {"sku": f"{stem}-{place}", "values": [f"V{place}"], "price": price,
             "inventory": 100}
            for place in range(1, each + 1)
        ]  # fmt: skip
        row = {"title": f"Made-up product {stem}", "options": ["Style"], "variants": variants}
        stamps = {"create_time": now, "update_time": now, "in_baskets": False}
        row["category"] = OTHERWISE
        add_product(state, shop, {**row, **stamps})
    return {"products": count, "skus": count * each, "shop_id": shop.id}


def approve(wish: Wish) -> Shown:
    """The review ends well, now."""
    shop, product = _find(wish)
    review.approve(wish.world.tiktok, shop, product)
    return show_product(shop, product)


def reject(wish: Wish) -> Shown:
    """The review ends badly, for a ``reason`` or by a ``marker`` of the titles."""
    shop, product = _find(wish)
    marker = str(wish.body.get("marker") or review.USUAL)
    review.reject(wish.world.tiktok, shop, product, marker, str(wish.body.get("reason") or ""))
    return show_product(shop, product)


def set_status(wish: Wish) -> Shown:
    """The seller or the platform moves a product to another status."""
    shop, product = _find(wish)
    status = str(wish.body.get("status") or "")
    if status not in AUDITS:
        raise BadControl(f"status must be one of {', '.join(AUDITS)}", 400)
    product.audit, product.review, product.review_is_draft = AUDITS[status], None, False
    product.ever_approved = product.ever_approved or AUDITS[status] == "APPROVED"
    review.set_status(wish.world.tiktok, shop, product, status, str(wish.body.get("reason") or ""))
    return show_product(shop, product)


def _listing(wish: Wish, product: Product) -> Listing:
    """The SKU named by ``sku_id`` or ``sku``; the only one by default."""
    wanted = str(wish.body.get("sku_id") or wish.body.get("sku") or "")
    found = [one for one in product.live_skus() if wanted in (one.sku_id, one.seller_sku)]
    if not wanted and len(product.skus) == 1:
        found = product.live_skus()
    if len(found) != 1:
        raise BadControl(f"product {product.id} has {len(found)} SKUs called {wanted!r}", 400)
    return found[0]


def set_stock(wish: Wish) -> Shown:
    """Somebody counts the stock of a SKU in Seller Center."""
    shop, product = _find(wish)
    listing = _listing(wish, product)
    warehouse = str(wish.body.get("warehouse_id") or shop.warehouse_id)
    if warehouse not in shop.warehouses:
        raise BadControl(f"no warehouse {warehouse}", 400)
    listing.inventory[warehouse] = check_quantity(int(wish.body["quantity"]), 0)
    review.touch(wish.world.tiktok, product)
    return show_product(shop, product)


def set_price(wish: Wish) -> Shown:
    """Somebody changes a price in Seller Center."""
    shop, product = _find(wish)
    price = str(wish.body["price"])
    check_amount(price, shop.currency)
    _listing(wish, product).price = price
    review.touch(wish.world.tiktok, product)
    return show_product(shop, product)


def lock_prices(wish: Wish) -> Shown:
    """A promotion begins, or ends with ``{"locked": false}``."""
    shop, product = _find(wish)
    locked = wish.body.get("locked", True) not in (False, "false", "0", "")
    product.price_lock = int(wish.body.get("code", LOCKED)) if locked else 0
    return show_product(shop, product)


def edit(wish: Wish) -> Shown:
    """The seller changes texts in Seller Center; that needs no review here."""
    shop, product = _find(wish)
    before = dict(product.live)
    product.live.update({name: str(wish.body[name]) for name in TEXTS if name in wish.body})
    show_to_buyers(shop, product)
    review.touch(wish.world.tiktok, product)
    product_events.send_changes(wish.world.tiktok, shop, product, before, "SELLER_CENTER")
    return show_product(shop, product)


ROUTES = {
    ("GET", "products"): list_products,
    ("POST", "products"): post_products,
    ("POST", "products/fill"): fill,
    ("GET", "products/*"): get_product,
    ("POST", "products/*/approve"): approve,
    ("POST", "products/*/reject"): reject,
    ("POST", "products/*/status"): set_status,
    ("POST", "products/*/stock"): set_stock,
    ("POST", "products/*/price"): set_price,
    ("POST", "products/*/lock"): lock_prices,
    ("POST", "products/*/edit"): edit,
}
