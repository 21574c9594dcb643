"""Changed rules reach the orders that the old ones kept waiting."""

from __future__ import annotations

import pytest

from orders.models import Order
from orders.services.new_rules import apply_new_rules
from orders.services.rules import order_rules
from tests.factories import Pair, make_pair, set_columns, stored_order
from tests.fakes import Wakes, note_wakes
from tiktoksync.lib.timing import database_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    return note_wakes(monkeypatch)


@pytest.fixture
def pair() -> Pair:
    return make_pair(auto_sync=False)


def reread(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_an_order_that_waited_for_a_click_is_due_when_it_goes_by_itself(
    pair: Pair, wakes: Wakes
) -> None:
    order = stored_order(pair.shop)
    assert (order.sync_status, order.next_attempt_at) == ("held", None)
    rules = order_rules(pair.shop)
    rules.auto_sync = True
    rules.save(update_fields=["auto_sync"])
    assert apply_new_rules(pair.shop) == 1
    due = reread(order).next_attempt_at
    assert due is not None
    assert due <= database_now()
    assert ("push_orders", pair.store.pk) in wakes.lanes


def test_a_blocked_order_is_queued_and_others_are_left_alone(pair: Pair, wakes: Wakes) -> None:
    blocked = stored_order(pair.shop, "576000000000000001")
    refused = stored_order(pair.shop, "576000000000000002")
    on_hold = stored_order(pair.shop, "576000000000000003", "ON_HOLD")
    set_columns(blocked, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    set_columns(refused, sync_status="failed", failure_kind="rejected")
    assert apply_new_rules(pair.shop) == 1
    assert reread(blocked).sync_status == "pending"
    assert reread(refused).sync_status == "failed"
    assert reread(on_hold).next_attempt_at is None


def test_another_shops_orders_are_not_touched(pair: Pair, wakes: Wakes) -> None:
    other = make_pair("Bob", auto_sync=False)
    order = stored_order(other.shop)
    assert apply_new_rules(pair.shop) == 0
    assert reread(order).next_attempt_at is None
    assert ("push_orders", pair.store.pk) not in wakes.lanes
