"""Cancelling after the sale, on both platforms at once: asked for, answered, done, never twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orders.models import CancelRequest, Order, Refund, SellerCancellation
from orders.services.answers import (
    CannotAnswer,
    accept_cancel_request,
    cancel_on_tiktok,
    decline_cancel_request,
    leave_on_tiktok,
)
from tests.factories import pass_time
from tests.flows.world import US_SHOP, VN_SHOP, World, steps

PACKED = "reverse_reject_request_reason_1"
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
MUG = {"sku": "MUG-12", "quantity": 3}
WRITES = (
    "tiktok:cancellation.approve",
    "tiktok:cancellation.reject",
    "tiktok:cancellation.create",
    "shopify:orderCancel",
    "shopify:refundCreate",
)


def place(world: World, shop: str = US_SHOP, **line: Any) -> str:
    """An order that is in Shopify and waits to be shipped."""
    order_id = world.place(shop, status="AWAITING_SHIPMENT", lines=[{**MUG, **line}])
    world.sync()
    assert len(world.shopify(order_id)) == 1
    world.forget_calls()
    return order_id


def settle(world: World) -> None:
    """Let everything that waits come to its end."""
    for _ in range(4):
        world.sync()
        pass_time(120)


def unit_ids(world: World, order_id: str) -> list[str]:
    return [line["id"] for line in world.tiktok(order_id)["line_items"]]


def writes(world: World) -> dict[str, int]:
    """How often each platform was told to change something."""
    calls = world.calls()
    return {name: calls[name] for name in WRITES if calls.get(name)}


def stock(world: World, sku: str = "MUG-12") -> int:
    rows = world.control("GET", "shopify/products")["variants"]
    return next(row["inventory"] for row in rows if row["sku"] == sku)


def the_request(order_id: str) -> CancelRequest:
    return CancelRequest.objects.get(order__tiktok_order_id=order_id)


def ask(world: World, order_id: str, **body: Any) -> Order:
    """The buyer asks to cancel, and the news come in."""
    world.act(order_id, "request-cancel", **body)
    world.sync()
    return world.order(order_id)


def nothing_more_happens(world: World, order_id: str) -> None:
    """A second pass sends nothing and tells nothing new."""
    settle(world)
    lines = world.order(order_id).history.count()
    world.forget_calls()
    pass_time(3600)
    world.sync()
    world.sync()
    assert writes(world) == {}
    assert world.order(order_id).history.count() == lines


# --- the buyer asks ------------------------------------------------------------------------------


def test_a_request_is_seen_with_all_that_an_answer_takes(world: World) -> None:
    order_id = place(world)
    order = ask(world, order_id)
    row = the_request(order_id)
    assert order.cancel_requested
    assert (row.sync_status, row.units) == ("held", unit_ids(world, order_id))
    assert row.respond_by is not None
    assert {one["name"] for one in row.reject_reasons} >= {PACKED}
    assert world.calls()["tiktok:cancellation.search"] == 1
    assert writes(world) == {}


@pytest.mark.parametrize("shop", [US_SHOP, VN_SHOP])
def test_an_accepted_request_cancels_on_both_sides(world: World, shop: str) -> None:
    before = stock(world)
    order_id = place(world, shop)
    accept_cancel_request(ask(world, order_id), actor="merchant")
    settle(world)
    assert world.tiktok(order_id)["status"] == "CANCELLED"
    (made,) = world.shopify(order_id)
    assert made["cancelled_at"] is not None
    order = world.order(order_id)
    assert (order.tiktok_status, order.shopify_state) == ("CANCELLED", "CANCELLED")
    assert steps(order, "cancel_request") == ["held", "pending", "sending", "synced"]
    assert steps(order, "cancellation")[-1] == "synced"
    assert writes(world) == {"tiktok:cancellation.approve": 1, "shopify:orderCancel": 1}
    assert Refund.objects.count() + SellerCancellation.objects.count() == 0
    if shop == US_SHOP:
        assert stock(world) == before
    nothing_more_happens(world, order_id)


def test_a_mapped_reason_reaches_shopify(world: World) -> None:
    order_id = place(world)
    order = ask(world, order_id, reason="ecom_order_to_ship_canceled_reason_better_price")
    world.shops[US_SHOP].cancel_reasons.create(
        kind="words", reason="Better price available", becomes="DECLINED"
    )
    accept_cancel_request(order, actor="merchant")
    settle(world)
    (made,) = world.shopify(order_id)
    assert (made["cancel_reason"], made["cancelled_at"] is not None) == ("DECLINED", True)
    assert writes(world) == {"tiktok:cancellation.approve": 1, "shopify:orderCancel": 1}


def test_a_declined_request_lets_the_order_go_on(world: World) -> None:
    order_id = place(world)
    decline_cancel_request(ask(world, order_id), PACKED, "On its way.", actor="api")
    settle(world)
    order = world.order(order_id)
    assert (order.tiktok_status, order.cancel_requested) == ("AWAITING_SHIPMENT", False)
    assert the_request(order_id).sync_status == "synced"
    assert writes(world) == {"tiktok:cancellation.reject": 1}
    world.fulfill(order_id, "9400111899223100001234", "USPS")
    settle(world)
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    nothing_more_happens(world, order_id)


@pytest.mark.parametrize(
    ("what", "skip_reason", "status"),
    [
        ("withdraw-cancel", "withdrawn", "AWAITING_SHIPMENT"),
        ("approve-cancel", "granted_elsewhere", "CANCELLED"),
        ("reject-cancel", "withdrawn", "AWAITING_SHIPMENT"),
    ],
)
def test_a_request_that_ends_elsewhere_needs_no_answer_any_more(
    world: World, what: str, skip_reason: str, status: str
) -> None:
    order_id = place(world)
    order = ask(world, order_id)
    world.act(order_id, what)
    settle(world)
    row = the_request(order_id)
    assert (row.sync_status, row.skip_reason) == ("skipped", skip_reason)
    assert world.order(order_id).tiktok_status == status
    with pytest.raises(CannotAnswer):
        accept_cancel_request(order, actor="merchant")
    assert "tiktok:cancellation.approve" not in writes(world)
    nothing_more_happens(world, order_id)


def test_a_request_that_nobody_answers_is_granted_by_tiktok(world: World) -> None:
    order_id = place(world)
    ask(world, order_id)
    world.control("POST", "clock/advance", {"seconds": 86401})
    settle(world)
    row = the_request(order_id)
    assert row.sync_status == "skipped"
    (made,) = world.shopify(order_id)
    assert made["cancelled_at"] is not None
    assert writes(world) == {"shopify:orderCancel": 1}


def test_an_answer_that_the_buyer_overtakes_is_told(world: World) -> None:
    order_id = place(world)
    accept_cancel_request(ask(world, order_id), actor="merchant")
    world.act(order_id, "withdraw-cancel")
    settle(world)
    row = the_request(order_id)
    assert (row.sync_status, row.skip_reason) == ("skipped", "withdrawn")
    assert world.tiktok(order_id)["status"] == "AWAITING_SHIPMENT"
    assert world.shopify(order_id)[0]["cancelled_at"] is None


def test_a_second_request_after_a_refusal_is_a_question_of_its_own(world: World) -> None:
    order_id = place(world)
    decline_cancel_request(ask(world, order_id), PACKED, "", actor="merchant")
    settle(world)
    order = ask(world, order_id)
    first, second = CancelRequest.objects.filter(order=order)
    assert (first.sync_status, second.sync_status) == ("synced", "held")
    accept_cancel_request(order, actor="merchant")
    settle(world)
    assert world.tiktok(order_id)["status"] == "CANCELLED"


def test_accepting_what_was_shipped_in_shopify_asks_for_a_recall(world: World) -> None:
    order_id = place(world)
    order = ask(world, order_id)
    world.fault(match={"operation": "fulfillment.mark_shipped"}, action="error", code=36009003)
    world.fulfill(order_id, "9400111899223100001234", "USPS")
    world.sync()
    accept_cancel_request(order, actor="merchant")
    world.sync()
    world.heal()
    settle(world)
    order = world.order(order_id)
    assert order.tiktok_status == "CANCELLED"
    assert (order.cancellation.sync_status, order.cancellation.failure_code) == ("failed", "recall")
    assert writes(world) == {"tiktok:cancellation.approve": 1}


@pytest.mark.parametrize("verdict", ["approve", "reject"])
@pytest.mark.parametrize("action", ["drop_after", "drop_before", "truncated"])
def test_an_answer_whose_outcome_is_not_known_is_given_once(
    world: World, verdict: str, action: str
) -> None:
    order_id = place(world)
    order = ask(world, order_id)
    operation = f"cancellation.{verdict}"
    world.fault(match={"operation": operation}, times=1, action=action)
    if verdict == "approve":
        accept_cancel_request(order, actor="merchant")
    else:
        decline_cancel_request(order, PACKED, "", actor="merchant")
    settle(world)
    assert the_request(order_id).sync_status == "synced"
    assert writes(world)[f"tiktok:{operation}"] == (2 if action == "drop_before" else 1)
    expected = "CANCELLED" if verdict == "approve" else "AWAITING_SHIPMENT"
    assert world.order(order_id).tiktok_status == expected


# --- units are cancelled -------------------------------------------------------------------------


def test_accepting_for_some_units_takes_just_these_off_and_ships_the_rest(world: World) -> None:
    before = stock(world)
    order_id = place(world)
    first, *rest = unit_ids(world, order_id)
    order = ask(world, order_id, line_item_ids=[first])
    assert the_request(order_id).units == [first]
    accept_cancel_request(order, actor="merchant")
    settle(world)
    assert world.order(order_id).tiktok_status == "AWAITING_SHIPMENT"
    (made,) = world.shopify(order_id)
    (line,) = made["line_items"]
    assert (line["quantity"], line["current_quantity"], line["unfulfilled_quantity"]) == (3, 2, 2)
    (refund,) = made["refunds"]
    assert (refund["lines"], Decimal(refund["total"])) == ({line["id"]: 1}, 0)
    assert made["cancelled_at"] is None
    assert stock(world) == before - 2
    assert writes(world) == {"tiktok:cancellation.approve": 1, "shopify:refundCreate": 1}

    world.fulfill(order_id, "9400111899223100001234", "USPS")
    settle(world)
    shown = world.tiktok(order_id)
    assert shown["status"] == "AWAITING_COLLECTION"
    numbers = {one["id"]: one.get("tracking_number", "") for one in shown["line_items"]}
    assert numbers == {first: ""} | dict.fromkeys(rest, "9400111899223100001234")
    nothing_more_happens(world, order_id)


@pytest.mark.parametrize("restock", [True, False])
def test_units_that_tiktok_cancels_by_itself_follow_by_rule(world: World, restock: bool) -> None:
    rules = world.shops[US_SHOP].rules
    rules.restock_on_cancel = restock
    rules.save()
    before = stock(world)
    order_id = place(world)
    world.act(order_id, "cancel", by="SELLER", line_item_ids=unit_ids(world, order_id)[:2])
    settle(world)
    (made,) = world.shopify(order_id)
    assert [line["current_quantity"] for line in made["line_items"]] == [1]
    assert stock(world) == before - (1 if restock else 3)
    assert writes(world) == {"shopify:refundCreate": 1}
    order = world.order(order_id)
    assert steps(order, "refund")[-1] == "synced"
    reason = order.history.filter(axis="refund").last().reason
    assert ("still lists them to be shipped" in reason) is not restock
    assert [line["unfulfilled_quantity"] for line in made["line_items"]] == [1 if restock else 3]
    nothing_more_happens(world, order_id)


def test_by_rule_cancelled_units_stay_on_the_shopify_order(world: World) -> None:
    rules = world.shops[US_SHOP].rules
    rules.follow_cancelled_units = False
    rules.save()
    order_id = place(world)
    world.act(order_id, "cancel", by="SELLER", line_item_ids=unit_ids(world, order_id)[:1])
    settle(world)
    assert world.shopify(order_id)[0]["refunds"] == []
    assert Refund.objects.get().skip_reason == "by_rule"
    assert writes(world) == {}


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "truncated"])
def test_a_refund_whose_outcome_is_not_known_is_made_once(world: World, action: str) -> None:
    order_id = place(world)
    world.fault(match={"operation": "refundCreate"}, times=1, action=action)
    world.act(order_id, "cancel", by="SELLER", line_item_ids=unit_ids(world, order_id)[:1])
    settle(world)
    (made,) = world.shopify(order_id)
    assert len(made["refunds"]) == 1
    assert Refund.objects.get().shopify_refund_id == made["refunds"][0]["id"]
    assert writes(world) == {"shopify:refundCreate": 2 if action == "drop_before" else 1}


def test_units_and_then_the_rest_end_in_one_cancelled_order(world: World) -> None:
    before = stock(world)
    order_id = place(world)
    units = unit_ids(world, order_id)
    world.act(order_id, "cancel", by="SELLER", line_item_ids=units[:1])
    settle(world)
    world.act(order_id, "cancel", by="SELLER", line_item_ids=units[1:])
    settle(world)
    (made,) = world.shopify(order_id)
    assert made["cancelled_at"] is not None
    assert stock(world) == before
    assert writes(world) == {"shopify:refundCreate": 1, "shopify:orderCancel": 1}
    nothing_more_happens(world, order_id)


# --- cancelled in Shopify ------------------------------------------------------------------------


def cancel_in_shopify(world: World, order_id: str, reason: str = "INVENTORY") -> None:
    (made,) = world.shopify(order_id)
    wish = {"shop": made["shop"], "reason": reason, "restock": True}
    world.control("POST", f"shopify/orders/{made['legacy_resource_id']}/cancel", wish)
    pass_time(3600)
    world.sync()


def the_offer(order_id: str) -> SellerCancellation:
    return SellerCancellation.objects.get(order__tiktok_order_id=order_id)


@pytest.mark.parametrize("shop", [US_SHOP, VN_SHOP])
def test_a_cancellation_in_shopify_is_offered_and_carried_out_once(world: World, shop: str) -> None:
    order_id = place(world, shop)
    cancel_in_shopify(world, order_id)
    row = the_offer(order_id)
    assert (row.sync_status, row.shopify_reason) == ("held", "INVENTORY")
    assert OUT_OF_STOCK in {one["name"] for one in row.reasons}
    assert world.tiktok(order_id)["status"] == "AWAITING_SHIPMENT"
    assert world.calls()["tiktok:cancellation.eligibility"] == 1
    cancel_on_tiktok(world.order(order_id), OUT_OF_STOCK, actor="merchant")
    settle(world)
    assert world.tiktok(order_id)["status"] == "CANCELLED"
    assert the_offer(order_id).sync_status == "synced"
    order = world.order(order_id)
    assert (order.tiktok_status, order.shopify_state) == ("CANCELLED", "CANCELLED")
    assert writes(world) == {"tiktok:cancellation.create": 1}
    assert not CancelRequest.objects.exists()
    nothing_more_happens(world, order_id)


@pytest.mark.parametrize("action", ["", "drop_after", "drop_before", "truncated"])
def test_by_rule_it_is_carried_out_at_once(world: World, action: str) -> None:
    rules = world.shops[US_SHOP].rules
    rules.on_shopify_cancel = "auto"
    rules.save()
    order_id = place(world)
    if action:
        world.fault(match={"operation": "cancellation.create"}, times=1, action=action)
    cancel_in_shopify(world, order_id, "CUSTOMER")
    settle(world)
    assert world.tiktok(order_id)["status"] == "CANCELLED"
    row = the_offer(order_id)
    assert row.sync_status == "synced"
    assert row.reason == "seller_cancel_paid_reason_buyer_requested_cancellation"
    calls = 2 if action == "drop_before" else 1
    assert writes(world) == {"tiktok:cancellation.create": calls}


def test_the_merchant_may_leave_it_on_tiktok(world: World) -> None:
    order_id = place(world)
    cancel_in_shopify(world, order_id)
    leave_on_tiktok(world.order(order_id), actor="merchant")
    settle(world)
    assert world.tiktok(order_id)["status"] == "AWAITING_SHIPMENT"
    assert the_offer(order_id).sync_status == "skipped"
    assert writes(world) == {}
    nothing_more_happens(world, order_id)


def test_what_tiktok_does_not_let_go_is_told(world: World) -> None:
    order_id = place(world)
    world.act(order_id, "ship")
    world.act(order_id, "scan")
    (made,) = world.shopify(order_id)
    wish = {"shop": made["shop"], "reason": "OTHER", "restock": True}
    world.control("POST", f"shopify/orders/{made['legacy_resource_id']}/cancel", wish)
    pass_time(3600)
    other = world.place(status="AWAITING_SHIPMENT")  # keeps the poll going
    world.sync()
    settle(world)
    row = the_offer(order_id)
    assert (row.sync_status, row.failure_code) == ("failed", "not_eligible")
    assert world.tiktok(order_id)["status"] == "IN_TRANSIT"
    assert world.order(other).sync_status == "synced"
    assert writes(world) == {}


def test_our_own_cancellation_does_not_come_back_as_an_offer(world: World) -> None:
    order_id = place(world)
    world.act(order_id, "cancel", by="SYSTEM")
    world.place(status="AWAITING_SHIPMENT")
    for _ in range(3):
        settle(world)
        pass_time(3600)
    (made,) = world.shopify(order_id)
    assert made["cancelled_at"] is not None
    assert not SellerCancellation.objects.exists()
    assert writes(world) == {"shopify:orderCancel": 1}


def test_both_sides_cancelled_at_once_need_nobody(world: World) -> None:
    order_id = place(world)
    world.act(order_id, "cancel", by="BUYER")
    cancel_in_shopify(world, order_id)
    settle(world)
    assert not SellerCancellation.objects.exclude(sync_status="skipped").exists()
    assert world.order(order_id).cancellation.sync_status == "synced"
    # Refused, for it was cancelled there already: that is as good as done.
    assert writes(world) == {"shopify:orderCancel": 1}
    nothing_more_happens(world, order_id)
