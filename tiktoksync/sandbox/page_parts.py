"""The pieces of the page, as HTML."""

from __future__ import annotations

import json
import time
from html import escape
from typing import Any

from tiktoksync.sandbox.http import Answer
from tiktoksync.sandbox.page_button import button
from tiktoksync.sandbox.page_look import SCRIPT, STYLE
from tiktoksync.sandbox.page_orders import card, order_card
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.money import render_decimal
from tiktoksync.sandbox.shopify.state import Record, Store
from tiktoksync.sandbox.tiktok.logistics import providers_of
from tiktoksync.sandbox.world import World

SHOWN = 25
LOGGED = 200
FLAGS = (
    ("paid", "paid", " checked"),
    ("hold", "hold", " checked"),
    ("cod", "cash on delivery", ""),
    ("sample", "sample", ""),
    ("gift", "with a gift", ""),
)
# What the form offers, and what each choice wishes for.
SHIPPED_BY: dict[str, tuple[str, dict[str, str]]] = {
    "": ("the seller", {}),
    "label": ("the seller, TikTok's label", {"shipping_type": "TIKTOK"}),
    "tiktok": ("TikTok", {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}),
}
KINDS = {
    "": "usual", "PRE_ORDER": "pre-order", "MADE_TO_ORDER": "made to order",
    "BACK_ORDER": "back order", "VIRTUAL_ORDER": "virtual",
}  # fmt: skip


def frame(title: str, body: str, live: bool = False) -> str:
    script = f"<script>{SCRIPT}</script>" if live else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · sandbox</title><style>{STYLE}</style></head><body>"
        '<header><a href="/"><b>Sandbox</b></a><span>TikTok Shop and Shopify on this machine'
        '</span><nav><a href="/sandbox/page/products">Products</a> · '
        '<a href="/sandbox/page/log">Request log</a></nav></header>'
        f"<main>{body}</main>{script}</body></html>"
    )


def note_line(note: str) -> str:
    return f'<p class="note" role="alert">{escape(note)}</p>' if note else ""


def error_of(answer: Answer) -> str:
    try:
        return str(json.loads(answer.body).get("error", "It did not work."))
    except ValueError:
        return "It did not work."


def toolbar() -> str:
    return (
        '<div class="bar">'
        + button("clock/advance", "Let an hour pass", {"seconds": "3600"})
        + button("webhooks/flush", "Send waiting webhooks", {"timeout": "5"})
        + button("faults/clear", "Clear faults")
        + "</div>"
    )


def place_form(world: World) -> str:
    shops = "".join(
        f'<option value="{shop.id}">{escape(shop.name)} ({shop.region})</option>'
        for shop in world.tiktok.shops.values()
    )
    known = {
        listing.seller_sku: listing.title
        for shop in world.tiktok.shops.values()
        for listing in shop.listings.values()
    }
    skus = "".join(
        f'<option value="{escape(sku)}">{escape(sku)} · {escape(title)}</option>'
        for sku, title in known.items()
    )
    flags = "".join(
        f'<label><input type="checkbox" name="{name}" value="1"{checked}> {label}</label>'
        for name, label, checked in FLAGS
    )
    shipped = "".join(
        f'<option value="{name}">{escape(label)}</option>'
        for name, (label, _) in SHIPPED_BY.items()
    )
    kinds = "".join(f'<option value="{name}">{label}</option>' for name, label in KINDS.items())
    return (
        '<form class="place" method="post" action="/sandbox/page/place"><h2>Place an order</h2>'
        f'<label>Shop <select name="shop">{shops}</select></label>'
        '<label>SKU <select name="sku"><option value="">a surprise</option>'
        f"{skus}</select></label>"
        '<label>Quantity <input name="quantity" type="number" min="1" max="50" value="1"></label>'
        '<label>Orders <input name="count" type="number" min="1" max="1000" value="1"></label>'
        f'<label>Shipped by <select name="shipped_by">{shipped}</select></label>'
        f'<label>Kind <select name="order_type">{kinds}</select></label>'
        f'<span class="flags">{flags}</span><button class="main">Place it</button></form>'
    )


def read_place_form(form: dict[str, str]) -> dict[str, Any]:
    """The wish of the form, as the control call understands it."""
    wish: dict[str, Any] = {
        "shop": form.get("shop", ""),
        "count": int(form.get("count") or 1),
        "paid": "paid" in form,
        "hold": "hold" in form,
        "cod": "cod" in form,
        "sample": "sample" in form,
        **SHIPPED_BY.get(form.get("shipped_by", ""), SHIPPED_BY[""])[1],
    }
    if form.get("order_type"):
        wish["order_type"] = form["order_type"]
    if form.get("sku"):
        wish["lines"] = [{"sku": form["sku"], "quantity": int(form.get("quantity") or 1)}]
        if "gift" in form:
            wish["lines"].append({"sku": "GIFT-STICKER", "gift": True})
    return wish


def read_action_form(form: dict[str, str]) -> dict[str, Any]:
    numbers = {"seconds", "timeout"}
    return {
        name: float(value) if name in numbers else value for name, value in form.items() if value
    }


