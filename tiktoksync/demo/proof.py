"""What must be true of an order at the end of its way: pure, from what both sides show."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tiktoksync.demo.app import steps_of
from tiktoksync.demo.platforms import ShopifyOrder, expected_total, tracking_of

Row = dict[str, Any]


def differs(what: str, wanted: object, seen: object) -> str:
    """An empty text if both are equal, a sentence otherwise."""
    return "" if wanted == seen else f"{what} is {seen!r}, not {wanted!r}"


def state_differs(order: Row | None, tiktok_status: str, sync_status: str) -> str:
    """Whether the app shows the order with these two statuses."""
    if order is None:
        return "the app does not know the order"
    return differs("tiktok_status", tiktok_status, order["tiktok_status"]) or differs(
        f"sync_status ({order['failure_reason'] or order['skip_reason'] or 'no reason given'})",
        sync_status,
        order["sync_status"],
    )


def walk_differs(order: Row, axis: str, wanted: Sequence[str]) -> str:
    """Whether the history has exactly these statuses, each once and in order."""
    steps = steps_of(order, axis)
    pairs = list(zip(("", *wanted[:-1]), wanted, strict=True))
    return differs(f"{axis} history", pairs, steps)


def chain_breaks(order: Row, axis: str) -> str:
    """Whether each change begins where the one before ended, and none is told twice."""
    steps = steps_of(order, axis)
    for before, after in pairwise(steps):
        if before[1] != after[0]:
            return f"{axis} history jumps from {before[1]} to {after[0]}"
    return "" if len(set(steps)) == len(steps) else f"{axis} history tells a change twice: {steps}"


def money_differs(tiktok_order: Row, in_shopify: ShopifyOrder) -> str:
    """Whether the totals of both sides agree by the rule, to the cent."""
    wanted = expected_total(tiktok_order)
    if wanted != in_shopify.total:
        return f"Shopify's total is {in_shopify.total}, not {wanted}"
    return differs("currency", tiktok_order["payment"]["currency"], in_shopify.currency)


def units_differ(tiktok_order: Row, in_shopify: ShopifyOrder) -> str:
    """Whether Shopify has as many units as TikTok has line items."""
    units = sum(line["quantity"] for line in in_shopify.line_items)
    return differs("number of units", len(tiktok_order["line_items"]), units)


def end_differs(
    app_order: Row | None,
    tiktok_order: Row,
    in_shopify: Sequence[ShopifyOrder],
    walk: Sequence[str],
    tracking: str,
) -> str:
    """The first thing that is not as it must be at the end of the whole way."""
    if app_order is None:
        return "the app does not know the order"
    if len(in_shopify) != 1:
        return f"{len(in_shopify)} Shopify orders, not exactly one"
    there = in_shopify[0]
    return next(
        filter(
            None,
            (
                differs("Shopify's fulfillment status", "FULFILLED", there.fulfillment_status),
                differs("seen with an open fulfillment order", True, there.was_open),
                differs("tracking in Shopify", {tracking}, set(there.tracking_numbers)),
                differs("tracking at TikTok", {tracking}, tracking_of(tiktok_order)),
                differs("the app's status", tiktok_order["status"], app_order["tiktok_status"]),
                walk_differs(app_order, "tiktok", walk),
                chain_breaks(app_order, "sync"),
                money_differs(tiktok_order, there),
                units_differ(tiktok_order, there),
            ),
        ),
        "",
    )
