"""Returns and refunds after shipping: how one moves along, and what follows for the order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import events, money
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove, announce, set_status, tell
from tiktoksync.sandbox.tiktok.placing import place_order
from tiktoksync.sandbox.tiktok.reasons import DAMAGED, PARTIAL_REGIONS, RETURN_REASONS
from tiktoksync.sandbox.tiktok.refunds import full_price, line_row, partial_amount, refund_amount
from tiktoksync.sandbox.tiktok.state import Order, TikTokState

Return = dict[str, Any]

PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"
REJECTED = "REFUND_OR_RETURN_REQUEST_REJECT"
BUYER_SHIPS = "AWAITING_BUYER_SHIP"
BUYER_SHIPPED = "BUYER_SHIPPED_ITEM"
PARCEL_REJECTED = "REJECT_RECEIVE_PACKAGE"
OFFERED = "AWAITING_BUYER_RESPONSE"
SUCCESS = "RETURN_OR_REFUND_REQUEST_SUCCESS"
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
CANCELLED = "RETURN_OR_REFUND_REQUEST_CANCEL"
MONEY_BACK = ("REFUND", "RETURN_AND_REFUND")
NEW_GOODS = ("REPLACEMENT", "EXCHANGE")
NEXT_ACTION = {
    ("REFUND", PENDING): "SELLER_RESPOND_REFUND",
    ("RETURN_AND_REFUND", PENDING): "SELLER_RESPOND_RETURN",
    ("RETURN_AND_REFUND", BUYER_SHIPPED): "SELLER_RESPOND_RECEIVE_PACKAGE",
    ("REPLACEMENT", "REPLACEMENT_REQUEST_PENDING"): "SELLER_RESPOND_REPLACEMENT",
}
ANSWER_SECONDS = 2 * 86400


def may_return(state: TikTokState, order: Order, kind: str) -> bool:
    """Refunds alone while the parcel is under way, everything else once it has arrived."""
    region = state.shops[order.shop_id].region
    if kind in NEW_GOODS and region not in PARTIAL_REGIONS:
        return False
    under_way = kind == "REFUND" and order.status in ("AWAITING_COLLECTION", "IN_TRANSIT")
    return under_way or order.status in ("DELIVERED", "COMPLETED")


def open_return(
    state: TikTokState,
    order: Order,
    kind: str,
    reason: str = DAMAGED,
    line_ids: list[str] | None = None,
    amount: str | None = None,
) -> Return:
    """The buyer asks for money or goods; raises WrongMove where that is not possible."""
    if kind not in (*MONEY_BACK, *NEW_GOODS):
        raise WrongMove(f"unknown return type {kind}")
    if not may_return(state, order, kind):
        region = state.shops[order.shop_id].region
        raise WrongMove(f"no {kind} is possible in {region} while the order is {order.status}")
    live = order.live_lines()
    lines = [one for one in live if not line_ids or one["id"] in line_ids]
    if not lines or (line_ids and len(lines) != len(set(line_ids))):
        raise WrongMove("not all of these are live lines of the order")
    row = _make_row(state, order, kind, reason, lines)
    row.update(_money_of(order, kind, lines, amount))
    state.returns[row["return_id"]] = row
    move(state, row, _first_status(kind), "BUYER")
    tell(state, order, f"buyer asks for {kind.lower().replace('_', ' ')}", "BUYER")
    return row


def _first_status(kind: str) -> str:
    return f"{kind}_REQUEST_PENDING" if kind in NEW_GOODS else PENDING


def _make_row(
    state: TikTokState, order: Order, kind: str, reason: str, lines: list[dict[str, Any]]
) -> Return:
    now = state.now()
    row: Return = {
        "return_id": state.new_id("4035"),
        "order_id": order.id,
        "return_type": kind,
        "return_status": "",
        "role": "BUYER",
        "return_reason": reason,
        "return_reason_text": RETURN_REASONS.get(reason, reason),
        "is_combined_return": False,
        "combined_return_id": "0",
        "return_line_items": [line_row(state, line, "return") for line in lines],
        "seller_next_action_response": [],
        "create_time": now,
        "update_time": now,
    }
    if kind != "REFUND":
        row.update(shipment_type="PLATFORM", handover_method="DROP_OFF",
                   return_method="PLATFORM_SHIPPED")  # fmt: skip
    return row


def _money_of(
    order: Order, kind: str, lines: list[dict[str, Any]], amount: str | None
) -> dict[str, Any]:
    """The amounts of the whole and of each line; goods for goods give no money back."""
    currency = order.body["payment"]["currency"]
    fees = {f"{who}_paid_return_shipping_fee": "0" for who in ("seller", "platform", "buyer")}
    discounts = {
        f"product_{who}_discount": money.text(
            sum((Decimal(line[f"{who}_discount"]) for line in lines), money.ZERO)
        )
        for who in ("seller", "platform")
    }
    no_shipping = {"shipping_fee_seller_discount": "0", "shipping_fee_platform_discount": "0"}
    found: dict[str, Any] = {
        "shipping_fee_amount": [{"currency": currency, **fees}],
        "discount_amount": [{"currency": currency, **discounts, **no_shipping}],
    }
    if kind in MONEY_BACK:
        whole = len(lines) == len(order.live_lines())
        never_arrived = order.status in ("AWAITING_COLLECTION", "IN_TRANSIT")
        most = refund_amount(order, lines, shipping=whole and never_arrived)
        found["refund_amount"] = most
        if amount is not None:
            chosen = money.amount(amount, currency)
            if not 0 <= chosen <= Decimal(most["refund_total"]):
                raise WrongMove(f"at most {most['refund_total']} can be given back")
            found["refund_amount"] = partial_amount(order, chosen)
    return found


def offer_amount(state: TikTokState, row: Return, amount: Decimal) -> None:
    """The seller offers less than what was asked for."""
    order = state.orders[row["order_id"]]
    row["refund_amount"] = partial_amount(order, amount)
    row["partial_refund"] = {
        "currency": order.body["payment"]["currency"], "amount": money.text(amount),
    }  # fmt: skip


def move(state: TikTokState, row: Return, status: str, by: str, note: str = "") -> None:
    """Give the return a status, note it in its history, and announce it."""
    row["return_status"] = status
    row["update_time"] = max(row["update_time"], state.now())
    action = NEXT_ACTION.get((row["return_type"], status))
    row["seller_next_action_response"] = (
        [{"action": action, "deadline": state.now() + ANSWER_SECONDS}] if action else []
    )
    state.return_records[row["return_id"]].append(
        {"event": status, "role": by, "description": f"{by.capitalize()}: {status}",
         "reason_text": row["return_reason_text"], "note": note, "create_time": state.now()}
    )  # fmt: skip
    _divide_refund(state, row)
    events.send_return(state, row)


def _divide_refund(state: TikTokState, row: Return) -> None:
    """Each line carries its share of what is given back."""
    if "refund_amount" not in row:
        return
    order = state.orders[row["order_id"]]
    by_id = {line["id"]: line for line in order.body["line_items"]}
    lines = [by_id[one["order_line_item_id"]] for one in row["return_line_items"]]
    total = Decimal(row["refund_amount"]["refund_total"])
    if total >= sum((full_price(line) for line in lines), money.ZERO):
        shares = [refund_amount(order, [line]) for line in lines]
    else:
        weights = [full_price(line) for line in lines]
        parts = money.spread(total, weights, row["refund_amount"]["currency"])
        shares = [partial_amount(order, part) for part in parts]
    for one, share in zip(row["return_line_items"], shares, strict=True):
        one["refund_amount"] = share


def grant(state: TikTokState, row: Return, by: str, note: str = "") -> None:
    """The refund is agreed to; some time later the money has arrived."""
    move(state, row, SUCCESS, by, note)

    def arrive() -> None:
        if row["return_status"] == SUCCESS:
            finish(state, row, "SYSTEM")

    state.later(float(state.config["refund_seconds"]), arrive)


def finish(state: TikTokState, row: Return, by: str) -> None:
    """The money is back with the buyer; with nothing left to pay back the order is complete."""
    move(state, row, COMPLETE, by)
    order = state.orders[row["order_id"]]
    tell(state, order, f"refunded {row['refund_amount']['refund_total']}", by)
    complete_if_refunded(state, order)


def complete_if_refunded(state: TikTokState, order: Order) -> None:
    """A full refund ends an order that is under way or delivered."""
    if order.status not in ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"):
        return
    back: dict[str, Decimal] = {}
    for row in state.returns.values():
        if row["order_id"] == order.id and row["return_status"] in PAID_BACK:
            for one in row["return_line_items"]:
                key = one["order_line_item_id"]
                share = Decimal(one["refund_amount"]["refund_total"])
                back[key] = back.get(key, money.ZERO) + share
    lines = order.live_lines()
    if all(back.get(one["id"], money.ZERO) >= full_price(one) for one in lines) and back:
        set_status(state, order, "COMPLETED", "refunded in full", "SYSTEM")


PAID_BACK = (COMPLETE, "REPLACEMENT_REQUEST_REFUND_SUCCESS", "EXCHANGE_REQUEST_REFUND_SUCCESS")


def refund_instead(state: TikTokState, row: Return, by: str) -> None:
    """Money for a replacement or an exchange that cannot be sent."""
    order = state.orders[row["order_id"]]
    ids = {one["order_line_item_id"] for one in row["return_line_items"]}
    lines = [line for line in order.body["line_items"] if line["id"] in ids]
    row["refund_amount"] = refund_amount(order, lines)
    move(state, row, f"{row['return_type']}_REQUEST_REFUND_SUCCESS", by)
    complete_if_refunded(state, order)


def _same_again(source: Order, row: dict[str, Any]) -> dict[str, Any]:
    """The wish for one more unit of what came back."""
    line = next(x for x in source.body["line_items"] if x["id"] == row["order_line_item_id"])
    parts = [
        {"sku": one["seller_sku"], "count": one["sku_count"]}
        for one in line.get("combined_listing_skus", [])
    ]
    return {"sku": row["seller_sku"], **({"bundle": parts} if parts else {})}


def send_new_goods(state: TikTokState, row: Return, by: str) -> Order:
    """Place the order of the replacement or the exchange: same goods, same buyer, no payment."""
    source = state.orders[row["order_id"]]
    shop = state.shops[source.shop_id]
    link = "replacement_of" if row["return_type"] == "REPLACEMENT" else "exchange_of"
    wish = {
        link: source.id,
        "hold": False,
        "lines": [_same_again(source, one) for one in row["return_line_items"]],
        "shipping_type": source.body["shipping_type"],
        "fulfillment_type": source.body["fulfillment_type"],
    }
    order = place_order(state, shop, wish)
    order.body["user_id"] = source.body["user_id"]
    order.body["buyer_email"] = source.body["buyer_email"]
    announce(state, order)
    move(state, row, f"{row['return_type']}_REQUEST_COMPLETE", by)
    tell(state, source, f"{row['return_type'].lower()} placed as {order.id}", by)
    return order
