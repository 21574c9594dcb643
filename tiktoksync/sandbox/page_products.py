"""The products of the TikTok shops on a page of their own, with what people do to them."""

from __future__ import annotations

from html import escape

from tiktoksync.sandbox.page_button import button
from tiktoksync.sandbox.tiktok import review
from tiktoksync.sandbox.tiktok.images import PREFIXES
from tiktoksync.sandbox.tiktok.state import Listing, Product, Shop
from tiktoksync.sandbox.world import World

SHOWN = 100
EXAMPLE = (
    '{"title": "Hand-Dyed Bandana", "type": "Accessories", "variants": '
    '[{"sku": "BANDANA-1", "price": "14.00", "inventory": 20, "grams": 60}]}'
)
_STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    "ACTIVATE": (
        ("SELLER_DEACTIVATED", "Seller takes it down"), ("PLATFORM_DEACTIVATED", "TikTok does"),
        ("FREEZE", "Freeze"), ("DELETED", "Delete"),
    ),
    "SELLER_DEACTIVATED": (("ACTIVATE", "Put on sale"), ("DELETED", "Delete")),
    "PLATFORM_DEACTIVATED": (("ACTIVATE", "Put on sale"),),
    "FREEZE": (("ACTIVATE", "Thaw"),),
    "FAILED": (("DELETED", "Delete"),),
    "DRAFT": (("DELETED", "Delete"),),
    "DELETED": (("SELLER_DEACTIVATED", "Recover"),),
}  # fmt: skip


def products_page(world: World) -> str:
    """The form for a new product, then each shop's products, the last changed first."""
    blocks = [_form(world)]
    for shop in world.tiktok.shops.values():
        products = sorted(shop.products.values(), key=lambda one: one.key, reverse=True)
        cards = "".join(_card(shop, one) for one in products[:SHOWN])
        blocks.append(
            f"<h3>{escape(shop.name)} <small>{shop.region} · {len(products)} products</small></h3>"
            f"{cards}"
        )
    return f'<section><h2 class="tiktok">Products on TikTok Shop</h2>{"".join(blocks)}</section>'


def _form(world: World) -> str:
    shops = "".join(
        f'<option value="{shop.id}">{escape(shop.name)} ({shop.region})</option>'
        for shop in world.tiktok.shops.values()
    )
    return (
        '<form class="place" method="post" action="/sandbox/page/products"><h2>Add a product</h2>'
        f'<label>Shop <select name="shop">{shops}</select></label>'
        f'<label>JSON <input name="json" size="70" value="{escape(EXAMPLE)}"></label>'
        '<button class="main">Add it</button></form>'
    )


def _card(shop: Shop, product: Product) -> str:
    steps = "".join(
        button(f"products/{product.id}/status", label, {"status": status})
        for status, label in _STEPS.get(product.status, ())
    )
    if review.waits(product):
        steps = (
            button(f"products/{product.id}/approve", "Approve", kind="main")
            + button(f"products/{product.id}/reject", "Refuse")
            + steps
        )
    lock = "" if product.price_lock else "1"
    label = "Begin a promotion" if lock else "End the promotion"
    steps += button(f"products/{product.id}/lock", label, {"locked": lock or "0"})
    rows = "".join(_sku_row(shop, product, one) for one in product.live_skus())
    word = escape(product.status.replace("_", " ").lower())
    return (
        f'<article><p>{_picture(product)}<code>{escape(product.id)}</code> '
        f'<b class="s-{escape(product.status)}">{word}</b></p><p>{escape(product.live["title"])}'
        f'</p><p class="marks">{_marks(product)}</p><div class="bar">{steps}</div>{rows}</article>'
    )  # fmt: skip


def _picture(product: Product) -> str:
    images = product.live["main_images"]
    if not images:
        return ""
    address = f"{PREFIXES[0]}{escape(images[0])}~resize"
    return f'<img src="{address}" alt="" width="32" height="32" loading="lazy"> '


def _marks(product: Product) -> str:
    marks = [f"audit {product.audit.lower()}", f"{len(product.live['main_images'])} images"]
    if product.review is not None:
        marks.append(f"in review: {product.review['title']}")
    if product.live["external_product_id"]:
        marks.append(f"external id {product.live['external_product_id']}")
    for row in product.failed_reasons:
        marks.extend(row["reasons"])
    if product.price_lock:
        marks.append("in a promotion")
    return "".join(f"<i>{escape(one)}</i>" for one in marks)


def _sku_row(shop: Shop, product: Product, listing: Listing) -> str:
    """One SKU, with its stock and its price to be changed."""
    waiting = sum(listing.committed.values())
    stock = _field(product, listing, "stock", "quantity", str(listing.stock), "Set stock")
    price = _field(product, listing, "price", "price", listing.price, f"Set {shop.currency}")
    return (
        f'<div class="after"><p><code>{escape(listing.seller_sku or "no SKU")}</code> '
        f"{escape(listing.sku_name)} <i>{waiting} in open orders</i></p>"
        f'<div class="bar">{stock}{price}</div></div>'
    )


def _field(product: Product, listing: Listing, call: str, name: str, value: str, label: str) -> str:
    return (
        f'<form method="post" action="/sandbox/page/products/{escape(product.id)}/{call}">'
        f'<input type="hidden" name="sku_id" value="{escape(listing.sku_id)}">'
        f'<input name="{name}" size="8" aria-label="{label}" value="{escape(value)}">'
        f"<button>{label}</button></form>"
    )
