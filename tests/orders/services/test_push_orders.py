"""push_orders: exactly one Shopify order for each released TikTok order, whatever goes wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from orders import mapping
from orders.mapping_money import MoneyMismatch
from orders.models import Cancellation, ExternalReference, Order, StatusChange
from orders.services.push_orders import PushOrders
from orders.services.store_orders import store_page
from products.models import Link, SkuLookup
from products.services.links import make_link
from tests.factories import (
    ORDER_ID,
    Pair,
    history,
    link_sku,
    make_pair,
    make_variant,
    order_body,
    pass_time,
    seconds_from_now,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import (
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from tiktoksync.lib.answers import Cost
from tiktoksync.shopify.payloads import MetafieldDefinition
from tiktoksync.shops.models import Credential, ShopifyStore
from tiktoksync.sync import leases
from tiktoksync.sync.attempts import claim, perform, record
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

STEM = "push_orders"
UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.", code="http_502")


@pytest.fixture
def order(pair: Pair) -> Order:
    """A released order whose only SKU is linked."""
    link_sku(pair)
    return stored_order(pair.shop)


def status(order: Order) -> str:
    order.refresh_from_db()
    return order.sync_status


def the_only(shopify: FakeShopify) -> Any:
    assert len(shopify.orders) == 1
    return next(iter(shopify.orders.values()))


# --- success -------------------------------------------------------------------------------------


def test_a_released_order_becomes_one_shopify_order(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    assert work(STEM).worked == 1
    made = the_only(shopify)
    assert made.identifier == ORDER_ID
    assert made.input["sourceIdentifier"] == ORDER_ID
    assert [line["variantId"] for line in made.input["lineItems"]] == [
        "gid://shopify/ProductVariant/41"
    ]
    assert made.total == Decimal("10.00")
    assert status(order) == "synced"
    assert (order.shopify_order_id, order.shopify_legacy_id) == (made.gid, "1")
    assert (order.shopify_order_name, order.shopify_total) == ("#1001", Decimal("10.00"))
    assert order.synced_at is not None
    assert order.line_items.get().variant.shopify_variant_id == "gid://shopify/ProductVariant/41"
    assert shopify.tokens == [pair.store.credential.access_token]


def test_what_follows_from_a_created_order_is_queued(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    work(STEM)
    reference = ExternalReference.objects.get(order=order)
    assert reference.sync_status == "pending"
    assert 55 < seconds_from_now(reference.next_attempt_at) <= 60, "it waits for company"


def test_the_most_urgent_order_goes_first(pair: Pair, shopify: FakeShopify, work: Work) -> None:
    link_sku(pair)
    stored_order(pair.shop, "1", rts_sla_time=build.CREATED + 900)
    stored_order(pair.shop, "2", rts_sla_time=build.CREATED + 100)
    stored_order(pair.shop, "3", rts_sla_time=0)
    work(STEM)
    sent = [order["sourceIdentifier"] for order, _ in shopify.arguments("create_order")]
    assert sent == ["2", "1", "3"]


def test_a_store_is_fed_by_all_its_shops_and_by_no_other(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    stranger = stored_order(make_pair("Ben").shop, "9")
    work(STEM)
    assert status(stranger) == "pending"
    assert len(shopify.orders) == 1


def test_the_second_pass_has_nothing_to_do(order: Order, shopify: FakeShopify, work: Work) -> None:
    work(STEM)
    assert work(STEM).worked == 0
    assert shopify.count("create_order") == 1


# --- unclear answers -----------------------------------------------------------------------------


def test_an_unclear_create_is_found_at_the_first_look_up(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    work(STEM)
    assert (status(order), order.in_doubt_since is not None) == ("pending", True)
    assert 0 < seconds_from_now(order.next_attempt_at) <= 60
    pass_time(6)
    work(STEM)
    made = the_only(shopify)
    assert (status(order), order.shopify_order_id) == ("synced", made.gid)
    assert order.shopify_total == Decimal("10.00")
    assert shopify.called() == ["create_order", "find_order"]


def test_search_lag_is_waited_out(order: Order, shopify: FakeShopify, work: Work) -> None:
    """The first look-up misses, the second finds it."""
    shopify.look_ups_to_hide = 1
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    work(STEM)
    pass_time(6)
    work(STEM)
    assert (status(order), order.lookup_misses) == ("pending", 1)
    assert 28 < seconds_from_now(order.next_attempt_at) <= 30
    pass_time(31)
    work(STEM)
    assert status(order) == "synced"
    assert (order.lookup_misses, order.in_doubt_since) == (0, None)
    assert shopify.called() == ["create_order", "find_order", "find_order"]
    assert len(shopify.orders) == 1


def test_only_after_three_misses_over_a_minute_it_is_created_again(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_order", UNCLEAR)
    passed = 0.0
    for _ in range(4):
        work(STEM)
        order.refresh_from_db()
        if order.next_attempt_at:
            wait = max(seconds_from_now(order.next_attempt_at), 0) + 0.1
            passed += wait
            pass_time(wait)
    assert passed >= 60
    work(STEM)
    assert shopify.called() == ["create_order", *["find_order"] * 3, "create_order"]
    assert status(order) == "synced"
    assert len(shopify.orders) == 1


def test_waits_follow_the_time_scale(
    order: Order, shopify: FakeShopify, work: Work, settings: Any
) -> None:
    settings.TIME_SCALE = 0.01
    shopify.fail("create_order", UNCLEAR)
    work(STEM)
    order.refresh_from_db()
    assert seconds_from_now(order.next_attempt_at) <= 0.05
    pass_time(0.05)
    work(STEM)
    order.refresh_from_db()
    assert seconds_from_now(order.next_attempt_at) <= 0.3


def test_a_worker_killed_before_the_request_leaves_one_order_in_the_end(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    _claim(pair)
    pass_time(46)
    recover(Order)
    for _ in range(4):
        work(STEM)
        pass_time(31)
    assert shopify.called() == [*["find_order"] * 3, "create_order"]
    assert (status(order), len(shopify.orders)) == ("synced", 1)


def test_a_worker_killed_after_the_answer_leaves_one_order(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    _, claimed = _claim(pair)
    perform(claimed)
    pass_time(46)
    recover(Order)
    work(STEM)
    assert (status(order), len(shopify.orders)) == ("synced", 1)
    assert Attempt.objects.get(number=1).outcome == "abandoned"


def _claim(pair: Pair) -> tuple[PushOrders, Any]:
    """A worker that has claimed the only due order."""
    flow = PushOrders.load(pair.store.pk)
    lease = leases.acquire(f"{STEM}:{pair.store.pk}")
    assert flow is not None
    assert lease is not None
    claimed, _ = claim(flow, lease, 1)
    lease.release()
    return flow, claimed[0]


# --- late answers and doubles --------------------------------------------------------------------


def test_an_id_that_came_too_late_is_read_and_adopted(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    flow, claimed = _claim(pair)
    pass_time(46)
    recover(Order)
    record(flow, claimed, perform(claimed))
    assert status(order) == "pending"
    work(STEM)
    assert shopify.called() == ["create_order", "read_order"]
    assert (status(order), order.shopify_order_id) == ("synced", the_only(shopify).gid)


def test_an_id_that_comes_after_the_misses_still_keeps_a_second_order_away(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    """Three look-ups missed and the create is due again when the first answer arrives."""
    flow, claimed = _claim(pair)
    outcome = perform(claimed)
    shopify.orders["gid://shopify/Order/1"].look_ups_to_hide = 3
    pass_time(46)
    recover(Order)
    for _ in range(3):
        order.refresh_from_db()
        pass_time(31)
        set_columns(pair.store, paused_until=None)
        work_once(pair)
    order.refresh_from_db()
    assert (order.sync_status, order.in_doubt_since) == ("pending", None)
    record(flow, claimed, outcome)
    work(STEM)
    assert (status(order), len(shopify.orders)) == ("synced", 1)
    assert shopify.count("create_order") == 1


def work_once(pair: Pair) -> None:
    """One claim, call and record."""
    flow, claimed = _claim(pair)
    record(flow, claimed, perform(claimed))


def test_a_second_order_whose_answer_comes_after_the_first_is_shown(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.refuses_taken_ids = False
    shopify.look_ups_to_hide = 9
    flow, claimed = _claim(pair)
    outcome = perform(claimed)
    pass_time(46)
    recover(Order)
    for _ in range(4):
        work(STEM)
        pass_time(31)
    assert (status(order), len(shopify.orders)) == ("synced", 2)
    record(flow, claimed, outcome)
    order.refresh_from_db()
    assert order.shopify_order_id == "gid://shopify/Order/2"
    assert order.other_shopify_ids == ["gid://shopify/Order/1"]
    assert history(order, "note") == [("", "second_order")]
    assert Attempt.objects.get(number=1).remote_id == "gid://shopify/Order/1"


def test_a_second_order_whose_answer_came_while_the_other_was_under_way_is_shown(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.refuses_taken_ids = False
    shopify.look_ups_to_hide = 9
    flow, first = _claim(pair)
    outcome = perform(first)
    pass_time(46)
    recover(Order)
    set_columns(order, in_doubt_since=None, next_attempt_at=None)
    flow_two, second = _claim(pair)
    outcome_two = perform(second)
    record(flow, first, outcome)
    record(flow_two, second, outcome_two)
    order.refresh_from_db()
    assert order.shopify_order_id == "gid://shopify/Order/2"
    assert order.other_shopify_ids == ["gid://shopify/Order/1"]


def test_doubles_that_a_look_up_sees_are_shown(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    for _ in range(2):
        shopify.add({"sourceIdentifier": ORDER_ID, "lineItems": []}, Decimal("10.00"))
    set_columns(order, in_doubt_since=timezone.now())
    work(STEM)
    assert (status(order), order.shopify_order_id) == ("synced", "gid://shopify/Order/1")
    assert order.other_shopify_ids == ["gid://shopify/Order/2"]


# --- the id is taken -----------------------------------------------------------------------------


def make_it_taken(shopify: FakeShopify) -> None:
    """The order exists already, with our own id on it."""
    shopify.add(
        {"sourceIdentifier": ORDER_ID, "lineItems": [], "metafields": [{"value": ORDER_ID}]},
        Decimal("10.00"),
    )


@pytest.mark.parametrize("tries", [0, 3])
def test_a_taken_id_is_looked_up_and_adopted(
    order: Order, shopify: FakeShopify, work: Work, tries: int
) -> None:
    make_it_taken(shopify)
    set_columns(order, tries=tries)
    work(STEM)
    assert (status(order), order.shopify_order_id) == ("synced", "gid://shopify/Order/1")
    assert shopify.called() == ["create_order", "find_order"]


def test_an_id_taken_after_a_lag_longer_than_the_look_ups_is_adopted(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.look_ups_to_hide = 3
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    for _ in range(6):
        work(STEM)
        pass_time(61)
    assert (status(order), len(shopify.orders)) == ("synced", 1)
    assert shopify.called() == [
        "create_order",
        *["find_order"] * 3,
        "create_order",
        "find_order",
    ]


def test_an_id_taken_by_something_nobody_finds_is_told_in_the_end(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.look_ups_to_hide = 100
    make_it_taken(shopify)
    for _ in range(20):
        work(STEM)
        pass_time(61)
    assert (status(order), order.failure_kind) == ("failed", "rejected")
    assert shopify.count("create_order") <= 4


# --- cancelled meanwhile -------------------------------------------------------------------------


def cancelled() -> Any:
    return order_body(status="CANCELLED", age=10, cancellation_initiator="BUYER")


def test_an_order_cancelled_before_it_left_is_skipped(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    store_page(pair.shop, [cancelled()])
    work(STEM)
    assert (status(order), order.skip_reason) == ("skipped", "cancelled")
    assert shopify.calls == []


def test_an_order_cancelled_in_flight_is_created_and_then_cancelled(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.during("create_order", lambda: store_page(pair.shop, [cancelled()]) and None)
    work(STEM)
    assert (status(order), order.tiktok_status) == ("synced", "CANCELLED")
    assert Cancellation.objects.get().sync_status == "pending"


@pytest.mark.parametrize("error", [Unreachable("Away."), Rejected("No.")])
def test_an_order_cancelled_in_flight_and_certainly_not_created_is_skipped(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, error: Exception
) -> None:
    shopify.fail("create_order", error)
    flow, claimed = _claim(pair)
    store_page(pair.shop, [cancelled()])
    record(flow, claimed, perform(claimed))
    pass_time(10)
    work(STEM)
    assert (status(order), order.skip_reason) == ("skipped", "cancelled")
    assert shopify.orders == {}


def test_an_order_cancelled_while_in_doubt_is_found_and_then_cancelled(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    work(STEM)
    store_page(pair.shop, [cancelled()])
    pass_time(6)
    work(STEM)
    assert (status(order), Cancellation.objects.count()) == ("synced", 1)


def test_an_order_cancelled_while_in_doubt_and_not_found_is_skipped(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_order", UNCLEAR)
    work(STEM)
    store_page(pair.shop, [cancelled()])
    for _ in range(4):
        pass_time(61)
        work(STEM)
    assert (status(order), order.skip_reason) == ("skipped", "cancelled")
    assert (shopify.count("create_order"), shopify.orders) == (1, {})


# --- waiting and blocked -------------------------------------------------------------------------


def test_sums_that_do_not_prove_block_the_order_with_both(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    lines = [build.unit("11")]
    payment = build.payment(lines, total_amount="9.99")
    order = stored_order(pair.shop, lines=lines, payment=payment)
    work(STEM)
    assert (status(order), order.failure_kind) == ("failed", "config")
    assert order.failure_code == "money_mismatch"
    assert "9.99 USD" in order.failure_reason
    assert "10.00 USD" in order.failure_reason
    assert shopify.calls == []


def test_discounts_larger_than_the_order_block_it_and_no_other(
    shopify: FakeShopify, monkeypatch: pytest.MonkeyPatch, work: Work, pair: Pair
) -> None:
    """A mismatch that only shows while mapping: the platform paid more than the order is worth."""
    link_sku(pair)
    plain = mapping.shopify_order

    def mismatch(facts: Any, *rest: Any) -> Any:
        if facts.order_id == "1":
            raise MoneyMismatch(Decimal("10"), Decimal("12"), "discounts exceed the order")
        return plain(facts, *rest)

    monkeypatch.setattr(mapping, "shopify_order", mismatch)
    first, second = stored_order(pair.shop, "1"), stored_order(pair.shop, "2")
    work(STEM)
    assert (status(first), first.failure_code) == ("failed", "money_mismatch")
    assert "10.00 USD" in first.failure_reason
    assert "12.00 USD" in first.failure_reason
    assert status(second) == "synced"


def test_another_currency_blocks_the_order(pair: Pair, shopify: FakeShopify, work: Work) -> None:
    link_sku(pair)
    set_columns(pair.store, currency="EUR")
    order = stored_order(pair.shop)
    work(STEM)
    assert (status(order), order.failure_code) == ("failed", "currency_not_accepted")
    assert shopify.calls == []


def test_an_order_whose_body_became_unreadable_is_set_aside(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(order, raw={"id": ORDER_ID})
    work(STEM)
    assert (status(order), order.failure_kind) == ("failed", "malformed")


def test_an_unlinked_sku_is_looked_up_once_for_many_orders(
    pair: Pair, shopify: FakeShopify, work: Work, wakes: Wakes
) -> None:
    orders = [stored_order(pair.shop, str(number)) for number in range(5)]
    work(STEM)
    lookup = SkuLookup.objects.get()
    assert (lookup.sku, lookup.sync_status) == ("RED", "pending")
    assert wakes.lanes.count(("link_skus", pair.store.pk)) == 1
    for order in orders:
        assert (status(order), order.wait_reason) == ("pending", "sku_lookup")
        assert 55 < seconds_from_now(order.next_attempt_at) <= 60
    shopify.add_variant("RED", 41)
    work("link_skus")
    assert shopify.arguments("find_variants") == [(("RED",),)]
    work(STEM)
    assert [status(order) for order in orders] == ["synced"] * 5


def test_a_sku_that_shopify_does_not_know_blocks_until_it_is_linked(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    order = stored_order(pair.shop)
    work(STEM)
    work("link_skus")
    work(STEM)
    assert (status(order), order.failure_code) == ("failed", "sku_unlinked")
    assert "RED" in order.failure_reason
    make_link(pair.shop, "29RED", make_variant(pair.store), origin=Link.Origin.BY_HAND)
    assert status(order) == "pending"
    work(STEM)
    assert status(order) == "synced"


def test_by_rule_an_unlinked_unit_goes_as_text(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    pair.shop.rules.unlinked_policy = "text_line"
    pair.shop.rules.save()
    order = stored_order(pair.shop)
    work(STEM)
    work("link_skus")
    work(STEM)
    assert status(order) == "synced"
    line = the_only(shopify).input["lineItems"][0]
    assert (line["title"], line["sku"]) == ("Shirt RED", "RED")
    assert "variantId" not in line


def test_with_automatic_sync_off_nothing_leaves(
    pair: Pair, shopify: FakeShopify, work: Work, order: Order
) -> None:
    pair.shop.rules.auto_sync = False
    pair.shop.rules.save()
    work(STEM)
    assert (status(order), order.wait_reason) == ("held", "auto_sync_off")
    assert shopify.calls == []


def test_a_safety_hold_is_released_when_its_time_has_come(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    pair.shop.rules.safety_hold_minutes = 10
    pair.shop.rules.save()
    paid = int(timezone.now().timestamp()) - 540
    order = stored_order(pair.shop, paid_time=paid, create_time=paid)
    work(STEM)
    assert (status(order), shopify.calls) == ("held", [])
    order.raw["paid_time"] -= 61
    set_columns(order, raw=order.raw, next_attempt_at=timezone.now() - timedelta(seconds=1))
    work(STEM)
    assert status(order) == "synced"
    assert ("held", "pending") in history(order)


def test_a_hold_of_tiktok_has_no_end_of_its_own(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    order = stored_order(pair.shop, status="ON_HOLD")
    pass_time(100_000)
    work(STEM)
    assert (status(order), shopify.calls) == ("held", [])


# --- the store -----------------------------------------------------------------------------------


def test_nothing_is_created_before_its_id_can_be_unique(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(pair.store, order_id_definition_at=None)
    shopify.definition = None
    work(STEM)
    assert shopify.called() == [
        "metafield_definition",
        "create_order_id_definition",
        "create_order",
    ]
    assert ShopifyStore.objects.get().order_id_definition_at is not None
    assert status(order) == "synced"


def test_a_definition_of_another_type_pauses_the_store_with_the_fix(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(pair.store, order_id_definition_at=None)
    shopify.definition = MetafieldDefinition("gid", "app--1", "tiktok_order_id", "text")
    work(STEM)
    assert (status(order), shopify.count("create_order")) == ("pending", 0)
    store = ShopifyStore.objects.get()
    assert "another type" in store.paused_reason
    assert 290 < seconds_from_now(store.paused_until) <= 300


def test_throttling_pauses_the_store_and_costs_no_order_a_try(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    orders = [stored_order(pair.shop, str(number)) for number in range(20)]
    shopify.fail("create_order", RateLimited("Slow down.", retry_after=4), times=100)
    work(STEM)
    assert shopify.count("create_order") <= 8
    for order in orders:
        assert (status(order), order.tries) == ("pending", 0)
    shopify.faults.clear()
    pass_time(5)
    work(STEM)
    assert {status(order) for order in orders} == {"synced"}


@pytest.mark.parametrize("reason", ["plan", "unavailable", "closed", "scope_missing"])
def test_a_store_that_refuses_us_is_paused_and_its_orders_wait(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, reason: str
) -> None:
    refusal = NotAuthorized("The store is locked at Shopify.", account_reason=reason)
    shopify.fail("create_order", refusal)
    work(STEM)
    assert (status(order), order.tries, order.failure_kind) == ("pending", 0, "")
    store = ShopifyStore.objects.get()
    assert store.paused_reason == "The store is locked at Shopify."
    assert 28 < seconds_from_now(store.paused_until) <= 30
    pass_time(31)
    work(STEM)
    assert status(order) == "synced"


def test_lost_consent_keeps_orders_pending_until_the_store_is_connected_again(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_order", NotAuthorized("Gone.", account_reason="consent_lost"))
    work(STEM)
    assert status(order) == "pending"
    pass_time(100_000)
    work(STEM)
    assert shopify.count("create_order") == 1
    set_columns(pair.store, auth_lost_at=None)
    work(STEM)
    assert status(order) == "synced"


def test_a_store_without_tokens_asks_to_be_connected(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    Credential.objects.filter(store=pair.store).delete()
    work(STEM)
    assert status(order) == "pending"
    assert ShopifyStore.objects.get().health == "reconnect"


def test_a_refused_value_is_told_with_shopifys_words(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("create_order", Rejected("Shopify refused it: Phone is invalid.", code="INVALID"))
    work(STEM)
    assert (status(order), order.failure_kind) == ("failed", "rejected")
    assert order.failure_reason == "Shopify refused it: Phone is invalid."


def test_the_points_of_a_call_are_kept_on_its_attempt(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.points = Cost(11, 11, 1500.0, 2000.0, 100.0)
    work(STEM)
    assert Attempt.objects.get().cost == 11


def test_the_history_tells_the_whole_way(order: Order, shopify: FakeShopify, work: Work) -> None:
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    work(STEM)
    pass_time(6)
    work(STEM)
    assert history(order) == [
        ("", "pending"),
        ("pending", "sending"),
        ("sending", "pending"),
        ("pending", "sending"),
        ("sending", "synced"),
    ]
    last = StatusChange.objects.filter(order=order, axis="sync").last()
    assert last is not None
    assert last.reason == "Shopify order #1001"
    assert last.request_id == "request-2"


@pytest.mark.parametrize("before", ["failed", "skipped", "held"])
def test_a_late_answer_brings_back_an_order_that_was_given_up(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, before: str
) -> None:
    """Cancelled or refused meanwhile: it is in Shopify all the same, and must be seen to."""
    flow, claimed = _claim(pair)
    outcome = perform(claimed)
    set_columns(order, sync_status=before, attempt_number=5, tiktok_status="CANCELLED")
    record(flow, claimed, outcome)
    assert (status(order), order.in_doubt_since is not None) == ("pending", True)
    work(STEM)
    assert (status(order), Cancellation.objects.count()) == ("synced", 1)
    assert shopify.count("create_order") == 1
