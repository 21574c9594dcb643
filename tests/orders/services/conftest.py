"""What the flows' tests share: a connected pair, both platforms as stand-ins, no queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.factories import Pair, make_pair
from tests.fakes import FakeShopify, FakeTikTok, Platforms, Wakes, call_inline, note_wakes, plug_in
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.lanes import Lane, drain

Work = Callable[..., Drained]
STORE_FLOWS = {
    "push_orders",
    "push_packages",
    "pull_fulfillments",
    "push_cancellations",
    "push_addresses",
    "push_refunds",
    "link_skus",
    "pull_variants",
}


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    return note_wakes(monkeypatch)


@pytest.fixture(autouse=True)
def platforms(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    call_inline(monkeypatch)
    return plug_in(monkeypatch)


@pytest.fixture
def tiktok(platforms: Platforms) -> FakeTikTok:
    return platforms.tiktok


@pytest.fixture
def shopify(platforms: Platforms) -> FakeShopify:
    return platforms.shopify


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair()


@pytest.fixture
def work(pair: Pair) -> Work:
    """Drain one lane of the pair, with a worker's budget or a smaller one."""

    def run(stem: str, budget: Budget | None = None) -> Drained:
        account = pair.store if stem in STORE_FLOWS else pair.shop
        return drain(Lane(stem, account.pk), budget or Budget())

    return run
