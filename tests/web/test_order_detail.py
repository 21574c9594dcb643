"""One order's page: why it stands there, its way, its money, its history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.detail import address_parts, gather_detail, is_in_motion, money_rows
from orders.models import LineItem, Order, Package, StatusChange
from orders.services.store_orders import store_page
from orders.timeline import progress_rail, tell_history
from tests.factories import (
    ORDER_ID,
    Pair,
    link_sku,
    make_cancellation,
    make_fulfillment,
    make_shop,
    order_body,
    set_columns,
    stored_order,
    synced_order,
)
from tests.orders.data import build
from tests.web.reading import elements_of, rows_of, text_of, value_of
from tiktoksync.sync.models import Attempt

PAGE = f"/orders/{ORDER_ID}/"
AT = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def fail(order: Order, code: str = "sku_unlinked", kind: str = "config", **columns: Any) -> None:
    """Set an order aside, with the line of history that belongs to it."""
    reason = columns.pop("failure_reason", "Not linked to a Shopify product: RED.")
    set_columns(
        order,
        sync_status="failed",
        failure_kind=kind,
        failure_code=code,
        failure_reason=reason,
        **columns,
    )
    StatusChange.objects.create(
        order=order, axis="sync", before="pending", after="failed", actor="system", reason=reason
    )


def buttons_of(answer: Any) -> set[str]:
    """The ids of the page's action buttons."""
    return {each["id"] for each in elements_of(answer, "button") if "id" in each}


def test_an_order_in_shopify_shows_both_numbers(pair: Pair, anna: Client) -> None:
    synced_order(pair.shop)
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert f"Order {ORDER_ID}" in words
    assert "Awaiting shipment Synced in Shopify as #1001" in words
    links = [link.get("href") for link in elements_of(answer, "a")]
    assert "https://anna.myshopify.com/admin/orders/1" in links


def test_a_blocked_order_says_what_why_and_how(pair: Pair, anna: Client) -> None:
    fail(stored_order(pair.shop))
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Blocked: not in Shopify yet since just now" in words
    assert "Not linked to a Shopify product: RED." in words
    assert "What helps: Choose the Shopify variant that is sold under this SKU." in words
    assert buttons_of(answer) >= {"order-retry", "order-dismiss"}
    assert f"{PAGE}link/?shop=749Anna" in [link.get("href") for link in elements_of(answer, "a")]


