"""push_packages: each parcel of TikTok's becomes a fulfillment once, whatever happens between."""

from __future__ import annotations

from typing import Any

import pytest

from orders.models import Order, Package, PackageFulfillment
from orders.services.push_packages import PushPackages
from tests.factories import (
    Pair,
    history,
    link_sku,
    pass_time,
    seconds_from_now,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, ShopifyOrder
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import NotAuthorized, OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.shopify.payloads import Tracking
from tiktoksync.sync import leases
from tiktoksync.sync.attempts import claim, perform
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

STEM = "push_packages"
NUMBER, NEXT = "9400111899223100001234", "1Z999AA10123456784"
UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.")
REFUSED = Rejected("Shopify refused it: no.", code="INVALID")


@pytest.fixture
def order(pair: Pair, shopify: FakeShopify, work: Work) -> Order:
    """An order of three units, shipped by TikTok, that was created in Shopify."""
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    lines = [build.unit(one, package_id="p1") for one in ("11", "12")]
    lines.append(build.unit("13", "BLUE", package_id="p2"))
    packages = [{"id": "p1"}, {"id": "p2"}]
    order = stored_order(pair.shop, lines=lines, packages=packages, shipping_type="TIKTOK")
    work("push_orders")
    shopify.calls.clear()
    order.refresh_from_db()
    assert order.sync_status == "synced"
    return order


@pytest.fixture
def made(order: Order, shopify: FakeShopify) -> ShopifyOrder:
    """The same order over there."""
    return shopify.orders[order.shopify_order_id]


def tell(order: Order, package_id: str = "p1", **columns: Any) -> PackageFulfillment:
    """A parcel that Shopify is to be told of."""
    package = order.packages.get(tiktok_package_id=package_id)
    lines = order.line_items.filter(package_id=package_id)
    columns = {
        "carrier": "United States Postal Service",
        "tracking_number": NUMBER,
        "units": list(lines.values_list("tiktok_line_item_id", flat=True)),
        **columns,
    }
    return PackageFulfillment.objects.create(order=order, package=package, **columns)


@pytest.fixture
def row(order: Order) -> PackageFulfillment:
    return tell(order)


def state(row: PackageFulfillment) -> str:
    row.refresh_from_db()
    return row.sync_status


def shown(made: ShopifyOrder) -> list[tuple[str, str, str]]:
    return [
        (one["status"], entry["company"], entry["number"])
        for one in made.fulfillments
        for entry in one["trackingInfo"]
    ]


def test_success_ships_just_the_units_of_the_parcel(
    order: Order, row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    work(STEM)
    assert shopify.called() == ["fulfillment_orders", "create_fulfillment"]
    ((lines, tracking),) = shopify.arguments("create_fulfillment")
    assert list(lines.values()) == [[("gid://shopify/FulfillmentOrderLineItem/0", 2)]]
    assert tracking == Tracking(company="USPS", number=NUMBER)
    assert (state(row), row.shopify_fulfillment_id) == ("synced", made.fulfillments[0]["id"])
    assert row.sent_at is not None
    assert history(order, "package")[-1] == ("sending", "synced")
    tell(order, "p2", tracking_number=NEXT)
    work(STEM)
    assert made.fulfillment_status == "FULFILLED"
    assert [number for _, _, number in shown(made)] == [NUMBER, NEXT]


def test_already_there_is_found_and_not_made_again(
    row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_fulfillment", UNCLEAR, after_effect=True)
    work(STEM)
    assert (state(row), row.in_doubt_since is not None) == ("pending", True)
    pass_time(31)
    work(STEM)
    assert (state(row), row.shopify_fulfillment_id) == ("synced", made.fulfillments[0]["id"])
    assert shopify.count("create_fulfillment") == 1
    assert len(made.fulfillments) == 1


def test_a_call_that_never_arrived_is_made_again(
    row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_fulfillment", UNCLEAR)
    work(STEM)
    pass_time(31)
    work(STEM)
    assert state(row) == "synced"
    assert shopify.called()[2:] == ["read_orders", "fulfillment_orders", "create_fulfillment"]
    assert len(made.fulfillments) == 1


def test_a_worker_killed_after_the_effect_makes_one(
    pair: Pair, row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify
) -> None:
    flow = PushPackages.load(pair.store.pk)
    lease = leases.acquire(f"{STEM}:{pair.store.pk}")
    assert flow is not None
    assert lease is not None
    for _ in range(2):
        (claimed,), _ = claim(flow, lease, 1)
        outcome = perform(claimed)
        if claimed.task.step == "read":
            from tiktoksync.sync.attempts import record

            record(flow, claimed, outcome)
    assert len(made.fulfillments) == 1
    pass_time(46)
    assert recover(PackageFulfillment) == 1
    later = PushPackages.load(pair.store.pk)
    assert later is not None
    from tiktoksync.sync.flows import Budget

    later.run(lease, Budget())
    assert state(row) == "synced"
    assert len(made.fulfillments) == 1
    assert shopify.count("create_fulfillment") == 1


def test_two_workers_at_once_make_one(
    pair: Pair, row: PackageFulfillment, made: ShopifyOrder
) -> None:
    lease = leases.acquire(f"{STEM}:{pair.store.pk}")
    flows = [PushPackages.load(pair.store.pk) for _ in range(2)]
    assert lease is not None
    claims = [claim(flow, lease, 5)[0] for flow in flows if flow is not None]
    assert [len(claimed) for claimed in claims] == [1, 0]
    assert made.fulfillments == []


def test_retryable_trouble_is_tried_again_and_a_throttle_costs_no_try(
    row: PackageFulfillment, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("fulfillment_orders", Unreachable("Away."))
    work(STEM)
    assert (state(row), row.tries) == ("pending", 1)
    pass_time(31)
    shopify.fail("fulfillment_orders", RateLimited("Slow down.", retry_after=9))
    work(STEM)
    assert (state(row), row.tries) == ("pending", 1)
    pass_time(31)
    work(STEM)
    assert state(row) == "synced"


def test_a_refusal_stands_in_shopifys_words(
    row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_fulfillment", REFUSED)
    work(STEM)
    assert (state(row), row.failure_kind) == ("failed", "rejected")
    assert row.failure_reason == "Shopify refused it: no."
    assert shopify.called() == ["fulfillment_orders", "create_fulfillment", "read_orders"]
    assert made.fulfillments == []


def test_an_unknown_exception_is_recorded_and_raised(
    row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_fulfillment", RuntimeError("boom"), after_effect=True)
    with pytest.raises(RuntimeError, match="boom"):
        work(STEM)
    assert (state(row), row.failure_kind) == ("failed", "internal")
    assert row.in_doubt_since is not None
    set_columns(row, sync_status="pending")
    work(STEM)
    assert state(row) == "synced"
    assert len(made.fulfillments) == 1


def test_a_lost_token_pauses_the_store(
    pair: Pair, row: PackageFulfillment, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("fulfillment_orders", NotAuthorized("No.", account_reason="scope_missing"))
    work(STEM)
    assert (state(row), row.tries) == ("pending", 0)
    assert pair.refresh().store.paused_reason


# --- what follows --------------------------------------------------------------------------------


@pytest.fixture
def told(row: PackageFulfillment, shopify: FakeShopify, work: Work) -> PackageFulfillment:
    work(STEM)
    assert state(row) == "synced"
    shopify.calls.clear()
    return row


def test_a_changed_number_is_put_on_the_fulfillment(
    order: Order, told: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    later = tell(order, revision=1, tracking_number=NEXT, carrier="UPS")
    work(STEM)
    assert shown(made) == [("SUCCESS", "UPS", NEXT)]
    assert shopify.called() == ["read_orders", "update_fulfillment_tracking"]
    assert (state(later), later.shopify_fulfillment_id) == ("synced", told.shopify_fulfillment_id)


@pytest.mark.parametrize("happened", [True, False])
def test_a_change_without_a_clear_answer_is_looked_for(
    order: Order,
    told: PackageFulfillment,
    made: ShopifyOrder,
    shopify: FakeShopify,
    work: Work,
    happened: bool,
) -> None:
    later = tell(order, revision=1, tracking_number=NEXT, carrier="UPS")
    shopify.fail("update_fulfillment_tracking", UNCLEAR, after_effect=happened)
    work(STEM)
    pass_time(31)
    work(STEM)
    assert state(later) == "synced"
    assert shown(made) == [("SUCCESS", "UPS", NEXT)]
    assert shopify.count("update_fulfillment_tracking") == (1 if happened else 2)


@pytest.mark.parametrize("happened", [True, False])
def test_a_parcel_taken_back_ends_its_fulfillment_once(
    order: Order,
    told: PackageFulfillment,
    made: ShopifyOrder,
    shopify: FakeShopify,
    work: Work,
    happened: bool,
) -> None:
    end = tell(order, revision=1, tracking_number="", units=[])
    shopify.fail("cancel_fulfillment", UNCLEAR, after_effect=happened)
    work(STEM)
    pass_time(31)
    work(STEM)
    assert state(end) == "synced"
    assert shown(made) == [("CANCELLED", "USPS", NUMBER)]
    assert shopify.count("cancel_fulfillment") == (1 if happened else 2)


def test_a_fulfillment_that_is_gone_is_told(
    order: Order, told: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.fulfillments.clear()
    later = tell(order, revision=1, tracking_number=NEXT)
    work(STEM)
    assert (state(later), later.failure_code) == ("failed", "fulfillment_gone")
    assert NUMBER in later.failure_reason


def test_a_later_state_waits_for_an_earlier_one_in_flight(
    order: Order, row: PackageFulfillment, shopify: FakeShopify, work: Work
) -> None:
    set_columns(row, sync_status="sending", attempt_number=1)
    later = tell(order, revision=1, tracking_number=NEXT)
    work(STEM)
    assert (state(later), later.wait_reason) == ("pending", "earlier")
    assert shopify.calls == []


def test_nothing_is_taken_back_that_was_never_told(
    order: Order, row: PackageFulfillment, shopify: FakeShopify, work: Work
) -> None:
    end = tell(order, revision=1, tracking_number="", units=[])
    work(STEM)
    assert (state(row), row.skip_reason) == ("skipped", "superseded")
    pass_time(3)
    work(STEM)
    assert (state(end), end.skip_reason) == ("skipped", "nothing_to_take_back")
    assert shopify.calls == []


# --- nothing to tell -----------------------------------------------------------------------------


def test_held_items_are_waited_for(
    row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.hold = "ON_HOLD"
    work(STEM)
    assert (state(row), row.wait_reason) == ("pending", "held_there")
    assert 290 < seconds_from_now(row.next_attempt_at) <= 300
    made.hold = ""
    pass_time(301)
    work(STEM)
    assert state(row) == "synced"


def test_an_order_that_is_gone_or_whose_lines_were_changed_needs_a_person(
    order: Order, row: PackageFulfillment, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    for line in made.input["lineItems"]:
        line["properties"] = []
    work(STEM)
    assert (state(row), row.failure_code) == ("failed", "units_unknown")
    other = tell(order, "p2", tracking_number=NEXT)
    del shopify.orders[made.gid]
    work(STEM)
    assert (state(other), other.failure_code) == ("failed", "order_gone")
    assert shopify.count("create_fulfillment") == 0


def test_by_the_shops_rule_nothing_is_told(
    pair: Pair, row: PackageFulfillment, shopify: FakeShopify, work: Work
) -> None:
    pair.shop.rules.fulfill_tiktok_parcels = False
    pair.shop.rules.save()
    work(STEM)
    assert (state(row), row.skip_reason) == ("skipped", "excluded_by_rule")
    assert shopify.calls == []


def test_every_try_leaves_its_attempt_with_the_new_id(
    row: PackageFulfillment, made: ShopifyOrder, work: Work
) -> None:
    work(STEM)
    tried = Attempt.objects.filter(subject="orders.packagefulfillment").order_by("number")
    assert list(tried.values_list("step", "outcome", "remote_id")) == [
        ("read", "ok", ""),
        ("fulfill", "ok", made.fulfillments[0]["id"]),
    ]
    assert Package.objects.count() == 2
