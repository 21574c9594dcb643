"""bulk_orders: one action on very many orders, in steps that survive everything."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from orders.models import Order, OrderTag, StatusChange
from orders.services import bulk_orders
from orders.services.bulk_orders import begin_bulk
from tests.factories import (
    Pair,
    history,
    link_sku,
    make_fulfillment,
    pass_time,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fakes import FakeShopify, Wakes
from tests.orders.services.conftest import Work
from tiktoksync.lib import failpoints
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict

STEM = "bulk_orders"
ALL: dict[str, Any] = {"tab": "", "filters": {}}


@pytest.fixture
def person(db: None) -> Any:
    return get_user_model().objects.create(username="anna")


def make_orders(pair: Pair, number: int, **columns: Any) -> list[Order]:
    orders = []
    for index in range(number):
        order = stored_order(pair.shop, f"5764614130387{index:05d}")
        if columns:
            set_columns(order, **columns)
        orders.append(order)
    return orders


def blocked(pair: Pair, number: int) -> list[Order]:
    return make_orders(
        pair,
        number,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason="Not linked.",
    )


def outcomes(run: Run) -> list[tuple[str, str]]:
    return list(run.items.order_by("position").values_list("state", "cause"))


def statuses(pair: Pair) -> list[str]:
    return list(Order.objects.order_by("pk").values_list("sync_status", flat=True))


def test_it_wakes_its_lane(pair: Pair, wakes: Wakes) -> None:
    begin_bulk(pair.shop, "retry", ALL)
    assert wakes.lanes == [(STEM, pair.shop.pk)]


def test_all_that_match_are_acted_on_and_the_others_say_why(
    pair: Pair, person: Any, work: Work
) -> None:
    orders = make_orders(pair, 3)
    set_columns(orders[1], sync_status="synced", shopify_order_name="#1001")
    run = begin_bulk(pair.shop, "skip", ALL, user=person, reason="A test order.")
    work(STEM)
    run.refresh_from_db()
    assert (run.status, run.total, run.done, run.skipped) == ("finished", 3, 2, 1)
    assert outcomes(run) == [("done", ""), ("skipped", "in_shopify"), ("done", "")]
    assert statuses(pair) == ["skipped", "synced", "skipped"]
    line = StatusChange.objects.filter(order=orders[0]).last()
    assert line is not None
    assert (line.actor, line.user_id) == ("merchant", person.pk)
    assert line.reason == "Skipped: the order was dismissed here. A test order."


def test_only_what_the_filters_find_is_touched(pair: Pair, work: Work) -> None:
    orders = blocked(pair, 2)
    set_columns(orders[1], failure_code="sku_blank")
    run = begin_bulk(pair.shop, "retry", {"tab": "", "filters": {"cause": "sku_blank"}})
    work(STEM)
    assert [item.remote_id for item in run.items.all()] == [orders[1].tiktok_order_id]
    assert statuses(pair) == ["failed", "pending"]


def test_a_filter_that_cannot_be_read_touches_nothing(pair: Pair, work: Work) -> None:
    make_orders(pair, 2)
    run = begin_bulk(pair.shop, "skip", {"tab": "", "filters": {"placed_from": "nonsense"}})
    work(STEM)
    run.refresh_from_db()
    assert (run.status, run.total) == ("finished", 0)
    assert statuses(pair) == ["pending", "pending"]


def test_orders_of_others_are_never_selected(pair: Pair, work: Work) -> None:
    from tests.factories import make_pair

    stranger = stored_order(make_pair("Ben").shop)
    run = begin_bulk(pair.shop, "skip", {"ids": [stranger.pk]})
    work(STEM)
    stranger.refresh_from_db()
    assert (run.items.count(), stranger.sync_status) == (0, "pending")


def test_a_retried_order_is_done_when_it_is_in_shopify(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    blocked(pair, 1)
    link_sku(pair)
    run = begin_bulk(pair.shop, "retry", ALL)
    work(STEM)
    assert outcomes(run) == [("working", "")]
    work("push_orders")
    pass_time(3)
    work(STEM)
    run.refresh_from_db()
    assert (run.status, outcomes(run)) == ("finished", [("done", "")])
    assert run.items.get().words == "Shopify order #1001"
    assert len(shopify.orders) == 1


def test_an_order_that_is_blocked_again_fails_and_can_be_retried(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    (order,) = blocked(pair, 1)
    run = begin_bulk(pair.shop, "retry", ALL)
    work(STEM)
    set_columns(
        order,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_blank",
        failure_reason="No SKU.",
    )
    pass_time(3)
    work(STEM)
    run.refresh_from_db()
    assert (run.status, run.failed, outcomes(run)) == ("finished", 1, [("failed", "sku_blank")])
    assert run.items.get().words == "No SKU."
    link_sku(pair)
    runs.retry_run(run)
    work(STEM)
    assert statuses(pair) == ["pending"]


def test_a_refused_tracking_number_is_resent(pair: Pair, work: Work, wakes: Wakes) -> None:
    order = synced_order(pair.shop)
    row = make_fulfillment(order)
    set_columns(row, sync_status="failed", failure_kind="rejected", failure_code="21", tries=3)
    run = begin_bulk(pair.shop, "resend", ALL)
    work(STEM)
    row.refresh_from_db()
    assert (row.sync_status, row.tries) == ("pending", 0)
    assert ("push_fulfillments", pair.shop.pk) in wakes.lanes
    set_columns(row, sync_status="synced")
    pass_time(3)
    work(STEM)
    assert outcomes(run) == [("done", "")]


def test_tags_are_written_once(pair: Pair, work: Work) -> None:
    orders = make_orders(pair, 2)
    orders[0].own_tags.create(name="VIP")
    run = begin_bulk(pair.shop, "tag", ALL, tag="VIP")
    work(STEM)
    assert outcomes(run) == [("skipped", "tagged"), ("done", "")]
    assert OrderTag.objects.filter(name="VIP").count() == 2


def test_one_run_at_a_time(pair: Pair) -> None:
    begin_bulk(pair.shop, "retry", ALL)
    with pytest.raises(RunConflict):
        begin_bulk(pair.shop, "skip", ALL)
    assert Run.objects.count() == 1


def test_a_cancelled_run_stops_between_two_steps(
    pair: Pair, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_orders, "BATCH", 2)
    make_orders(pair, 5)
    run = begin_bulk(pair.shop, "skip", ALL)
    bulk_orders.prepare_step(run, pair.shop)
    run.refresh_from_db()
    bulk_orders.work_step(run, pair.shop)
    runs.cancel_run(run)
    work(STEM)
    assert statuses(pair) == ["skipped"] * 2 + ["pending"] * 3


@pytest.mark.parametrize("place", ["claimed", "committing", "recorded"])
def test_a_killed_step_is_taken_up_and_done_once(
    place: str, pair: Pair, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_orders, "PIECE", 2)
    monkeypatch.setattr(bulk_orders, "BATCH", 2)
    make_orders(pair, 5)
    run = begin_bulk(pair.shop, "skip", ALL)

    class Killed(BaseException):
        pass

    deaths = iter(range(4))

    def die(name: str) -> None:
        if name == place and next(deaths, None) is not None:
            raise Killed

    monkeypatch.setattr(bulk_orders, "reach", die)
    for _ in range(12):
        with suppress(Killed):
            work(STEM)
        pass_time(61)
    run.refresh_from_db()
    assert (run.status, run.total, run.done) == ("finished", 5, 5)
    for order in Order.objects.all():
        assert history(order).count(("pending", "skipped")) == 1


def test_an_order_that_moved_on_is_judged_again(pair: Pair, work: Work) -> None:
    (order,) = make_orders(pair, 1)
    run = begin_bulk(pair.shop, "skip", ALL)
    bulk_orders.prepare_step(run, pair.shop)
    set_columns(order, sync_status="synced")
    work(STEM)
    assert outcomes(run) == [("skipped", "in_shopify")]
    assert statuses(pair) == ["synced"]


def test_items_know_what_they_are_called(pair: Pair, work: Work) -> None:
    order = synced_order(pair.shop)
    run = begin_bulk(pair.shop, "tag", {"ids": [order.pk]}, tag="x")
    work(STEM)
    item = RunItem.objects.get(run=run)
    assert (item.remote_id, item.title) == (order.tiktok_order_id, "#1001")


def test_failpoints_are_where_the_kill_tests_look() -> None:
    assert bulk_orders.reach is failpoints.reach
