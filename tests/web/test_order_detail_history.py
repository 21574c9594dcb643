"""One order's way and history: the rail, the timeline, and that the page keeps up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.detail import gather_detail, is_in_motion
from orders.models import LineItem, Order, Package, StatusChange
from orders.rail import progress_rail
from orders.services.store_orders import store_page
from orders.timeline import tell_history
from tests.factories import (
    ORDER_ID,
    Pair,
    link_sku,
    make_fulfillment,
    make_shop,
    order_body,
    set_columns,
    stored_order,
    synced_order,
)
from tests.web.reading import elements_of, text_of, value_of
from tiktoksync.sync.models import Attempt

PAGE = f"/orders/{ORDER_ID}/"
AT = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def tell(order: Order, *moves: tuple[str, str, str]) -> None:
    """Append lines of history an hour apart."""
    StatusChange.objects.filter(order=order).delete()
    for index, (axis, before, after) in enumerate(moves):
        StatusChange.objects.create(
            order=order,
            axis=axis,
            before=before,
            after=after,
            actor="tiktok" if axis == "tiktok" else "system",
            at=AT + timedelta(hours=index),
        )


def rail_of(order: Order) -> list[tuple[str, str]]:
    steps = progress_rail(order, list(order.history.all()), list(order.fulfillments.all()))
    return [(step.label, step.state) for step in steps]


def test_the_rail_shows_where_an_order_stands(pair: Pair) -> None:
    order = synced_order(pair.shop)
    make_fulfillment(order, sent_at=AT + timedelta(hours=3))
    tell(
        order,
        ("tiktok", "", "ON_HOLD"),
        ("tiktok", "ON_HOLD", "AWAITING_SHIPMENT"),
        ("tiktok", "AWAITING_SHIPMENT", "AWAITING_COLLECTION"),
        ("tiktok", "AWAITING_COLLECTION", "IN_TRANSIT"),
    )
    assert rail_of(order) == [
        ("Paid", "done"),
        ("On hold", "done"),
        ("Released", "done"),
        ("In Shopify", "done"),
        ("Tracking sent", "done"),
        ("Awaiting collection", "done"),
        ("In transit", "now"),
        ("Delivered", "todo"),
    ]


def test_stops_that_an_order_never_made_are_gone_by(pair: Pair) -> None:
    order = stored_order(pair.shop, is_cod=True, paid_time=None)
    tell(order, ("tiktok", "", "AWAITING_SHIPMENT"), ("tiktok", "AWAITING_SHIPMENT", "DELIVERED"))
    assert rail_of(order) == [
        ("Ordered", "done"),
        ("On hold", "passed"),
        ("Released", "done"),
        ("In Shopify", "passed"),
        ("Tracking sent", "passed"),
        ("Awaiting collection", "passed"),
        ("In transit", "passed"),
        ("Delivered", "done"),
    ]


def test_a_cancelled_order_ends_there(pair: Pair) -> None:
    order = stored_order(pair.shop)
    set_columns(order, tiktok_status="CANCELLED", released_at=None)
    tell(order, ("tiktok", "", "ON_HOLD"), ("tiktok", "ON_HOLD", "CANCELLED"))
    assert rail_of(order) == [("Paid", "done"), ("On hold", "done"), ("Cancelled", "end")]


def test_history_reads_as_sentences_newest_first(pair: Pair) -> None:
    order = synced_order(pair.shop)
    tell(
        order,
        ("tiktok", "", "ON_HOLD"),
        ("sync", "", "held"),
        ("tiktok", "ON_HOLD", "AWAITING_SHIPMENT"),
        ("sync", "held", "pending"),
        ("sync", "pending", "sending"),
        ("sync", "sending", "pending"),
        ("sync", "sending", "failed"),
        ("sync", "sending", "synced"),
        ("shopify", "UNFULFILLED", "PARTIALLY_FULFILLED"),
        ("fulfillment", "", "pending"),
        ("fulfillment", "pending", "sending"),
        ("fulfillment", "sending", "pending"),
        ("fulfillment", "sending", "synced"),
        ("cancellation", "pending", "sending"),
        ("cancellation", "sending", "failed"),
        ("note", "", "second_order"),
        ("tiktok", "IN_TRANSIT", "SOMETHING_NEW"),
    )
    events = tell_history(list(order.history.all()))
    assert [(event.sentence, event.tone) for event in events] == [
        ("TikTok: SOMETHING_NEW", "off"),
        ("A second Shopify order claims this order", "bad"),
        ("Could not be cancelled in Shopify", "bad"),
        ("Cancelling in Shopify", "off"),
        ("Tracking accepted by TikTok", "good"),
        ("Tracking not sent yet; it goes on", "wait"),
        ("Sending the tracking to TikTok", "off"),
        ("Tracking queued for TikTok", "off"),
        ("Shopify: Partially fulfilled", "off"),
        ("Created in Shopify", "good"),
        ("Could not be sent to Shopify", "bad"),
        ("The try did not work; queued again", "wait"),
        ("Sending to Shopify", "off"),
        ("Queued for Shopify", "off"),
        ("TikTok: Awaiting shipment", "off"),
        ("Kept back from Shopify", "off"),
        ("First seen on TikTok: On hold", "off"),
    ]


def test_a_try_can_be_looked_into(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    attempt = Attempt.objects.create(
        flow="push_orders",
        step="create",
        subject="orders.order",
        subject_id=order.pk,
        number=3,
        started_at=AT,
        outcome="failed",
        code="INVALID",
        message="The postal code is not valid.",
        elapsed_ms=412,
    )
    StatusChange.objects.create(
        order=order,
        axis="sync",
        before="sending",
        after="failed",
        actor="system",
        reason="Refused.",
        attempt=attempt,
        request_id="gid-77",
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Could not be sent to Shopify just now · TikTokSync Refused. Try 3" in words
    facts = {name: value_of(answer, name) for name in ("Outcome", "Code", "Took", "Request id")}
    assert facts == {
        "Outcome": "Failed",
        "Code": "INVALID",
        "Took": "412 ms",
        "Request id": "gid-77",
    }
    assert value_of(answer, "Answer") == "The postal code is not valid."


# --- live -----------------------------------------------------------------------------------------


def live_address(answer: Any) -> str:
    (live,) = [each for each in elements_of(answer, "div") if each.get("id") == "order"]
    return live["hx-get"]


def test_the_order_is_sent_again_only_when_it_has_changed(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    refresh = live_address(anna.get(PAGE))
    assert anna.get(refresh).status_code == 204
    set_columns(order, sync_status="sending")
    changed = anna.get(refresh)
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert changed.templates[0].name == "orders/_detail.html"
    assert anna.get(live_address(changed)).status_code == 204
    store_page(pair.shop, [order_body(status="CANCELLED", age=10)])
    assert anna.get(live_address(changed)).status_code == 200


@pytest.mark.parametrize(
    ("columns", "moving"),
    [
        ({"sync_status": "pending"}, True),
        ({"sync_status": "sending"}, True),
        ({"sync_status": "pending", "next_attempt_at": AT}, True),
        ({"sync_status": "pending", "next_attempt_at": datetime(2999, 1, 1, tzinfo=UTC)}, False),
        ({"sync_status": "held"}, False),
        ({"sync_status": "synced"}, False),
        ({"sync_status": "failed"}, False),
    ],
)
def test_only_an_order_on_its_way_is_shown_moving(columns: dict[str, Any], moving: bool) -> None:
    assert is_in_motion(Order(**columns)) is moving


def test_of_two_shops_orders_with_one_id_the_address_says_which(pair: Pair, anna: Client) -> None:
    second = make_shop(pair.merchant, pair.store, "749second")
    stored_order(pair.shop, buyer_message="The first shop's")
    stored_order(second, buyer_message="The second shop's")
    assert "The second shop's" in text_of(anna.get(PAGE))
    assert "The first shop's" in text_of(anna.get(f"{PAGE}?shop=749Anna"))
    assert "The second shop's" in text_of(anna.get(f"{PAGE}?shop=749second"))
    assert anna.get(f"{PAGE}?shop=nobody").status_code == 404
    listed = [
        link["href"] for link in elements_of(anna.get("/orders/"), "a") if "data-open" in link
    ]
    assert sorted(listed) == [f"{PAGE}?shop=749Anna", f"{PAGE}?shop=749second"]


def test_the_page_costs_the_same_for_one_item_and_for_many(pair: Pair, anna: Client) -> None:
    link_sku(pair)
    order = stored_order(pair.shop)
    anna.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        anna.get(PAGE)
    for index in range(30):
        LineItem.objects.create(
            order=order, tiktok_line_item_id=str(index), tiktok_sku_id=f"29{index}"
        )
        StatusChange.objects.create(order=order, axis="note", after=str(index), actor="system")
        Package.objects.create(order=order, tiktok_package_id=str(index))
    with CaptureQueriesContext(connection) as many:
        anna.get(PAGE)
    assert len(many) == len(few) <= 32


def test_gathering_a_detail_reads_the_body_once(pair: Pair) -> None:
    order = stored_order(pair.shop)
    detail = gather_detail(order)
    assert [event.sentence for event in detail["events"]] == [
        "Queued for Shopify",
        "First seen on TikTok: Awaiting shipment",
    ]
    assert detail["buyer_message"] == ""
    assert detail["cancellation"] is None
