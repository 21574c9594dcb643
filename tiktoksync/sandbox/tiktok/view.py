"""An order as the API shows it at this moment."""

from __future__ import annotations

import copy
import json
from typing import Any

from tiktoksync.sandbox.tiktok.addresses import empty_address, forgotten_address, masked_address
from tiktoksync.sandbox.tiktok.state import Order

HIDDEN = ("UNPAID", "ON_HOLD")
SHARED = (
    "display_status", "package_id", "package_status", "tracking_number", "shipping_provider_id",
    "shipping_provider_name", "rts_time", "cancel_user", "cancel_reason",
)  # fmt: skip


def order_text(order: Order) -> str:
    """The order as JSON, kept until the order changes."""
    if order.text is None:
        order.text = json.dumps(
            show_order(order), ensure_ascii=False, separators=(",", ":"), sort_keys=True
        )
    return order.text


def show_order(order: Order) -> dict[str, Any]:
    """The order with the recipient it may show now, and with its patches on top."""
    shown: dict[str, Any] = {**order.body, "recipient_address": _recipient(order)}
    if any("sub_item_info" in line for line in order.body["line_items"]):
        shown["line_items"] = [_with_components(line) for line in order.body["line_items"]]
    if order.patch or order.removed:
        shown = copy.deepcopy(shown)
        lay_over(shown, order.patch)
        for path in order.removed:
            cut_out(shown, path)
    return shown


def _with_components(line: dict[str, Any]) -> dict[str, Any]:
    """The parts of a bundle share the status, the parcel and the number of their line."""
    if "sub_item_info" not in line:
        return line
    shared = {name: line[name] for name in SHARED if name in line}
    return {**line, "sub_item_info": [{**one, **shared} for one in line["sub_item_info"]]}


def _recipient(order: Order) -> dict[str, Any]:
    body = order.body
    if body["status"] in HIDDEN or body["shipping_type"] == "TIKTOK_DIGITAL":
        return empty_address(order.recipient)
    if order.aged and body["status"] == "CANCELLED":
        return forgotten_address(order.recipient)
    by_platform = (
        body["shipping_type"] == "TIKTOK" or body["fulfillment_type"] != "FULFILLMENT_BY_SELLER"
    )
    if by_platform or order.masked or order.aged or body["status"] == "CANCELLED":
        return masked_address(order.recipient)
    return order.recipient


def lay_over(base: Any, patch: dict[str, Any]) -> None:
    """Merge deeply in place; a number as key reaches into a list, a list replaces."""
    for key, value in patch.items():
        place: Any = int(key) if isinstance(base, list) else key
        current = _peek(base, place)
        if isinstance(value, dict) and isinstance(current, dict | list):
            lay_over(current, value)
        else:
            base[place] = value


def _peek(base: Any, place: Any) -> Any:
    if isinstance(base, list):
        return base[place] if place < len(base) else None
    return base.get(place)


def cut_out(base: Any, path: str) -> None:
    """Remove one dotted path, if it is there."""
    *way, last = path.split(".")
    for part in way:
        base = _peek(base, int(part) if isinstance(base, list) else part)
        if base is None:
            return
    if isinstance(base, list):
        del base[int(last)]
    else:
        base.pop(last, None)
