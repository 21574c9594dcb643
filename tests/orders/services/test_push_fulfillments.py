"""push_fulfillments: each shipment's number reaches TikTok once in effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Cancellation, Fulfillment, Order
from orders.services.push_fulfillments import PushFulfillments
from tests.factories import (
    DELIVERY_OPTION,
    ORDER_ID,
    Pair,
    history,
    make_fulfillment,
    make_pair,
    order_body,
    pass_time,
    seconds_from_now,
    set_columns,
    synced_order,
)
from tests.fakes import FakeTikTok
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import NotAuthorized, OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.shops.models import CarrierMapping, ShippingProvider
from tiktoksync.sync import leases
from tiktoksync.sync.attempts import claim, perform
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

STEM = "push_fulfillments"
NUMBER = "9400111899223100001234"
UNCLEAR = OutcomeUnknown("TikTok Shop did not give a clear answer.", code="36009003")
REFUSED = Rejected("TikTok Shop refused the number.", code="21011033")


@pytest.fixture
def order(pair: Pair, tiktok: FakeTikTok) -> Order:
    """An order of two units that is in Shopify, and as TikTok has it."""
    return place(pair, tiktok)


def place(pair: Pair, tiktok: FakeTikTok, order_id: str = ORDER_ID, **fields: Any) -> Order:
    fields = {"lines": [build.unit("11"), build.unit("12", "BLUE")], **fields}
    tiktok.place(order_body(order_id, **fields))
    tiktok.carriers(DELIVERY_OPTION, "USPS", "UPS", "FedEx")
    return synced_order(pair.shop, order_id, **fields)


@pytest.fixture
def shipment(order: Order) -> Fulfillment:
    return make_fulfillment(order)


def state(shipment: Fulfillment) -> str:
    shipment.refresh_from_db()
    return shipment.sync_status


# --- the US --------------------------------------------------------------------------------------


def test_in_the_us_the_units_are_marked_as_shipped(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    assert tiktok.called() == ["shipping_providers", "mark_shipped"]
    assert tiktok.arguments("mark_shipped") == [(ORDER_ID, ("11", "12"), "id-USPS", NUMBER)]
    assert tiktok.tracking_of(ORDER_ID) == {"11": NUMBER, "12": NUMBER}
    assert state(shipment) == "synced"
    assert (shipment.provider_id, shipment.provider_name) == ("id-USPS", "USPS")
    assert shipment.sent_at is not None
    assert history(order, "fulfillment")[-1] == ("sending", "synced")


def test_a_partial_shipment_ships_its_own_units_alone(
    order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    first = make_fulfillment(order, shipped_units=["11"], tracking_number="N001")
    work(STEM)
    assert tiktok.tracking_of(ORDER_ID) == {"11": "N001"}
    second = make_fulfillment(
        order, shopify_fulfillment_id="2", shipped_units=["12"], tracking_number="N002"
    )
    set_columns(order, tiktok_status="PARTIALLY_SHIPPING")
    work(STEM)
    assert tiktok.tracking_of(ORDER_ID) == {"11": "N001", "12": "N002"}
    assert [state(first), state(second)] == ["synced", "synced"]


def test_carriers_are_read_once_for_a_delivery_option(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    rows = [make_fulfillment(place(pair, tiktok, str(number))) for number in range(4)]
    work(STEM)
    pass_time(3)
    work(STEM)
    assert [state(row) for row in rows] == ["synced"] * 4
    assert tiktok.count("shipping_providers") == 1
    assert ShippingProvider.objects.count() == 3


def test_carriers_are_read_anew_after_a_day(
    pair: Pair, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    ShippingProvider.objects.create(
        shop=pair.shop,
        delivery_option_id=DELIVERY_OPTION,
        provider_id="old",
        name="USPS",
        fetched_at=timezone.now() - timedelta(hours=25),
    )
    work(STEM)
    assert state(shipment) == "synced"
    assert shipment.provider_id == "id-USPS"


def test_another_shops_carriers_are_not_used(
    pair: Pair, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    ShippingProvider.objects.create(
        shop=make_pair("Ben").shop,
        delivery_option_id=DELIVERY_OPTION,
        provider_id="bens",
        name="USPS",
    )
    work(STEM)
    assert tiktok.arguments("mark_shipped")[0][2] == "id-USPS"


def test_the_same_carrier_told_twice_is_kept_once(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.carriers(DELIVERY_OPTION, "USPS", "USPS", "UPS")
    work(STEM)
    assert state(shipment) == "synced"


@pytest.mark.parametrize("typed", ["usps", "U.S.P.S.", "United States Postal Service"])
def test_a_carrier_is_known_under_its_other_spellings(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work, typed: str
) -> None:
    set_columns(shipment, carrier=typed)
    work(STEM)
    assert (state(shipment), shipment.provider_name) == ("synced", "USPS")


def test_the_merchants_own_mapping_comes_first(
    pair: Pair, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    CarrierMapping.objects.create(shop=pair.shop, carrier="Uncle Bob", provider_name="FedEx")
    set_columns(shipment, carrier="uncle bob")
    work(STEM)
    assert (state(shipment), shipment.provider_name) == ("synced", "FedEx")


def test_an_unknown_carrier_blocks_the_shipment_with_those_that_are_accepted(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(shipment, carrier="Uncle Bob")
    work(STEM)
    assert (state(shipment), shipment.failure_kind) == ("failed", "config")
    assert shipment.failure_code == "carrier_unknown"
    assert "“Uncle Bob”" in shipment.failure_reason
    assert "FedEx, UPS, USPS" in shipment.failure_reason
    assert tiktok.count("mark_shipped") == 0


def test_other_is_taken_only_by_rule(
    pair: Pair, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.carriers(DELIVERY_OPTION, "USPS", "Other")
    set_columns(shipment, carrier="Uncle Bob")
    pair.shop.rules.other_carrier = True
    pair.shop.rules.save()
    work(STEM)
    assert (state(shipment), shipment.provider_name) == ("synced", "Other")


def test_a_delivery_option_without_carriers_blocks_the_shipment(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.providers.clear()
    work(STEM)
    assert (state(shipment), shipment.failure_code) == ("failed", "carrier_unknown")
    assert shipment.failure_reason == "TikTok accepts no carrier for this order's delivery option."


def test_an_order_without_a_delivery_option_says_so(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(order, delivery_option_id="")
    work(STEM)
    assert (state(shipment), shipment.failure_code) == ("failed", "delivery_option_unknown")
    assert tiktok.calls == []


def test_a_shipment_of_unknown_units_blocks(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(shipment, shipped_units=[])
    work(STEM)
    assert (state(shipment), shipment.failure_code) == ("failed", "units_unknown")
    assert tiktok.calls == []


# --- South-East Asia -----------------------------------------------------------------------------


@pytest.fixture
def vn(db: None) -> Pair:
    return make_pair("Vy", region="VN")


def drain_shop(pair: Pair) -> None:
    drain(Lane(STEM, pair.shop.pk))


def test_in_vietnam_the_package_is_shipped(vn: Pair, tiktok: FakeTikTok) -> None:
    lines = [build.unit("11", package_id="p1"), build.unit("12", package_id="p1")]
    row = make_fulfillment(place(vn, tiktok, lines=lines, packages=[{"id": "p1"}]))
    drain_shop(vn)
    assert tiktok.arguments("ship_package") == [("p1", "id-USPS", NUMBER)]
    assert tiktok.count("mark_shipped") == 0
    assert state(row) == "synced"


def test_units_without_a_package_wait_for_it(vn: Pair, tiktok: FakeTikTok) -> None:
    row = make_fulfillment(place(vn, tiktok))
    drain_shop(vn)
    assert (state(row), row.wait_reason) == ("pending", "package_unknown")
    assert 50 < seconds_from_now(row.next_attempt_at) <= 60
    row.order.line_items.update(package_id="p1")
    tiktok.change(
        ORDER_ID, line_items=[build.unit("11", package_id="p1"), build.unit("12", package_id="p1")]
    )
    pass_time(61)
    drain_shop(vn)
    assert state(row) == "synced"


def test_a_shipment_over_several_packages_gives_each_its_number(
    vn: Pair, tiktok: FakeTikTok
) -> None:
    lines = [build.unit("11", package_id="p1"), build.unit("12", package_id="p2")]
    row = make_fulfillment(place(vn, tiktok, lines=lines))
    drain_shop(vn)
    assert tiktok.arguments("ship_packages") == [(("p1", "p2"), "id-USPS", NUMBER)]
    assert tiktok.tracking_of(ORDER_ID) == {"11": NUMBER, "12": NUMBER}
    assert (state(row), row.tiktok_package_id) == ("synced", "")


# --- nothing to send -----------------------------------------------------------------------------


def test_a_number_is_kept_back_while_the_order_is_on_hold(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(order, tiktok_status="ON_HOLD")
    work(STEM)
    assert (state(shipment), shipment.wait_reason) == ("pending", "on_hold")
    assert 55 < seconds_from_now(shipment.next_attempt_at) <= 60
    assert tiktok.calls == []
    set_columns(order, tiktok_status="AWAITING_SHIPMENT")
    pass_time(61)
    work(STEM)
    assert state(shipment) == "synced"


def test_nothing_is_shipped_on_a_cancelled_order(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(order, tiktok_status="CANCELLED")
    work(STEM)
    assert (state(shipment), shipment.skip_reason) == ("skipped", "order_cancelled")
    assert tiktok.calls == []


def test_what_tiktok_ships_itself_is_not_sent(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(order, shipping_type="TIKTOK")
    work(STEM)
    assert (state(shipment), shipment.skip_reason) == ("skipped", "shipped_by_tiktok")
    assert tiktok.calls == []


def test_a_number_that_is_there_already_counts_as_sent(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    lines = [build.unit("11", tracking_number=NUMBER), build.unit("12", tracking_number=NUMBER)]
    tiktok.change(ORDER_ID, status="AWAITING_COLLECTION", line_items=lines)
    set_columns(order, tiktok_status="AWAITING_COLLECTION")
    work(STEM)
    assert tiktok.called() == ["get_orders"]
    assert state(shipment) == "synced"


def test_an_order_shipped_with_another_number_needs_a_person(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    unit = build.unit("11", tracking_number="CENTER1", shipping_provider_name="Evri")
    tiktok.change(ORDER_ID, status="IN_TRANSIT", line_items=[unit])
    set_columns(order, tiktok_status="IN_TRANSIT")
    work(STEM)
    assert (state(shipment), shipment.failure_kind) == ("failed", "gone")
    assert (shipment.failure_code, shipment.failure_reason) == (
        "shipped_otherwise",
        "TikTok has Evri CENTER1 for these items. Put that number on the Shopify fulfillment, or "
        "correct it in TikTok's Seller Center.",
    )
    assert tiktok.count("mark_shipped") == 0


def test_an_order_shipped_without_a_number_is_to_be_looked_at(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.change(ORDER_ID, status="IN_TRANSIT", line_items=[build.unit("11", tracking_number="")])
    set_columns(order, tiktok_status="IN_TRANSIT")
    work(STEM)
    assert (state(shipment), shipment.failure_reason) == (
        "failed",
        "TikTok shows this order as shipped and names no number for these items. Look at the "
        "order in TikTok's Seller Center.",
    )


@pytest.mark.parametrize("status", ["SOMETHING_NEW", "UNPAID"])
def test_a_status_nobody_knows_is_waited_for(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work, status: str
) -> None:
    tiktok.change(ORDER_ID, status=status)
    set_columns(order, tiktok_status=status)
    work(STEM)
    assert state(shipment) == "pending"
    assert 55 < seconds_from_now(shipment.next_attempt_at) <= 60
    tiktok.change(ORDER_ID, status="AWAITING_SHIPMENT")
    pass_time(61)
    work(STEM)
    assert state(shipment) == "synced"


def test_an_order_tiktok_does_not_know_any_more_is_waited_for(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(order, tiktok_status="IN_TRANSIT")
    del tiktok.orders[ORDER_ID]
    work(STEM)
    assert state(shipment) == "pending"
    assert tiktok.called() == ["get_orders"]


# --- unclear, refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("happened", [True, False])
def test_after_an_unclear_answer_the_order_itself_says_what_happened(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    tiktok.fail("mark_shipped", UNCLEAR, after_effect=happened)
    work(STEM)
    assert (state(shipment), shipment.in_doubt_since is not None) == ("pending", True)
    pass_time(31)
    work(STEM)
    assert state(shipment) == "synced"
    assert tiktok.count("mark_shipped") == (1 if happened else 2)
    assert tiktok.tracking_of(ORDER_ID) == {"11": NUMBER, "12": NUMBER}


def test_a_refusal_because_it_is_shipped_already_counts_as_success(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    """A worker that died after TikTok had accepted: the next one is refused."""
    for line in tiktok.orders[ORDER_ID]["line_items"]:
        line["tracking_number"] = NUMBER
    work(STEM)
    assert state(shipment) == "synced"
    assert tiktok.called() == ["shipping_providers", "mark_shipped", "get_orders"]


def test_a_real_refusal_is_told_in_tiktoks_words(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("mark_shipped", REFUSED)
    work(STEM)
    assert (state(shipment), shipment.failure_kind) == ("failed", "rejected")
    assert (shipment.failure_code, shipment.failure_reason) == (
        "21011033",
        "TikTok Shop refused the number.",
    )
    assert shipment.in_doubt_since is None
    assert tiktok.called() == ["shipping_providers", "mark_shipped", "get_orders"]


def test_a_refusal_that_cannot_be_verified_at_once_is_verified_later(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("mark_shipped", REFUSED)
    tiktok.fail("get_orders", Unreachable("Away."))
    work(STEM)
    assert state(shipment) == "pending"
    pass_time(31)
    tiktok.fail("mark_shipped", REFUSED)
    work(STEM)
    assert (state(shipment), shipment.failure_code) == ("failed", "21011033")


def test_an_order_cancelled_meanwhile_is_seen_when_verifying(
    order: Order, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.change(ORDER_ID, status="CANCELLED")
    tiktok.fail("mark_shipped", REFUSED)
    work(STEM)
    assert (state(shipment), shipment.skip_reason) == ("skipped", "order_cancelled")
    order.refresh_from_db()
    assert order.tiktok_status == "CANCELLED"
    assert Cancellation.objects.filter(order=order).exists()


def test_a_worker_killed_after_tiktok_accepted_ships_once(
    pair: Pair, shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    set_columns(shipment, sync_status="pending", provider_id="", sent_at=None)
    for line in tiktok.orders[ORDER_ID]["line_items"]:
        del line["tracking_number"]
    tiktok.orders[ORDER_ID]["status"] = "AWAITING_SHIPMENT"
    tiktok.calls.clear()
    flow = PushFulfillments.load(pair.shop.pk)
    lease = leases.acquire(f"{STEM}:{pair.shop.pk}")
    assert flow is not None
    assert lease is not None
    (claimed,), _ = claim(flow, lease, 1)
    perform(claimed)
    pass_time(46)
    recover(Fulfillment)
    work(STEM)
    assert tiktok.called() == ["mark_shipped", "get_orders"]
    assert state(shipment) == "synced"


def test_throttling_pauses_the_shop_and_costs_no_try(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("shipping_providers", RateLimited("Slow down.", retry_after=9))
    work(STEM)
    assert (state(shipment), shipment.tries) == ("pending", 0)
    assert seconds_from_now(shipment.next_attempt_at) > 7


def test_an_expired_token_pauses_shortly_and_is_renewed(
    pair: Pair, shipment: Fulfillment, tiktok: FakeTikTok, work: Work, wakes: Any
) -> None:
    expired = NotAuthorized("Expired.", account_reason="token_expired")
    tiktok.fail("shipping_providers", expired)
    work(STEM)
    assert (state(shipment), shipment.tries) == ("pending", 0)
    assert ("refresh_tokens", pair.shop.credential.pk) in wakes.lanes
    assert pair.refresh().shop.paused_reason == "The access token is being renewed."


def test_a_shipment_that_fails_never_blocks_the_next(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    rows = [make_fulfillment(place(pair, tiktok, str(number))) for number in range(3)]
    set_columns(rows[0], carrier="Uncle Bob")
    work(STEM)
    pass_time(3)
    work(STEM)
    assert [state(row) for row in rows] == ["failed", "synced", "synced"]


def test_every_try_leaves_its_attempt(
    shipment: Fulfillment, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("mark_shipped", UNCLEAR, after_effect=True)
    work(STEM)
    pass_time(31)
    work(STEM)
    attempts = Attempt.objects.order_by("number").values_list("number", "step", "outcome")
    assert list(attempts) == [
        (1, "read_carriers", "ok"),
        (2, "mark_shipped", "unknown"),
        (3, "verify", "ok"),
    ]