def test_link_product_leads_to_the_first_item_without_a_link(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    lines = [build.unit("1", "RED"), build.unit("2", "BLUE"), build.unit("3", "GREEN")]
    stored_order(pair.shop, lines=lines)
    answer = anna.get(f"{PAGE}link/")
    assert answer["Location"] == "/products/link/749Anna/29BLUE/?order=576461413038785752"


def test_with_every_item_linked_it_leads_back_to_the_order(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    stored_order(pair.shop)
    assert anna.get(f"{PAGE}link/")["Location"] == f"{PAGE}?shop=749Anna"


def test_orders_stopped_for_the_same_reason_are_counted(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    for index in range(3):
        fail(stored_order(pair.shop, f"57646141303878000{index}"))
    fail(stored_order(pair.shop, "576461413038780009"), failure_reason="Another.")
    fail(stored_order(strangers.shop, "576461413038780008"))
    words = text_of(anna.get("/orders/576461413038780000/"))
    assert "2 other orders stopped for the same reason." in words


@pytest.mark.parametrize(
    ("kind", "code", "fix"),
    [
        ("rejected", "INVALID", "Correct what was refused, then retry."),
        ("exhausted", "503", "Retry once the other side answers again."),
        ("internal", "KeyError", "tell support the request id from the timeline"),
        ("config", "money_mismatch", "Compare the sums below"),
        ("config", "whatever", "Set up what is missing, then retry."),
    ],
)
def test_each_failure_names_its_own_remedy(
    kind: str, code: str, fix: str, pair: Pair, anna: Client
) -> None:
    fail(stored_order(pair.shop), code, kind)
    answer = anna.get(PAGE)
    assert fix in text_of(answer)
    assert "order-retry" in buttons_of(answer)


def test_a_lost_connection_offers_to_reconnect(pair: Pair, anna: Client) -> None:
    fail(stored_order(pair.shop), "401", "auth")
    assert "What helps: Reconnect the account." in text_of(anna.get(PAGE))


def test_an_unreadable_order_is_shown_and_offers_no_retry(pair: Pair, anna: Client) -> None:
    store_page(pair.shop, [{"id": ORDER_ID, "status": "AWAITING_SHIPMENT", "update_time": 5}])
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "TikTok sent this order in a form that cannot be read" in words
    assert "order-retry" not in buttons_of(answer)
    assert "TikTok has not named the items yet." in words


def test_a_held_order_says_when_it_should_go_on(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop, status="ON_HOLD", recipient_address={})
    set_columns(order, release_at=timezone.now() + timedelta(minutes=40, seconds=30))
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "On hold at TikTok: the buyer can still cancel." in words
    assert "TikTok should release it in 40 min" in words
    assert "TikTok gives no address yet." in words
    assert buttons_of(answer) == {"pull-copy", "order-dismiss"}


@pytest.mark.parametrize("reason", ["safety_hold", "auto_sync_off", "unknown_order_type"])
def test_our_own_holds_can_be_released(reason: str, pair: Pair, anna: Client) -> None:
    set_columns(stored_order(pair.shop), sync_status="held", wait_reason=reason)
    assert "order-release" in buttons_of(anna.get(PAGE))


def test_a_skipped_order_can_be_sent_after_all(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="skipped", skip_reason="dismissed")
    answer = anna.get(PAGE)
    assert "This order is not sent to Shopify" in text_of(answer)
    assert buttons_of(answer) == {"pull-copy", "order-retry"}
    set_columns(order, tiktok_status="CANCELLED")
    assert buttons_of(anna.get(PAGE)) == {"pull-copy"}


def test_a_failed_try_says_that_it_goes_on_by_itself(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    set_columns(order, tries=2, next_attempt_at=timezone.now() + timedelta(minutes=4))
    words = text_of(anna.get(PAGE))
    assert "Failed, will retry" in words
    assert "The last try did not work. It is tried again by itself" in words
    assert "On its way to Shopify" not in words


def test_refused_tracking_stands_above_a_synced_order(pair: Pair, anna: Client) -> None:
    row = make_fulfillment(synced_order(pair.shop))
    set_columns(
        row, sync_status="failed", failure_kind="rejected", failure_reason="Not one of USPS."
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "The tracking number did not reach TikTok Not one of USPS." in words
    assert "Failed, needs you" in words
    assert "order-retry" in buttons_of(answer)


def test_a_cancellation_that_failed_stands_above_all_else(pair: Pair, anna: Client) -> None:
    order = synced_order(pair.shop)
    set_columns(order, tiktok_status="CANCELLED", cancel_reason="Out of stock")
    set_columns(
        make_cancellation(order),
        sync_status="failed",
        failure_kind="rejected",
        failure_reason="It is fulfilled already.",
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Cancelled on TikTok, but not in Shopify It is fulfilled already." in words
    assert "order-retry" in buttons_of(answer)


def test_a_second_shopify_order_is_never_hidden(pair: Pair, anna: Client) -> None:
    set_columns(synced_order(pair.shop), other_shopify_ids=["gid://shopify/Order/9"])
    assert "More than one Shopify order claims this TikTok order." in text_of(anna.get(PAGE))


# --- items, parcels, money, address ---------------------------------------------------------------


def test_items_are_counted_with_their_links(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    lines = [
        build.unit("1", "RED"),
        build.unit("2", "RED"),
        build.unit("3", "BLUE", "4.50"),
        build.unit("4", "FREE", "0.00", is_gift=True),
        build.unit("5", "RED", display_status="CANCELLED"),
    ]
    stored_order(pair.shop, lines=lines)
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Shirt RED Default RED Shirt / RED RED 2 × $10.00 $20.00" in words
    assert "Shirt BLUE Default BLUE Not linked Link product 1 × $4.50 $4.50" in words
    assert "Shirt FREE Default Gift" in words
    assert "Shirt RED Default Cancelled" in words
    hrefs = [link.get("href") for link in elements_of(answer, "a")]
    assert "/products/link/749Anna/29BLUE/?order=576461413038785752" in hrefs
    assert "/products/link/749Anna/29RED/?order=576461413038785752" not in hrefs


def test_parcels_of_both_sides_are_shown(pair: Pair, anna: Client) -> None:
    order = synced_order(pair.shop)
    make_fulfillment(order, carrier="Post", provider_name="USPS", sync_status="synced", sent_at=AT)
    Package.objects.create(
        order=order, tiktok_package_id="115", carrier="USPS", tracking_number="JD01"
    )
    words = text_of(anna.get(PAGE))
    assert "Post → USPS on TikTok 9400111899223100001234 · 1 unit from Shopify" in words
    assert "USPS JD01 from TikTok · TikTok package 115" in words


def money_order(pair: Pair) -> Order:
    """Ten dollars, of which TikTok pays two, with shipping that TikTok pays half of, and tax."""
    lines = [build.unit("1", platform_discount="2.00", seller_discount="1.00")]
    sums = build.payment(
        lines,
        original_shipping_fee="6.00",
        shipping_fee_platform_discount="3.00",
        product_tax="0.70",
        tax="0.70",
    )
    return stored_order(pair.shop, lines=lines, payment=sums)


def test_money_adds_up_on_both_sides(pair: Pair, anna: Client) -> None:
    order = money_order(pair)
    set_columns(order, shopify_total=Decimal("15.70"))
    table = [row for row in rows_of(anna.get(PAGE)) if len(row) == 4]
    assert table == [
        ["Items", "$10.00", "", ""],
        ["Your discount", "-$1.00", "", ""],
        ["TikTok's discount", "-$2.00", "", ""],
        ["Shipping", "$6.00", "", ""],
        ["TikTok's shipping discount", "-$3.00", "", ""],
        ["Tax", "$0.70", "", ""],
        ["Paid by the buyer", "$10.70", "", ""],
        ["Paid by TikTok, for its discounts", "$5.00", "", ""],
        ["Total for Shopify", "$15.70", "$15.70", "$0.00"],
    ]


def test_a_difference_between_the_sides_is_shown(pair: Pair) -> None:
    order = money_order(pair)
    set_columns(order, shopify_total=Decimal("15.69"))
    row = money_rows(order, None)[-1]
    assert (row.difference, row.is_even) == (Decimal("-0.01"), False)
    set_columns(order, shopify_total=None)
    assert money_rows(order, None)[-1].difference is None


def test_the_platforms_discount_is_no_payment_when_the_rules_say_so(pair: Pair) -> None:
    order = money_order(pair)
    set_columns(pair.shop.rules, platform_discount_mode="discount")
    order = Order.objects.get(pk=order.pk)
    assert money_rows(order, None)[-1].tiktok == Decimal("10.70")


def test_the_address_is_shown_as_tiktok_gives_it(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    answer = anna.get(PAGE)
    assert value_of(answer, "Name") == "Robin Example"
    assert value_of(answer, "Street") == "1 Example Street Unit 4"
    assert value_of(answer, "Place") == "Los Angeles, Los Angeles, California, United States"
    assert value_of(answer, "Postal code") == "90001"
    assert "hidden by TikTok" not in text_of(answer)


def test_parts_that_tiktok_masks_are_marked(pair: Pair, anna: Client) -> None:
    masked = {
        **build.ADDRESS,
        "name": "R***n E***e",
        "address_line1": "1 E***",
        "phone_number": "(+1)555***0100",
    }
    stored_order(pair.shop, recipient_address=masked)
    answer = anna.get(PAGE)
    assert value_of(answer, "Name") == "R***n E***e hidden by TikTok"
    assert value_of(answer, "Street") == "1 E*** Unit 4 hidden by TikTok"
    assert value_of(answer, "Phone") == "(+1)555***0100 hidden by TikTok"
    assert value_of(answer, "Postal code") == "90001"


def test_literal_quotes_are_no_address() -> None:
    facts = build.facts(
        recipient_address={"address_line1": "1 Street", "address_line3": '""', "name": " "}
    )
    assert [(part.label, part.value) for part in address_parts(facts.recipient)] == [
        ("Street", "1 Street")
    ]


def test_what_buyers_write_stays_text(pair: Pair, anna: Client) -> None:
    lines = [build.unit("1", product_name="<script>alert(1)</script>")]
    stored_order(pair.shop, lines=lines, buyer_message="<img src=x onerror=alert(2)>")
    page = anna.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(2)&gt;" in page


# --- rail and history -----------------------------------------------------------------------------


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
    assert len(many) == len(few) <= 19


def test_gathering_a_detail_reads_the_body_once(pair: Pair) -> None:
    order = stored_order(pair.shop)
    detail = gather_detail(order)
    assert [event.sentence for event in detail["events"]] == [
        "Queued for Shopify",
        "First seen on TikTok: Awaiting shipment",
    ]
    assert detail["buyer_message"] == ""
    assert detail["cancellation"] is None


def test_a_bundle_shows_its_parts_and_which_of_them_needs_a_link(pair: Pair, anna: Client) -> None:
    link_sku(pair, "MUG", 42)
    parts = [
        {"sku_id": "29MUG", "seller_sku": "MUG-12", "sku_count": 2},
        {"sku_id": "29BOX", "seller_sku": "BOX", "sku_count": 1},
    ]
    units = [
        build.unit(number, "SET", "30.00", combined_listing_skus=parts) for number in ("1", "2")
    ]
    fail(stored_order(pair.shop, lines=units))
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Bundle: goes to Shopify as its parts" in words
    assert "4 × MUG-12 Shirt / MUG 2 × BOX Not linked Link product" in words
    order_id = PAGE.strip("/").split("/")[-1]
    wanted = f"/products/link/{pair.shop.shop_id}/29BOX/?order={order_id}"
    assert [link["href"] for link in elements_of(answer, "a")].count(wanted) == 1
    assert anna.get(f"{PAGE}link/")["Location"] == wanted
    assert "Part of Shirt SET" in text_of(anna.get(wanted))

    link_sku(pair, "SET", 43)
    assert "MUG-12" not in text_of(anna.get(PAGE)).split("Items")[1].split("Parcels")[0]


def test_a_new_address_that_came_too_late_is_told_loudly(pair: Pair, anna: Client) -> None:
    from orders.models import AddressChange
    from orders.services.push_addresses import SHIPPED

    order = synced_order(pair.shop)
    AddressChange.objects.create(
        order=order,
        fingerprint="x",
        sync_status="failed",
        failure_kind="config",
        failure_code="address_after_shipping",
        failure_reason=SHIPPED,
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "The buyer's new address is not in Shopify" in words
    assert "after the parcel was shipped in Shopify" in words
    assert "Ask the carrier to redirect the parcel." in words
    assert "order-retry" in buttons_of(answer)
    assert "has a new address that Shopify lacks" in text_of(anna.get("/"))
    assert ORDER_ID in text_of(anna.get("/orders/?tab=attention"))
