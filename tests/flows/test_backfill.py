"""Old orders taken in over the sandbox: counted first, then only the gap, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.models import Order
from orders.services.backfill_orders import begin_backfill
from tests.flows.other_apps import another_app_makes
from tests.flows.test_call_counts import link_mug
from tests.flows.world import US_SHOP, World
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop

pytestmark = pytest.mark.usefixtures("catalogues")

MUG = [{"sku": "MUG-12"}]
DAY = 86400
# One request asks for ten orders by our own id, and for all of them by others' marks.
LOOK_UP = "shopify:" + "orderByIdentifier+" * 10 + "orders"


@pytest.fixture
def late(world: World) -> World:
    """The shop is connected now; what was placed before is not taken in by itself."""
    link_mug()
    now = timezone.now() - timedelta(seconds=5)
    TikTokShop.objects.update(sync_from=now, watermark=int(now.timestamp()))
    world.forget_calls()
    return world


def place_old(world: World, count: int = 1, days: float = 20, **wish: Any) -> list[str]:
    moment = int(timezone.now().timestamp() - days * DAY)
    old = {"create_time": moment, "update_time": moment}
    return world.place_many(count, **{"status": "AWAITING_SHIPMENT", "lines": MUG, **old, **wish})


def preview(world: World, days: float = 60) -> Run:
    now = timezone.now()
    run = begin_backfill(world.shops[US_SHOP], now - timedelta(days=days), now)
    go_on(world, run)
    assert run.status == "ready", run.message
    return run


def start(world: World, run: Run) -> None:
    runs.start_run(run)
    go_on(world, run)
    assert run.status == "finished", run.message


def go_on(world: World, run: Run) -> None:
    for _ in range(20):
        world.sync()
        run.refresh_from_db()
        if not run.is_active:
            return
        Run.objects.update(next_step_at=datetime(2026, 1, 1, tzinfo=UTC))
        world.due_now()
    raise AssertionError("it never ends")


def counts(run: Run) -> dict[str, int]:
    return {group["cause"]: group["count"] for group in run.counts}


def test_a_backfill_counts_first_and_then_creates_only_the_gap(late: World) -> None:
    missing = place_old(late, 12, days=20)
    by_tag, by_note, by_source = place_old(late, 3, days=15)
    shipped = place_old(late, 4, days=12, status="DELIVERED")
    cancelled = place_old(late, 2, days=11, status="CANCELLED")
    place_old(late, 1, days=10, fulfillment_type="FULFILLMENT_BY_TIKTOK")
    place_old(late, 1, days=90)
    recent = late.place(status="AWAITING_SHIPMENT", lines=MUG)
    late.sync()
    names = {
        by_tag: another_app_makes(late, tags=["TikTok", by_tag]),
        by_note: another_app_makes(late, note=f"From TikTok: {by_note}", name=f"TT-{by_note}"),
        by_source: another_app_makes(late, sourceIdentifier=by_source),
    }
    another_app_makes(late, note="Nothing of TikTok's", tags=["TikTok"])
    late.forget_calls()

    run = preview(late)
    assert counts(run) == {
        "missing": 12,
        "already_in_shopify": 3,
        "already_past_shipment": 4,
        "cancelled": 2,
        "excluded_fulfilled_by_tiktok": 1,
        "already_here": 1,
    }
    assert (run.total, run.left) == (23, 15)
    assert set(Order.objects.values_list("tiktok_order_id", flat=True)) == {recent}
    assert "shopify:orderCreate" not in late.calls()

    start(late, run)
    assert late.calls()["shopify:orderCreate"] == 12
    assert (run.done, run.failed, run.left) == (12, 0, 0)
    for order_id in missing:
        (made,) = late.shopify(order_id)
        told = late.tiktok(order_id)
        assert Decimal(made["total"]) == Decimal(told["payment"]["total_amount"])
        placed = datetime.fromtimestamp(told["create_time"], UTC)
        assert datetime.fromisoformat(made["processed_at"]) == placed
    for order_id, name in names.items():
        order = late.order(order_id)
        assert (order.sync_status, order.skip_reason) == ("skipped", "already_in_shopify")
        assert order.shopify_order_name == name
    gone = Order.objects.filter(tiktok_order_id__in=[*shipped, *cancelled])
    assert not gone.exists(), "what is not eligible is not stored"

    late.forget_calls()
    late.sync()
    assert late.calls().get("shopify:orderCreate", 0) == 0, "a second pass changes nothing"
    again = preview(late)
    assert counts(again) == {
        "already_here": 16,
        "already_past_shipment": 4,
        "cancelled": 2,
        "excluded_fulfilled_by_tiktok": 1,
    }


def test_what_an_earlier_installation_made_is_taken_over(late: World) -> None:
    """As after the loss of the database: not one more order, and its shipment goes to TikTok."""
    (order_id,) = place_old(late)
    start(late, preview(late))
    Order.objects.all().delete()
    Run.objects.all().delete()
    late.forget_calls()

    run = preview(late)
    assert counts(run) == {"ours_in_shopify": 1}
    start(late, run)
    (made,) = late.shopify(order_id)
    order = late.order(order_id)
    assert (order.sync_status, order.shopify_order_id) == ("synced", made["id"])
    assert "shopify:orderCreate" not in late.calls()
    late.fulfill(order_id, "9400111899223100001234", "USPS")
    late.sync()
    assert late.tiktok(order_id)["status"] == "AWAITING_COLLECTION"


def test_how_many_calls_it_takes(late: World) -> None:
    place_old(late, 100)
    now = timezone.now()
    run = begin_backfill(late.shops[US_SHOP], now - timedelta(days=60), now)
    call_command("backfill_orders")
    run.refresh_from_db()
    assert (run.status, run.left) == ("ready", 100)
    assert late.calls() == {"tiktok:order.search": 2, LOOK_UP: 10}

    late.forget_calls()
    start(late, run)
    spent = late.calls()
    assert (spent["tiktok:order.detail"], spent[LOOK_UP]) == (5, 10)
    assert spent["shopify:orderCreate"] == 100


@pytest.mark.parametrize(
    "fault",
    [
        {"match": {"platform": "shopify", "operation": "orders"}, "action": "throttle"},
        {"match": {"platform": "tiktok", "operation": "order.search"}, "action": "drop_before"},
        {"match": {"platform": "shopify", "operation": "orderCreate"}, "action": "drop_after"},
    ],
    ids=["shopify throttles", "tiktok away", "create unanswered"],
)
def test_trouble_on_the_way_ends_with_each_order_once(late: World, fault: dict[str, Any]) -> None:
    ids = place_old(late, 15)
    late.fault(times=2, **fault)
    run = preview(late)
    start(late, run)
    assert [len(late.shopify(order_id)) for order_id in ids] == [1] * 15
    assert run.done == 15
