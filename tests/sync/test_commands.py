"""`sync` and one command for each flow: the work in the foreground, without a queue."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import mapping
from orders.models import ExternalReference, Fulfillment, Order
from tests.factories import (
    DELIVERY_OPTION,
    ORDER_ID,
    Pair,
    link_sku,
    make_fulfillment,
    make_pair,
    order_body,
    pass_time,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fakes import Platforms, plug_in
from tiktoksync.cron import FLOWS
from tiktoksync.errors import Unreachable
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import leases


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    return plug_in(monkeypatch)


def say(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


# --- sync ----------------------------------------------------------------------------------------


def test_one_pass_takes_an_order_all_the_way_to_shopify(pair: Pair, both: Platforms) -> None:
    both.tiktok.place(order_body())
    both.shopify.add_variant("RED", 41)
    out = say("sync")
    order = Order.objects.get()
    assert (order.sync_status, order.shopify_order_name) == ("synced", "#1001")
    lines = dict(line.split(": ") for line in out.splitlines())
    assert list(lines) == list(FLOWS)
    assert (lines["pull_orders"], lines["link_skus"], lines["push_orders"]) == ("1", "1", "1")


def test_the_next_pass_brings_the_tracking_back(pair: Pair, both: Platforms) -> None:
    both.tiktok.place(order_body())
    both.tiktok.carriers(DELIVERY_OPTION, "USPS")
    both.shopify.add_variant("RED", 41)
    say("sync")
    both.shopify.ship(both.shopify.orders["gid://shopify/Order/1"], "9400")
    say("sync")
    assert Fulfillment.objects.get().sync_status == "synced"
    assert set(both.tiktok.tracking_of(ORDER_ID).values()) == {"9400"}
    pass_time(61)
    say("sync")
    assert ExternalReference.objects.get().sync_status == "synced"
    assert both.tiktok.references[ORDER_ID]["id"] == "1"


def test_polls_are_made_whether_they_are_due_or_not(pair: Pair, both: Platforms) -> None:
    set_columns(pair.shop, next_poll_at=timezone.now() + timezone.timedelta(hours=1))
    say("sync")
    assert both.tiktok.count("search_orders") == 1


def test_lost_claims_are_given_back_first(pair: Pair, both: Platforms) -> None:
    order = stored_order(pair.shop)
    past = timezone.now() - timezone.timedelta(seconds=1)
    set_columns(order, sync_status="sending", claimed_until=past, attempt_number=1)
    say("sync")
    assert both.shopify.called() == ["find_order"]


def test_one_account_that_is_away_does_not_stop_the_others(both: Platforms, pair: Pair) -> None:
    make_pair("Ben")
    both.tiktok.fail("search_orders", Unreachable("Away."))
    say("sync")
    assert both.tiktok.count("search_orders") == 2
    paused = TikTokShop.objects.exclude(paused_until=None)
    assert paused.count() == 1


def test_a_bug_of_ours_is_raised_after_all_flows_and_accounts(
    pair: Pair, both: Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    link_sku(pair)
    broken, whole = stored_order(pair.shop, "1"), stored_order(pair.shop, "2")
    shipped = synced_order(pair.shop, "3", 7)
    make_fulfillment(shipped)
    both.tiktok.place(order_body("3"))
    both.tiktok.carriers(DELIVERY_OPTION, "USPS")
    plain = mapping.shopify_order

    def stumble(facts: Any, *rest: Any) -> Any:
        if facts.order_id == "1":
            raise KeyError("ours")
        return plain(facts, *rest)

    monkeypatch.setattr(mapping, "shopify_order", stumble)
    with pytest.raises(KeyError):
        say("sync")
    for order in (broken, whole):
        order.refresh_from_db()
    assert (broken.sync_status, broken.failure_kind) == ("failed", "internal")
    assert whole.sync_status == "synced"
    assert Fulfillment.objects.get().sync_status == "synced"


def test_an_empty_installation_is_no_error(db: None, both: Platforms) -> None:
    assert say("sync").count(": 0\n") == len(FLOWS)


# --- one flow ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", FLOWS)
def test_every_flow_has_a_command(pair: Pair, both: Platforms, stem: str) -> None:
    assert say(stem) == f"{stem}: 0 worked\n"


def test_a_flows_command_works_every_account(both: Platforms, pair: Pair) -> None:
    make_pair("Ben")
    both.tiktok.place(order_body())
    assert say("pull_orders") == "pull_orders: 2 worked\n"
    assert Order.objects.count() == 2


def test_or_the_accounts_that_are_named(both: Platforms, pair: Pair) -> None:
    ben = make_pair("Ben")
    both.tiktok.place(order_body())
    out = say("pull_orders", "--account", str(ben.shop.pk))
    assert out == "pull_orders: 1 worked\n"
    assert Order.objects.get().shop_id == ben.shop.pk


def test_a_lane_that_a_worker_drains_is_left_to_it(both: Platforms, pair: Pair) -> None:
    both.tiktok.place(order_body())
    leases.acquire(f"pull_orders:{pair.shop.pk}")
    assert say("pull_orders") == "pull_orders: 0 worked\n"
    assert both.tiktok.calls == []


def test_a_flow_alone_does_nothing_of_the_others(both: Platforms, pair: Pair) -> None:
    both.tiktok.place(order_body())
    say("pull_orders")
    assert both.shopify.calls == []
    assert Order.objects.get().sync_status == "pending"


def test_no_row_is_locked_so_hard_that_its_history_has_to_wait(pair: Pair, both: Platforms) -> None:
    """A plain FOR UPDATE stops every line of history that points at the row, and deadlocks."""
    both.tiktok.place(order_body())
    both.tiktok.carriers(DELIVERY_OPTION, "USPS")
    both.shopify.add_variant("RED", 41)
    with CaptureQueriesContext(connection) as asked:
        say("sync")
        both.shopify.ship(both.shopify.orders["gid://shopify/Order/1"], "9400")
        say("sync")
    assert [query["sql"] for query in asked if " FOR UPDATE" in query["sql"]] == []
