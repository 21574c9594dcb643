"""What the engine's tests share: a shop, a remote place without a vendor, and no queue."""

from __future__ import annotations

import pytest

from orders.models import Order
from tests.factories import Pair, make_pair
from tests.fakes import Wakes, note_wakes
from tests.sync import fake_flow
from tests.sync.fake_flow import STEM, FakeFlow, Remote
from tiktoksync import cron
from tiktoksync.sync import leases
from tiktoksync.sync.leases import Lease


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    return note_wakes(monkeypatch)


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair()


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Remote:
    place = Remote()
    monkeypatch.setattr(fake_flow, "REMOTE", place)
    entry = cron.FlowEntry("tests.sync.fake_flow.FakeFlow")
    monkeypatch.setitem(cron.FLOWS, STEM, entry)
    return place


@pytest.fixture
def flow(pair: Pair, remote: Remote) -> FakeFlow:
    return FakeFlow(pair.shop)


@pytest.fixture
def lease(pair: Pair) -> Lease:
    taken = leases.acquire(f"{STEM}:{pair.shop.pk}")
    assert taken is not None
    return taken


@pytest.fixture
def order(pair: Pair) -> Order:
    return make_row(pair)


def make_row(pair: Pair, key: str = "1", **columns: object) -> Order:
    """A row that waits to be sent."""
    columns = {"tiktok_status": "AWAITING_SHIPMENT", "tiktok_update_time": 1, **columns}
    return Order.objects.create(shop=pair.shop, tiktok_order_id=key, **columns)
