"""Keeping orders back: they stay out of Shopify until somebody releases them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from orders.models import Order, StatusChange
from orders.services.actions import release_order, retry_order
from orders.services.keep_back import keep_back_order, let_go_on
from orders.services.store_orders import store_page
from tests.factories import (
    ORDER_ID,
    Pair,
    history,
    link_sku,
    order_body,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fakes import FakeShopify, Wakes
from tests.orders.services.conftest import Work

SAID = "Kept back by you. The order waits until you release it."


@pytest.fixture
def person(db: None) -> Any:
    return get_user_model().objects.create(username="anna")


@pytest.fixture
def order(pair: Pair) -> Order:
    link_sku(pair)
    return stored_order(pair.shop)


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.sync_status, order.wait_reason


def test_a_queued_order_is_kept_back_and_not_sent(
    order: Order, person: Any, shopify: FakeShopify, work: Work
) -> None:
    assert keep_back_order(order, actor="merchant", user=person) is True
    work("push_orders")
    assert shopify.orders == {}
    assert state(order) == ("held", "kept_back")
    line = StatusChange.objects.filter(order=order).last()
    assert line is not None
    assert (line.before, line.after, line.actor) == ("pending", "held", "merchant")
    assert (line.user_id, line.reason) == (person.pk, SAID)


def test_keeping_it_back_again_changes_nothing(order: Order) -> None:
    keep_back_order(order, actor="merchant")
    before = history(order)
    assert keep_back_order(order, actor="merchant") is False
    assert history(order) == before


def test_a_held_order_stays_when_tiktok_releases_it(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    order = stored_order(pair.shop, status="ON_HOLD")
    assert keep_back_order(order, actor="merchant") is True
    assert history(order)[-1] == ("held", "held")
    store_page(pair.shop, [order_body(ORDER_ID, "AWAITING_SHIPMENT", age=10)])
    work("push_orders")
    assert state(order) == ("held", "kept_back")
    assert shopify.orders == {}


def test_a_released_order_goes_to_shopify(
    order: Order, shopify: FakeShopify, work: Work, wakes: Wakes
) -> None:
    keep_back_order(order, actor="merchant")
    assert release_order(order, actor="merchant") is True
    assert order.kept_back_at is None
    work("push_orders")
    assert len(shopify.orders) == 1
    assert state(order) == ("synced", "")


def test_an_order_let_go_under_tiktoks_hold_waits_for_tiktok(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    order = stored_order(pair.shop, status="ON_HOLD")
    keep_back_order(order, actor="merchant")
    assert release_order(order, actor="merchant") is True
    work("push_orders")
    assert state(order) == ("held", "on_hold")
    assert order.kept_back_at is None
    assert order.approved_at is None
    assert shopify.orders == {}


def test_letting_go_asks_the_rules_again(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    keep_back_order(order, actor="merchant")
    set_columns(pair.shop.rules, auto_sync=False)
    assert let_go_on(order, actor="merchant") is True
    work("push_orders")
    assert state(order) == ("held", "auto_sync_off")
    assert shopify.orders == {}


def test_what_was_not_kept_back_is_not_let_go(order: Order) -> None:
    assert let_go_on(order, actor="merchant") is False
    assert state(order)[0] == "pending"


@pytest.mark.parametrize(
    "columns",
    [
        {"sync_status": "sending"},
        {"sync_status": "failed", "failure_kind": "config"},
        {"sync_status": "skipped"},
        {"in_doubt_since": "2026-05-03T12:00:00Z"},
    ],
)
def test_what_no_longer_waits_is_not_kept_back(order: Order, columns: dict[str, Any]) -> None:
    set_columns(order, **columns)
    before = history(order)
    assert keep_back_order(order, actor="merchant") is False
    order.refresh_from_db()
    assert order.kept_back_at is None
    assert history(order) == before


def test_an_order_in_shopify_is_not_kept_back(pair: Pair) -> None:
    order = synced_order(pair.shop)
    assert keep_back_order(order, actor="merchant") is False
    assert state(order) == ("synced", "")


def test_who_retries_a_skipped_order_no_longer_keeps_it_back(order: Order) -> None:
    keep_back_order(order, actor="merchant")
    set_columns(order, sync_status="skipped")
    assert retry_order(order, actor="merchant") is True
    assert (order.sync_status, order.kept_back_at) == ("pending", None)


def test_own_tags_go_to_shopify_with_the_order(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    order.own_tags.create(name="gift wrap")
    order.own_tags.create(name="VIP")
    work("push_orders")
    (made,) = shopify.orders.values()
    assert set(made.input["tags"]) >= {"gift wrap", "VIP"}
