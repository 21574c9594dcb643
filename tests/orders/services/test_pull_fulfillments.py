"""pull_fulfillments: what the merchant ships in Shopify becomes rows for TikTok."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Fulfillment, Order, StatusChange
from tests.factories import (
    Pair,
    hint_of_shopify,
    history,
    link_sku,
    make_pair,
    pass_time,
    seconds_from_now,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, ShopifyOrder, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import NotAuthorized, RateLimited, Rejected, Unreachable
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.webhooks.models import Delivery

STEM = "pull_fulfillments"


@pytest.fixture
def order(pair: Pair, shopify: FakeShopify, work: Work) -> Order:
    """An order of three units, two of them of one SKU, that was created in Shopify."""
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    lines = [build.unit("11"), build.unit("12"), build.unit("13", "BLUE")]
    order = stored_order(pair.shop, lines=lines)
    work("push_orders")
    shopify.calls.clear()
    order.refresh_from_db()
    assert order.sync_status == "synced"
    return order


@pytest.fixture
def made(order: Order, shopify: FakeShopify) -> ShopifyOrder:
    """The same order over there."""
    return shopify.orders[order.shopify_order_id]


@pytest.fixture
def hint(pair: Pair, order: Order) -> Any:
    """Between two polls, a webhook names the order."""
    set_columns(pair.store, next_fulfillment_poll_at=timezone.now() + timedelta(seconds=60))
    return lambda topic="fulfillments/create": hint_of_shopify(pair.store, "1", topic)


def outcomes() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("outcome", "note"))


# --- what is shipped -----------------------------------------------------------------------------


def test_a_hinted_shipment_is_read_and_queued_for_tiktok(
    pair: Pair,
    order: Order,
    made: ShopifyOrder,
    shopify: FakeShopify,
    work: Work,
    hint: Any,
    wakes: Wakes,
) -> None:
    shopify.ship(made, "1Z999", "UPS")
    hint()
    assert work(STEM).worked == 1
    row = Fulfillment.objects.get()
    assert (row.carrier, row.tracking_number, row.status) == ("UPS", "1Z999", "SUCCESS")
    assert row.shipped_units == ["11", "12", "13"]
    assert row.sync_status == "pending"
    assert ("push_fulfillments", pair.shop.pk) in wakes.lanes
    assert history(order, "fulfillment") == [("", "pending")]
    assert outcomes() == [("used", "")]
    order.refresh_from_db()
    assert order.shopify_status == "FULFILLED"
    assert history(order, "shopify") == [("UNFULFILLED", "FULFILLED")]


@pytest.mark.parametrize(
    ("quantities", "units"),
    [((1, 0), ["11"]), ((2, 0), ["11", "12"]), ((0, 1), ["13"]), ((1, 1), ["11", "13"])],
)
def test_a_partial_shipment_holds_as_many_units_as_were_shipped(
    made: ShopifyOrder,
    shopify: FakeShopify,
    work: Work,
    hint: Any,
    quantities: tuple[int, int],
    units: list[str],
) -> None:
    shopify.ship(made, quantities=quantities)
    hint()
    work(STEM)
    assert Fulfillment.objects.get().shipped_units == units


def test_an_order_split_in_three_ships_each_unit_once(
    order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    for number, quantities in enumerate([(1, 0), (1, 0), (0, 1)]):
        shopify.ship(made, f"N{number}", quantities=quantities)
    hint()
    work(STEM)
    rows = Fulfillment.objects.values_list("tracking_number", "shipped_units")
    assert list(rows) == [("N0", ["11"]), ("N1", ["12"]), ("N2", ["13"])]


def test_units_of_a_cancelled_shipment_are_free_for_the_next(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    first = shopify.ship(made, "N1", quantities=(1, 0))
    hint()
    work(STEM)
    first["status"] = "CANCELLED"
    shopify.ship(made, "N2", quantities=(1, 0))
    hint()
    work(STEM)
    rows = dict(Fulfillment.objects.values_list("tracking_number", "sync_status"))
    assert rows == {"N1": "skipped", "N2": "pending"}
    assert Fulfillment.objects.get(tracking_number="N2").shipped_units == ["11"]
    assert Fulfillment.objects.get(tracking_number="N1").skip_reason == "fulfillment_cancelled"


def test_a_line_whose_property_was_removed_holds_no_known_units(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    made.input["lineItems"][0]["properties"] = []
    shopify.ship(made)
    hint()
    work(STEM)
    assert Fulfillment.objects.get().shipped_units == ["13"]


def test_units_that_are_not_the_orders_are_not_believed(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    made.input["lineItems"][1]["properties"][0]["value"] = "13,999"
    shopify.ship(made, quantities=(0, 2))
    hint()
    work(STEM)
    assert Fulfillment.objects.get().shipped_units == ["13"]


# --- tracking ------------------------------------------------------------------------------------


def test_a_shipment_without_a_number_is_held_until_it_has_one(
    order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    fulfillment = shopify.ship(made, "")
    hint()
    work(STEM)
    row = Fulfillment.objects.get()
    assert (row.sync_status, row.wait_reason) == ("held", "no_tracking")
    fulfillment["trackingInfo"] = [{"company": " USPS ", "number": " 9400 ", "url": "https://u"}]
    made.touch()
    hint("fulfillments/update")
    work(STEM)
    row.refresh_from_db()
    assert (row.sync_status, row.carrier, row.tracking_number) == ("pending", "USPS", "9400")
    assert history(order, "fulfillment") == [("", "held"), ("held", "pending")]


def test_of_several_numbers_the_first_that_is_one_counts(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    fulfillment = shopify.ship(made)
    fulfillment["trackingInfo"] = [
        {"company": "UPS", "number": "", "url": None},
        {"company": "USPS", "number": "9400", "url": None},
    ]
    hint()
    work(STEM)
    row = Fulfillment.objects.get()
    assert (row.carrier, row.tracking_number) == ("USPS", "9400")


def test_a_corrected_carrier_sends_a_refused_shipment_again(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    fulfillment = shopify.ship(made, "1Z999", "Uncle Bob")
    hint()
    work(STEM)
    row = Fulfillment.objects.get()
    set_columns(row, sync_status="failed", failure_kind="config", failure_code="carrier_unknown")
    hint()
    work(STEM)
    row.refresh_from_db()
    assert row.sync_status == "failed", "nothing was corrected yet"
    fulfillment["trackingInfo"][0]["company"] = "UPS"
    made.touch()
    hint()
    work(STEM)
    row.refresh_from_db()
    assert (row.sync_status, row.carrier, row.failure_code) == ("pending", "UPS", "")


@pytest.mark.parametrize("status", ["synced", "sending"])
def test_what_was_sent_is_not_rewritten(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any, status: str
) -> None:
    fulfillment = shopify.ship(made, "1Z999", "UPS")
    hint()
    work(STEM)
    row = Fulfillment.objects.get()
    set_columns(row, sync_status=status)
    fulfillment["trackingInfo"][0]["number"] = "1Z000"
    made.touch()
    hint()
    work(STEM)
    row.refresh_from_db()
    assert (row.sync_status, row.tracking_number) == (status, "1Z999")


@pytest.mark.parametrize("status", ["CANCELLED", "ERROR", "FAILURE"])
def test_a_shipment_first_seen_at_its_end_is_no_shipment(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any, status: str
) -> None:
    shopify.ship(made)["status"] = status
    hint()
    work(STEM)
    assert not Fulfillment.objects.exists()


def test_a_shipment_of_an_order_cancelled_on_tiktok_is_not_sent(
    order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    set_columns(order, tiktok_status="CANCELLED")
    shopify.ship(made)
    hint()
    work(STEM)
    row = Fulfillment.objects.get()
    assert (row.sync_status, row.skip_reason) == ("skipped", "order_cancelled")


def test_reading_the_same_shipment_again_changes_nothing(
    order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    shopify.ship(made)
    for _ in range(3):
        hint()
        work(STEM)
    assert Fulfillment.objects.count() == 1
    assert history(order, "fulfillment") == [("", "pending")]
    assert history(order, "shopify") == [("UNFULFILLED", "FULFILLED")]


# --- the order itself ----------------------------------------------------------------------------


def test_a_cancellation_in_shopify_is_mirrored_once(
    order: Order, made: ShopifyOrder, work: Work, hint: Any
) -> None:
    made.touch(cancelled_at=datetime.now(UTC))
    for _ in range(2):
        hint("orders/cancelled")
        work(STEM)
    order.refresh_from_db()
    assert order.shopify_cancelled_at is not None
    assert order.tiktok_status == "AWAITING_SHIPMENT", "TikTok alone says what TikTok's status is"
    assert history(order, "shopify") == [("UNFULFILLED", "CANCELLED")]


def test_a_total_that_differs_is_told_and_kept(
    order: Order, made: ShopifyOrder, work: Work, hint: Any
) -> None:
    made.touch(total=Decimal("31.00"))
    for _ in range(2):
        hint("orders/updated")
        work(STEM)
    order.refresh_from_db()
    assert order.shopify_total == Decimal("31.00")
    line = StatusChange.objects.get(order=order, axis="note")
    assert line.after == "total_differs"
    assert line.reason == "Shopify's total is 31.00, it should be 30.0000."


# --- hints ---------------------------------------------------------------------------------------


def test_hints_about_foreign_orders_ask_nothing_and_are_put_away(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    for legacy_id in ("777", "778"):
        hint_of_shopify(pair.store, legacy_id)
    set_columns(pair.store, next_fulfillment_poll_at=timezone.now() + timedelta(seconds=60))
    work(STEM)
    assert shopify.calls == []
    assert outcomes() == [("ignored", "Not an order of ours.")] * 2


def test_many_hints_of_one_order_read_it_once(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    shopify.ship(made)
    for _ in range(20):
        hint()
    work(STEM)
    assert shopify.arguments("read_orders") == [((made.gid,),)]
    assert {outcome for outcome, _ in outcomes()} == {"used"}


def test_another_stores_hint_about_the_same_number_is_not_ours(
    order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    hint_of_shopify(make_pair("Ben").store, order.shopify_legacy_id)
    hint_free = work(STEM)
    assert hint_free.worked == 0
    assert shopify.calls == []


def test_hints_wait_while_shopify_is_away(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    shopify.ship(made)
    hint()
    shopify.fail("read_orders", Unreachable("Away."))
    work(STEM)
    assert outcomes() == [("new", "")]
    pass_time(5)
    work(STEM)
    assert (outcomes(), Fulfillment.objects.count()) == ([("used", "")], 1)


def test_an_order_that_is_gone_keeps_no_hint_waiting(
    made: ShopifyOrder, shopify: FakeShopify, work: Work, hint: Any
) -> None:
    del shopify.orders[made.gid]
    hint()
    work(STEM)
    assert outcomes() == [("used", "")]


# --- poll ----------------------------------------------------------------------------------------


@pytest.fixture
def due(pair: Pair, order: Order) -> Pair:
    set_columns(pair.store, next_fulfillment_poll_at=None)
    return pair


def test_without_any_webhook_the_poll_finds_the_shipment(
    due: Pair, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made)
    work(STEM)
    assert Fulfillment.objects.get().sync_status == "pending"
    store = ShopifyStore.objects.get()
    assert store.fulfillments_watermark == made.updated_at
    assert 115 < seconds_from_now(store.next_fulfillment_poll_at) <= 120


def test_the_first_window_starts_before_the_first_order(
    due: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    work(STEM)
    ((since, source_name, _),) = shopify.arguments("orders_updated_since")
    assert since == order.synced_at - timedelta(seconds=300)
    assert source_name == "tiktok-shop"


def test_the_next_window_overlaps_and_the_watermark_never_goes_back(
    due: Pair, shopify: FakeShopify, work: Work
) -> None:
    mark = timezone.now() + timedelta(hours=1)
    set_columns(due.store, fulfillments_watermark=mark)
    work(STEM)
    assert shopify.arguments("orders_updated_since")[0][0] == mark - timedelta(seconds=300)
    assert ShopifyStore.objects.get().fulfillments_watermark == mark


def test_an_order_in_which_nothing_was_shipped_is_not_read(
    due: Pair, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.touch()
    work(STEM)
    assert shopify.called() == ["orders_updated_since"]


def test_no_open_order_means_no_poll(
    due: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(order, tiktok_status="IN_TRANSIT")
    work(STEM)
    assert shopify.calls == []


def test_every_page_of_the_window_is_read(
    due: Pair, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.page_size = 1
    for _ in range(2):
        shopify.add({"lineItems": []}, Decimal(1))
    made.touch()
    shopify.ship(made)
    work(STEM)
    assert [after for *_, after in shopify.arguments("orders_updated_since")] == ["", "1", "2"]
    assert Fulfillment.objects.count() == 1


def test_a_failure_on_a_later_page_keeps_the_watermark(
    due: Pair, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made)
    shopify.fail("read_orders", RateLimited("Slow down.", retry_after=7))
    work(STEM)
    store = ShopifyStore.objects.get()
    assert store.fulfillments_watermark is None
    assert 5 < seconds_from_now(store.paused_until) <= 7
    assert not Fulfillment.objects.exists()


def test_a_refusal_nobody_expects_is_told_and_not_hammered(
    due: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("orders_updated_since", Rejected("Unknown field."))
    work(STEM)
    store = ShopifyStore.objects.get()
    assert (store.refusal, store.paused_until) == ("Unknown field.", None)
    assert store.fulfillments_watermark is None
    assert 110 < seconds_from_now(store.next_fulfillment_poll_at) <= 120


def test_lost_consent_stops_the_store(due: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.fail("orders_updated_since", NotAuthorized("Gone.", account_reason="consent_lost"))
    work(STEM)
    assert ShopifyStore.objects.get().health == "reconnect"
