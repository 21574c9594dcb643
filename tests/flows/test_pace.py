"""Limits of the platforms as the sandbox's request log shows that they are kept."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.models import Order
from tests.factories import pass_time
from tests.flows.test_call_counts import link_mug
from tests.flows.world import US_SHOP, US_STORE, World
from tiktoksync.lib import gate, shared_bucket
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services import order_limit
from tiktoksync.sync.models import SyncStatus

pytestmark = pytest.mark.usefixtures("catalogues")

CREATE = {"platform": "shopify", "operation": "orderCreate"}


class Clock:
    """Our waits pass at once; the sandbox's clock and the database's times move along."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.ahead, self._guard = world, 0.0, threading.Lock()
        plain = shared_bucket.monotonic
        for module in (shared_bucket, gate):
            monkeypatch.setattr(module, "monotonic", lambda: plain() + self.ahead)
        # Calls wait in pool threads, which leave the database alone.
        monkeypatch.setattr(gate, "sleep", self._move)
        monkeypatch.setattr("tiktoksync.sync.flows.sleep", self.pass_seconds)

    def pass_seconds(self, seconds: float) -> None:
        self._move(seconds)
        pass_time(seconds)

    def _move(self, seconds: float) -> None:
        """The sandbox first: its bucket is never behind ours."""
        with self._guard:
            self.world.control("POST", "clock/advance", {"seconds": seconds})
            self.ahead += seconds


@pytest.fixture
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(world, monkeypatch)


def entries(world: World) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = world.control("GET", "log")["entries"]
    return log


def refused(world: World) -> int:
    codes = ("THROTTLED", "throttle", "USER_ERROR", "36009002")
    return sum(entry["code"] in codes or entry["status"] == 429 for entry in entries(world))


def waiting_orders(world: World, count: int) -> None:
    """Orders that may be created at once, with their SKU linked."""
    link_mug()
    world.place_many(count, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12", "quantity": 1}])
    call_command("pull_orders")
    world.forget_calls()


def synced() -> int:
    return Order.objects.filter(sync_status=SyncStatus.SYNCED).count()


# --- Shopify's points ----------------------------------------------------------------------------


def test_a_backlog_is_pushed_without_a_refusal_though_the_bucket_is_small(
    world: World, clock: Clock
) -> None:
    waiting_orders(world, 60)
    world.control("POST", "config", {"bucket": {"maximum": 300, "restore_rate": 50}})
    call_command("push_orders")
    assert (synced(), refused(world)) == (60, 0)
    store = ShopifyStore.objects.get(shop_domain=US_STORE)
    assert (store.budget_maximum, store.budget_rate) == (300, 50)
    assert store.budget_available is not None


@pytest.mark.parametrize("how", [{"status": 429, "retry_after": 30}, {"requested": 3000}])
def test_after_a_refusal_no_lane_calls_the_store_before_the_told_time(
    world: World, clock: Clock, how: dict[str, Any], settings: Any
) -> None:
    """The second is told in points: 3,000 asked, none left, 100 a second."""
    settings.LANE_CONCURRENCY = 1
    waiting_orders(world, 30)
    world.fault(match=CREATE, times=1, skip=3, action="throttle", **how)
    call_command("push_orders")
    assert [entry["fault"] for entry in entries(world)] == ["", "", "", "throttle"]
    for stem in ("pull_fulfillments", "link_skus", "push_orders", "push_cancellations"):
        ShopifyStore.objects.update(next_fulfillment_poll_at=None, variants_wanted_at=None)
        call_command(stem)
    ShopifyStore.objects.update(paused_until=None)
    for stem in ("pull_fulfillments", "push_orders"):
        call_command(stem)
    assert len(entries(world)) == 4, "the shared bucket holds as the column does"
    assert synced() == 3
    clock.pass_seconds(30.1)
    call_command("push_orders")
    assert (synced(), refused(world)) == (30, 1)


# --- the limit of development stores -------------------------------------------------------------


def test_a_development_store_creates_five_orders_a_minute_after_one_refusal(
    world: World, clock: Clock, settings: Any
) -> None:
    settings.LANE_CONCURRENCY = 1
    world.control("POST", "config", {"dev_store_order_limit": 5})
    waiting_orders(world, 15)
    call_command("push_orders")
    assert (synced(), refused(world)) == (5, 1)
    store = ShopifyStore.objects.get(shop_domain=US_STORE)
    assert (store.order_limit, store.paused_until) == (5, None)

    clock.pass_seconds(60.1)
    settings.LANE_CONCURRENCY = 8
    for _ in range(9):
        call_command("push_orders")
        clock.pass_seconds(12.1)
    assert (synced(), refused(world)) == (14, 1)


def test_the_other_calls_of_a_development_store_go_on(
    world: World, clock: Clock, settings: Any
) -> None:
    settings.LANE_CONCURRENCY = 1
    world.control("POST", "config", {"dev_store_order_limit": 1})
    waiting_orders(world, 2)
    call_command("push_orders")
    assert (synced(), refused(world)) == (1, 1)
    created = Order.objects.get(sync_status=SyncStatus.SYNCED)
    world.fulfill(created.tiktok_order_id, "9400111899223100001234", "USPS")
    ShopifyStore.objects.update(next_fulfillment_poll_at=None)
    call_command("pull_fulfillments")
    call_command("push_fulfillments")
    assert world.tiktok(created.tiktok_order_id)["status"] == "AWAITING_COLLECTION"


def test_a_doubtful_order_is_looked_up_though_no_order_may_be_created(
    world: World, clock: Clock
) -> None:
    waiting_orders(world, 2)
    ShopifyStore.objects.update(
        order_limit=5,
        order_limit_seen_at=timezone.now(),
        next_order_at=timezone.now() + timedelta(seconds=50),
    )
    doubtful = Order.objects.first()
    assert doubtful is not None
    Order.objects.filter(pk=doubtful.pk).update(in_doubt_since=timezone.now())
    call_command("push_orders")
    assert world.calls() == {"shopify:orderByIdentifier+orders": 1}


def test_a_store_that_is_no_development_store_any_more_is_found_out(
    world: World, clock: Clock
) -> None:
    waiting_orders(world, 20)
    seen_at = timezone.now() - order_limit.KEPT
    ShopifyStore.objects.update(order_limit=5, order_limit_seen_at=seen_at)
    call_command("push_orders")
    assert (synced(), refused(world)) == (20, 0)


# --- TikTok --------------------------------------------------------------------------------------


def test_a_shop_that_was_refused_is_left_alone_by_every_endpoint(
    world: World, clock: Clock
) -> None:
    TikTokShop.objects.exclude(shop_id=US_SHOP).delete()
    world.fault(match={"platform": "tiktok"}, times=1, action="throttle", retry_after=40)
    call_command("pull_orders")
    assert (len(entries(world)), refused(world)) == (1, 1)
    TikTokShop.objects.update(paused_until=None, next_poll_at=None, listings_wanted_at=None)
    for stem in ("pull_orders", "pull_listings"):
        TikTokShop.objects.update(listings_wanted_at=timezone.now(), paused_until=None)
        call_command(stem)
    assert len(entries(world)) == 1
    clock.pass_seconds(40.1)
    call_command("pull_orders")
    assert (len(entries(world)), refused(world)) == (2, 1)
