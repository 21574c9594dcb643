"""What people and programs ask of orders: one effect, however often, and a clear answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from orders.models import Order, StatusChange
from orders.services.actions import dismiss_order, pull_now, release_order, retry_order
from tests.factories import (
    Pair,
    history,
    link_sku,
    make_cancellation,
    make_fulfillment,
    make_pair,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fakes import FakeShopify, Wakes
from tests.orders.services.conftest import Work
from tiktoksync.shops.models import ShopifyStore, TikTokShop


@pytest.fixture
def person(db: None) -> Any:
    return get_user_model().objects.create(username="anna")


@pytest.fixture
def failed(pair: Pair) -> Order:
    order = stored_order(pair.shop)
    set_columns(
        order,
        sync_status="failed",
        failure_kind="exhausted",
        failure_code="x",
        failure_reason="Tried often.",
        tries=13,
    )
    return order


# --- retry ---------------------------------------------------------------------------------------


def test_a_failed_order_is_queued_again(
    pair: Pair, failed: Order, person: Any, wakes: Wakes
) -> None:
    assert retry_order(failed, actor="merchant", user=person) is True
    assert (failed.sync_status, failed.tries, failed.failure_kind) == ("pending", 0, "")
    line = StatusChange.objects.filter(order=failed).last()
    assert line is not None
    assert (line.actor, line.user_id) == ("merchant", person.pk)
    assert ("push_orders", pair.store.pk) in wakes.lanes


def test_asked_twenty_times_it_has_one_effect(failed: Order) -> None:
    answers = [retry_order(failed, actor="api") for _ in range(20)]
    assert answers == [True] + [False] * 19
    assert history(failed).count(("failed", "pending")) == 1


@pytest.mark.parametrize("status", ["held", "pending", "sending", "synced"])
def test_there_is_nothing_to_retry(pair: Pair, status: str) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status=status)
    assert retry_order(order, actor="merchant") is False
    assert order.sync_status == status


def test_whoever_retries_a_skipped_order_asks_for_it(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    order = stored_order(pair.shop, status="IN_TRANSIT")
    assert order.sync_status == "skipped"
    assert retry_order(order, actor="staff") is True
    assert order.approved_at is not None
    work("push_orders")
    order.refresh_from_db()
    assert (order.sync_status, len(shopify.orders)) == ("synced", 1)


def test_retrying_a_failed_order_does_not_lift_its_rules(
    pair: Pair, failed: Order, shopify: FakeShopify, work: Work
) -> None:
    pair.shop.rules.auto_sync = False
    pair.shop.rules.save()
    retry_order(failed, actor="merchant")
    work("push_orders")
    failed.refresh_from_db()
    assert (failed.sync_status, failed.wait_reason) == ("held", "auto_sync_off")


def test_an_order_in_doubt_is_looked_up_before_it_is_sent_again(
    pair: Pair, failed: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(failed, in_doubt_since=timezone.now())
    retry_order(failed, actor="merchant")
    work("push_orders")
    assert shopify.called() == ["find_order"]


@pytest.mark.parametrize("kind", ["cancelled", "malformed", "unreadable"])
def test_what_can_never_be_sent_stays(pair: Pair, failed: Order, kind: str) -> None:
    match kind:
        case "cancelled":
            set_columns(failed, raw={**failed.raw, "status": "CANCELLED"})
        case "malformed":
            set_columns(failed, failure_kind="malformed")
        case "unreadable":
            set_columns(failed, raw={"id": "1"})
    assert retry_order(failed, actor="merchant") is False
    assert failed.sync_status == "failed"


def test_a_refused_shipment_is_sent_again(pair: Pair, wakes: Wakes) -> None:
    order = synced_order(pair.shop)
    shipment = make_fulfillment(order, sync_status="failed", failure_kind="config", tries=3)
    sent = make_fulfillment(order, shopify_fulfillment_id="2", sync_status="synced")
    wakes.lanes.clear()
    assert retry_order(order, actor="merchant") is True
    shipment.refresh_from_db()
    sent.refresh_from_db()
    assert (shipment.sync_status, shipment.tries) == ("pending", 0)
    assert sent.sync_status == "synced"
    assert order.sync_status == "synced"
    assert ("push_fulfillments", pair.shop.pk) in wakes.lanes
    assert retry_order(order, actor="merchant") is False


def test_a_refused_cancellation_is_asked_for_again(pair: Pair, wakes: Wakes) -> None:
    order = synced_order(pair.shop)
    row = make_cancellation(order, sync_status="failed", failure_kind="config")
    assert retry_order(order, actor="merchant") is True
    row.refresh_from_db()
    assert row.sync_status == "pending"
    assert ("push_cancellations", pair.store.pk) in wakes.lanes
    assert retry_order(order, actor="merchant") is False


# --- dismiss -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["held", "pending", "failed"])
def test_an_order_is_left_out_for_good(pair: Pair, person: Any, status: str) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status=status)
    assert dismiss_order(order, actor="merchant", user=person) is True
    assert (order.sync_status, order.skip_reason) == ("skipped", "dismissed")
    assert dismiss_order(order, actor="merchant", user=person) is False


@pytest.mark.parametrize("status", ["sending", "synced", "skipped"])
def test_an_order_that_is_there_or_in_flight_is_not_left_out(pair: Pair, status: str) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status=status)
    assert dismiss_order(order, actor="merchant") is False
    assert (order.sync_status, order.skip_reason) == (status, "")


def test_an_order_that_may_be_there_is_not_left_out(pair: Pair) -> None:
    order = stored_order(pair.shop)
    set_columns(order, in_doubt_since=timezone.now())
    assert dismiss_order(order, actor="merchant") is False
    assert order.sync_status == "pending"


# --- release -------------------------------------------------------------------------------------


def test_our_own_hold_is_ended_by_a_click(
    pair: Pair, shopify: FakeShopify, work: Work, wakes: Wakes
) -> None:
    link_sku(pair)
    pair.shop.rules.auto_sync = False
    pair.shop.rules.save()
    order = stored_order(pair.shop)
    assert release_order(order, actor="merchant") is True
    assert (order.sync_status, order.approved_at is not None) == ("pending", True)
    assert ("push_orders", pair.store.pk) in wakes.lanes
    work("push_orders")
    order.refresh_from_db()
    assert order.sync_status == "synced"


@pytest.mark.parametrize("status", ["ON_HOLD", "SOMETHING_NEW"])
def test_tiktoks_hold_is_tiktoks(pair: Pair, status: str) -> None:
    order = stored_order(pair.shop, status=status)
    assert release_order(order, actor="merchant") is False
    assert (order.sync_status, order.approved_at) == ("held", None)


def test_what_is_not_held_is_not_released(pair: Pair) -> None:
    order = stored_order(pair.shop)
    assert release_order(order, actor="merchant") is False
    assert order.approved_at is None


# --- look now ------------------------------------------------------------------------------------


def test_both_polls_are_due_at_once(pair: Pair, wakes: Wakes) -> None:
    later = timezone.now() + timezone.timedelta(hours=1)
    other = make_pair("Ben")
    for row in (pair.shop, other.shop):
        set_columns(row, next_poll_at=later)
    for store in (pair.store, other.store):
        set_columns(store, next_fulfillment_poll_at=later)
    wakes.lanes.clear()
    assert pull_now([pair.shop]) == 1
    assert sorted(wakes.lanes) == [
        ("pull_fulfillments", pair.store.pk),
        ("pull_orders", pair.shop.pk),
    ]
    now = timezone.now()
    assert TikTokShop.objects.get(pk=pair.shop.pk).next_poll_at <= now
    assert ShopifyStore.objects.get(pk=pair.store.pk).next_fulfillment_poll_at <= now
    assert TikTokShop.objects.get(pk=other.shop.pk).next_poll_at == later
    assert ShopifyStore.objects.get(pk=other.store.pk).next_fulfillment_poll_at == later