def lists(world: World) -> str:
    """A row of two columns for each TikTok shop, and the Shopify orders beside it."""
    return '<div class="sides">' + _tiktok_side(world) + _shopify_side(world) + "</div>"


def _tiktok_side(world: World) -> str:
    blocks = []
    for shop in world.tiktok.shops.values():
        orders = list(reversed(world.tiktok.orders_of(shop.id)))
        cards = "".join(order_card(world.tiktok, shop, one) for one in orders[:SHOWN])
        empty = '<p class="quiet">No orders yet.</p>'
        blocks.append(
            f"<h3>{escape(shop.name)} <small>{shop.region} · {len(orders)} orders</small></h3>"
            + (cards or empty)
        )
    return f'<section><h2 class="tiktok">TikTok Shop</h2>{"".join(blocks)}</section>'


def _shopify_side(world: World) -> str:
    blocks = []
    for store in world.shopify.stores.values():
        orders = list(reversed(store.orders.values()))
        cards = "".join(_store_card(world, store, one) for one in orders[:SHOWN])
        empty = '<p class="quiet">No orders yet.</p>'
        blocks.append(
            f"<h3>{escape(store.domain)} <small>{store.currency} · {len(orders)} orders</small>"
            f"</h3>{cards or empty}"
        )
    return f'<section><h2 class="shopify">Shopify</h2>{"".join(blocks)}</section>'


def _store_card(world: World, store: Store, order: Record) -> str:
    number = number_of(order["id"])
    items = ", ".join(f"{one['quantity']} × {escape(str(one['sku']))}" for one in order["_lines"])
    total = order["totalPriceSet"]["shopMoney"]
    money = f"{render_decimal(total['amount'])} {total['currencyCode']}"
    marks = [(order["displayFinancialStatus"] or "no payment").replace("_", " ").lower()]
    if order["sourceIdentifier"]:
        marks.append(f"TikTok {order['sourceIdentifier']}")
    for one in order["_fulfillments"]:
        marks.extend(f"{entry['company']} {entry['number']}" for entry in one["_tracking"])
    for one in order["_refunds"]:
        units = sum(row["quantity"] for row in one["_lines"])
        worth = render_decimal(one["totalRefundedSet"]["shopMoney"]["amount"])
        marks.append(f"refund: {units} units, {worth} paid back")
    status = "CANCELLED" if order["cancelledAt"] else order["displayFulfillmentStatus"]
    steps = "" if order["cancelledAt"] else _store_steps(world, order, number)
    return card(order["name"], status, f"{items} · {escape(money)}", marks, steps)


def _store_steps(world: World, order: Record, number: str) -> str:
    left = any(one["refundableQuantity"] for one in order["_lines"])
    back = button(f"shopify/orders/{number}/refund", "Staff refund") if left else ""
    if order["displayFulfillmentStatus"] == "FULFILLED":
        label = "Cancel the fulfilment"
        return button(f"shopify/orders/{number}/cancel-fulfillment", label) + back
    region = "VN" if order["currencyCode"] == "VND" else "US"
    shop = next((one for one in world.tiktok.shops.values() if one.region == region), None)
    carriers = providers_of(shop).values() if shop else ["UPS"]
    options = "".join(f"<option>{escape(name)}</option>" for name in carriers)
    example = f"1Z999AA1{number[-8:]}" if region == "US" else f"VN{number[-8:]}"
    form = (
        f'<form method="post" action="/sandbox/page/shopify/orders/{number}/fulfill">'
        f'<select name="company" aria-label="Carrier">{options}</select>'
        f'<input name="tracking_number" aria-label="Tracking number" value="{example}">'
        '<button class="main">Add tracking</button></form>'
    )
    return form + button(f"shopify/orders/{number}/cancel", "Cancel") + back


def log_table(world: World) -> str:
    """The newest calls first."""
    entries = world.log.since(limit=LOGGED)["entries"]
    rows = "".join(
        f"<tr><td>{one['n']}</td><td>{time.strftime('%H:%M:%S', time.localtime(one['at']))}</td>"
        f"<td>{one['platform']}</td><td>{escape(one['shop'])}</td><td>{escape(one['operation'])}"
        f"</td><td>{one['status']}</td><td>{escape(str(one['code']))}</td>"
        f"<td>{one['cost'] if one['cost'] is not None else ''}</td><td>{one['duration_ms']}</td>"
        f"<td>{escape(one['fault'])}</td></tr>"
        for one in reversed(entries)
    )
    head = "".join(
        f"<th>{name}</th>"
        for name in ("#", "at", "platform", "shop", "operation", "status", "code", "points",
                     "ms", "fault")
    )  # fmt: skip
    counts = "".join(
        f"<i>{escape(name)} <b>{count}</b></i>" for name, count in world.log.totals().items()
    )
    head = f"<thead><tr>{head}</tr></thead>"
    body = f"{head}<tbody>{rows}</tbody>"
    return f'<h2>Request log</h2><p class="marks">{counts}</p><table>{body}</table>'
