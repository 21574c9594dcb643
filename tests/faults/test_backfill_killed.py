"""A backfill killed as by a power cut, in its preview or in its run: it goes on without doubles."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.models import Order
from orders.services.backfill_orders import begin_backfill
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.test_backfill import late, place_old  # noqa: F401  the same late connection
from tests.flows.world import US_SHOP, World
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs

ORDERS = 60
KILLED = -signal.SIGKILL
PLACES = ("claimed", "sent", "committing", "recorded")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("catalogues"),
]


@pytest.fixture
def ids(late: World) -> list[str]:  # noqa: F811
    """More orders than one page of the preview, and than one batch of the run."""
    return place_old(late, ORDERS)


def begin(world: World) -> Run:  # noqa: F811
    now = timezone.now()
    return begin_backfill(world.shops[US_SHOP], now - timedelta(days=60), now)


@pytest.mark.parametrize("place", PLACES)
def test_a_preview_that_dies_goes_on_and_counts_each_order_once(
    late: World,  # noqa: F811
    ids: list[str],
    tmp_path: Path,
    place: str,
) -> None:
    begin(late)
    scene = Place(tmp_path, late)
    assert scene.command("backfill_orders", failpoint=place) == KILLED, scene.outputs
    assert scene.command("pass=61", "backfill_orders") == 0, scene.outputs
    ((status, total),) = scene.rows("runs_run", "status, total")
    assert (status, total) == ("ready", ORDERS)
    assert {row[0] for row in scene.rows("runs_runitem", "remote_id")} == set(ids)
    assert scene.rows("orders_order", "id") == []


@pytest.mark.parametrize("place", PLACES)
def test_a_run_that_dies_goes_on_and_creates_each_order_once(
    late: World,  # noqa: F811
    ids: list[str],
    tmp_path: Path,
    place: str,
) -> None:
    run = begin(late)
    call_command("backfill_orders")
    run.refresh_from_db()
    runs.start_run(run)
    assert not Order.objects.exists()
    scene = Place(tmp_path, late)
    assert scene.command("backfill_orders", failpoint=place) == KILLED, scene.outputs

    scene.recover()
    assert [len(late.shopify(order_id)) for order_id in ids] == [1] * ORDERS
    ((status, done, failed),) = scene.rows("runs_run", "status, done, failed")
    assert (status, done, failed) == ("finished", ORDERS, 0)
    stored = scene.rows("orders_order", "tiktok_order_id, sync_status")
    assert sorted(stored) == [(order_id, "synced") for order_id in sorted(ids)]
