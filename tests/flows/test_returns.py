"""Returns and refunds on TikTok: mirrored on the order, noted in Shopify by rule, never twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orders.models import Order, Refund, Return
from orders.services.actions import retry_order
from tests.flows.test_aftersales import nothing_more_happens, place, settle, stock, unit_ids, writes
from tests.flows.world import US_SHOP, World, steps
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop

NUMBER = "9400111899223100001234"


@pytest.fixture
def noted(world: World) -> None:
    """Refunds on TikTok are noted in Shopify."""
    for shop in world.shops.values():
        shop.rules.refund_in_shopify = True
        shop.rules.save()


def delivered(world: World) -> str:
    """An order of three mugs that has reached its buyer."""
    order_id = place(world)
    world.fulfill(order_id, NUMBER, "USPS")
    settle(world)
    for step in ("scan", "deliver"):
        world.act(order_id, step)
    settle(world)
    assert world.order(order_id).tiktok_status == "DELIVERED"
    world.forget_calls()
    return order_id


def open_return(world: World, order_id: str, kind: str = "REFUND", **body: Any) -> str:
    wish = {"type": kind, **body}
    return str(world.control("POST", f"orders/{order_id}/return", wish)["return_id"])


def advance(world: World, return_id: str, *steps_: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for step in steps_:
        shown = world.control("POST", f"returns/{return_id}/advance", {"to": step})
    return shown


def poll(world: World) -> None:
    """The slow poll is due, and everything that follows from it comes to its end."""
    TikTokShop.objects.update(next_aftersales_poll_at=database_now())
    settle(world)


def refunds_of(world: World, order_id: str) -> list[dict[str, Any]]:
    (made,) = world.shopify(order_id)
    found: list[dict[str, Any]] = made["refunds"]
    return found


def left_of(world: World, order_id: str) -> list[int]:
    (made,) = world.shopify(order_id)
    return [line["current_quantity"] for line in made["line_items"]]


def test_a_return_is_mirrored_from_the_first_word_to_the_last(world: World) -> None:
    order_id = delivered(world)
    first = unit_ids(world, order_id)[0]
    return_id = open_return(world, order_id, "RETURN_AND_REFUND", line_item_ids=[first])
    for step in ("approve", "ship", "receive", "complete"):
        poll(world)
        advance(world, return_id, step)
    poll(world)
    row = Return.objects.get()
    assert (row.return_id, row.units) == (return_id, [first])
    assert row.status == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    assert row.tracking_number
    assert row.carrier == "J&T Express"
    order = world.order(order_id)
    assert steps(order, "return") == [
        "RETURN_OR_REFUND_REQUEST_PENDING",
        "AWAITING_BUYER_SHIP",
        "BUYER_SHIPPED_ITEM",
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
    ]
    assert (writes(world), refunds_of(world, order_id)) == ({}, [])
    assert Refund.objects.get().skip_reason == "by_rule"
    nothing_more_happens(world, order_id)


@pytest.mark.parametrize(("restock", "more"), [("RETURN", 1), ("NO_RESTOCK", 0)])
def test_goods_that_came_back_are_taken_off_and_restocked_by_rule(
    world: World, noted: None, restock: str, more: int
) -> None:
    rules = world.shops[US_SHOP].rules
    rules.refund_in_shopify, rules.restock_returns = True, restock
    rules.save()
    order_id = delivered(world)
    before = stock(world)
    first = unit_ids(world, order_id)[0]
    return_id = open_return(world, order_id, "RETURN_AND_REFUND", line_item_ids=[first])
    advance(world, return_id, "approve", "ship", "receive")
    poll(world)
    (refund,) = refunds_of(world, order_id)
    assert return_id in refund["note"]
    assert Decimal(refund["total"]) == 0, "TikTok pays the buyer"
    assert left_of(world, order_id) == [2]
    assert stock(world) == before + more
    advance(world, return_id, "complete")
    poll(world)
    assert writes(world) == {"shopify:refundCreate": 1}
    assert steps(world.order(order_id), "refund")[-1] == "synced"
    nothing_more_happens(world, order_id)


def test_a_refund_without_return_takes_its_units_off_and_leaves_stock_alone(
    world: World, noted: None
) -> None:
    order_id = delivered(world)
    before = stock(world)
    return_id = open_return(world, order_id)
    advance(world, return_id, "approve", "complete")
    poll(world)
    assert left_of(world, order_id) == [0]
    assert stock(world) == before
    assert world.order(order_id).tiktok_status == "COMPLETED"
    assert writes(world) == {"shopify:refundCreate": 1}
    nothing_more_happens(world, order_id)


def test_a_part_of_the_price_is_told_and_shopify_stays_as_it_is(world: World, noted: None) -> None:
    order_id = delivered(world)
    first = unit_ids(world, order_id)[0]
    return_id = open_return(world, order_id, line_item_ids=[first], amount="1.50")
    advance(world, return_id, "approve", "complete")
    poll(world)
    row = Refund.objects.get()
    assert (row.sync_status, row.skip_reason, row.amount) == (
        "skipped",
        "amount_only",
        Decimal("1.50"),
    )
    assert "1.50 USD" in world.order(order_id).history.filter(axis="refund").get().reason
    assert (writes(world), left_of(world, order_id)) == ({}, [3])


@pytest.mark.parametrize("end", ["reject", "cancel"])
def test_a_return_that_comes_to_nothing_refunds_nothing(
    world: World, noted: None, end: str
) -> None:
    order_id = delivered(world)
    return_id = open_return(world, order_id)
    poll(world)
    advance(world, return_id, end)
    poll(world)
    assert len(steps(world.order(order_id), "return")) == 2
    assert (writes(world), Refund.objects.count()) == ({}, 0)


def test_what_staff_refunded_by_hand_is_not_taken_off_again(world: World, noted: None) -> None:
    order_id = delivered(world)
    (made,) = world.shopify(order_id)
    by_hand = {"shop": made["shop"], "lines": [{"sku": "MUG-12", "quantity": 1}], "amount": "0"}
    world.control("POST", f"shopify/orders/{made['legacy_resource_id']}/refund", by_hand)
    first, second, _ = unit_ids(world, order_id)
    advance(world, open_return(world, order_id, line_item_ids=[first]), "approve")
    poll(world)
    assert (writes(world), left_of(world, order_id)) == ({}, [2])
    assert Refund.objects.get().sync_status == "synced"
    advance(world, open_return(world, order_id, line_item_ids=[second]), "approve")
    poll(world)
    assert (writes(world), left_of(world, order_id)) == ({"shopify:refundCreate": 1}, [1])
    nothing_more_happens(world, order_id)


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "truncated"])
def test_a_refund_whose_outcome_is_not_known_is_noted_once(
    world: World, noted: None, action: str
) -> None:
    order_id = delivered(world)
    first = unit_ids(world, order_id)[0]
    world.fault(match={"operation": "refundCreate"}, times=1, action=action)
    advance(world, open_return(world, order_id, line_item_ids=[first]), "approve")
    poll(world)
    assert len(refunds_of(world, order_id)) == 1
    assert left_of(world, order_id) == [2]
    assert writes(world) == {"shopify:refundCreate": 2 if action == "drop_before" else 1}


def test_a_refused_refund_waits_for_a_person_and_a_retry_heals_it(
    world: World, noted: None
) -> None:
    order_id = delivered(world)
    world.fault(
        match={"operation": "refundCreate"},
        times=1,
        action="user_errors",
        message="Location closed.",
    )
    advance(world, open_return(world, order_id), "approve")
    poll(world)
    row = Refund.objects.get()
    assert (row.sync_status, row.failure_kind) == ("failed", "rejected")
    assert "Location closed." in row.failure_reason
    assert refunds_of(world, order_id) == []
    assert retry_order(world.order(order_id), actor="merchant")
    settle(world)
    assert Refund.objects.get().sync_status == "synced"
    assert len(refunds_of(world, order_id)) == 1


@pytest.mark.parametrize("kind", ["REPLACEMENT", "EXCHANGE"])
def test_new_goods_are_an_order_of_their_own_that_names_the_first(
    world: World, noted: None, kind: str
) -> None:
    order_id = delivered(world)
    first = unit_ids(world, order_id)[0]
    return_id = open_return(world, order_id, kind, line_item_ids=[first])
    poll(world)
    new_id = advance(world, return_id, "approve")["order_id"]
    poll(world)
    new = world.order(new_id)
    assert (new.kind, new.source_order_id, new.total) == ("replacement", order_id, 0)
    assert steps(world.order(order_id), "return")[-1] == f"{kind}_REQUEST_COMPLETE"
    assert Refund.objects.count() == 0


def test_returns_of_orders_that_come_late_are_found_with_them(world: World, noted: None) -> None:
    order_id = world.place(US_SHOP, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    for step in ("ship", "scan", "deliver"):
        world.act(order_id, step)
    return_id = open_return(world, order_id)
    world.sync()
    order = world.order(order_id)
    assert (order.sync_status, order.skip_reason) == ("skipped", "already_past_shipment")
    assert Return.objects.get(order=order).return_id == return_id
    assert Refund.objects.count() == 0


def test_an_idle_poll_asks_for_no_after_sales(world: World) -> None:
    order_id = delivered(world)
    open_return(world, order_id)
    poll(world)
    assert Order.objects.exclude(aftersales_wanted_at=None).count() == 0
    world.forget_calls()
    world.sync()
    calls = world.calls()
    assert [name for name in calls if "cancellation" in name or "return" in name] == []


def test_the_slow_poll_is_two_calls_a_shop(world: World) -> None:
    delivered(world)
    TikTokShop.objects.update(next_aftersales_poll_at=database_now())
    world.forget_calls()
    world.sync()
    calls = world.calls()
    assert (calls["tiktok:cancellation.search"], calls["tiktok:return.search"]) == (2, 2)
