"""A shop that is connected but not live creates nothing; going live lets go what waited."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from orders.models import Order, StatusChange
from orders.services.actions import release_order, retry_order
from orders.services.store_orders import store_page
from tests.factories import ORDER_ID, Pair, link_sku, order_body, set_columns, stored_order
from tests.fakes import FakeShopify, Wakes
from tests.orders.services.conftest import Work
from tiktoksync.connecting.services.go_live import call_off, go_live
from tiktoksync.shops.models import SettingsChange

SAID = (
    "Not live yet: the order waits until you switch the connection on. Then it goes on by itself."
)


@pytest.fixture
def person(db: None) -> Any:
    return get_user_model().objects.create(username="anna")


@pytest.fixture
def waiting(pair: Pair) -> Order:
    """An order of a shop that is not live, with everything else ready."""
    link_sku(pair)
    set_columns(pair.shop, live_at=None)
    return stored_order(pair.shop)


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.sync_status, order.wait_reason


def test_an_order_waits_and_nothing_is_sent(
    waiting: Order, shopify: FakeShopify, work: Work
) -> None:
    work("push_orders")
    assert state(waiting) == ("held", "not_live")
    assert shopify.orders == {}
    line = StatusChange.objects.filter(order=waiting, axis="sync").get()
    assert line.reason == SAID


@pytest.mark.parametrize("ask", [release_order, retry_order])
def test_asking_for_it_by_hand_does_not_create_it(
    ask: Any, waiting: Order, shopify: FakeShopify, work: Work
) -> None:
    ask(waiting, actor="merchant")
    work("push_orders")
    assert state(waiting) == ("held", "not_live")
    assert shopify.orders == {}


def test_going_live_lets_it_go_on(
    waiting: Order, pair: Pair, person: Any, shopify: FakeShopify, work: Work, wakes: Wakes
) -> None:
    assert go_live(pair.shop, person) is True
    assert pair.shop.live_at is not None
    assert ("push_orders", pair.store.pk) in wakes.lanes
    work("push_orders")
    assert state(waiting) == ("synced", "")
    assert len(shopify.orders) == 1
    line = SettingsChange.objects.get()
    assert (line.section, line.user, line.shop) == ("connections", person, pair.shop)
    assert line.words == f"{pair.shop} went live with 1 order waiting."


def test_going_live_twice_changes_nothing(pair: Pair) -> None:
    before = pair.shop.live_at
    assert go_live(pair.shop) is False
    assert pair.shop.live_at == before
    assert SettingsChange.objects.count() == 0


def test_tiktoks_own_hold_is_told_first_and_then_that_it_is_not_live(pair: Pair) -> None:
    set_columns(pair.shop, live_at=None)
    order = stored_order(pair.shop, status="ON_HOLD")
    assert state(order) == ("held", "on_hold")
    store_page(pair.shop, [order_body(ORDER_ID, update_time=order.tiktok_update_time + 5)])
    assert state(order) == ("held", "not_live")
    last = StatusChange.objects.filter(order=order, axis="sync").last()
    assert last is not None
    assert (last.before, last.after, last.reason) == ("held", "held", SAID)


def test_an_order_shipped_elsewhere_meanwhile_is_skipped(
    waiting: Order, pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    body = order_body(
        ORDER_ID, status="AWAITING_COLLECTION", update_time=waiting.tiktok_update_time + 5
    )
    store_page(pair.shop, [body])
    go_live(pair.shop)
    work("push_orders")
    waiting.refresh_from_db()
    assert (waiting.sync_status, waiting.skip_reason) == ("skipped", "already_past_shipment")
    assert shopify.orders == {}


def test_called_off_what_is_queued_waits_again(
    pair: Pair, person: Any, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    order = stored_order(pair.shop)
    assert state(order) == ("pending", "")
    assert call_off(pair.shop, person) is True
    work("push_orders")
    assert state(order) == ("held", "not_live")
    assert shopify.orders == {}
    assert call_off(pair.shop, person) is False
    words = [line.words for line in SettingsChange.objects.all()]
    assert words == [f"{pair.shop} is no longer live: its orders wait."]
