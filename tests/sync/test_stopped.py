"""What a person has stopped rests: no lane of it is due, and what came from it waits too."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.factories import Pair, link_sku, make_pair, set_columns, stored_order
from tests.fakes import Platforms, call_inline, note_wakes, plug_in
from tiktoksync.cron import FLOWS
from tiktoksync.shops.models import Credential
from tiktoksync.sync.flows import Budget
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.sync.sweep import due_lanes


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    note_wakes(monkeypatch)
    call_inline(monkeypatch)
    return plug_in(monkeypatch)


@pytest.fixture
def pair(db: None, platforms: Platforms) -> Pair:
    made = make_pair()
    link_sku(made)
    stored_order(made.shop)
    return made


def due() -> set[str]:
    return {lane.stem for lane in due_lanes(FLOWS)}


def test_a_running_pair_has_lanes_to_work(pair: Pair) -> None:
    assert {"pull_orders", "push_orders"} <= due()


def test_a_stopped_shop_has_none_and_its_orders_wait(pair: Pair, platforms: Platforms) -> None:
    set_columns(pair.shop, stopped_at=timezone.now())
    assert not {"pull_orders", "push_orders"} & due()
    for stem, key in (("pull_orders", pair.shop.pk), ("push_orders", pair.store.pk)):
        drain(Lane(stem, key), Budget())
    assert platforms.shopify.orders == {}
    assert pair.shop.orders.get().sync_status == "pending"


def test_a_stopped_store_gets_nothing(pair: Pair, platforms: Platforms) -> None:
    set_columns(pair.store, stopped_at=timezone.now())
    assert "push_orders" not in due()
    assert "pull_orders" in due()
    drain(Lane("push_orders", pair.store.pk), Budget())
    assert platforms.shopify.orders == {}


def test_its_tokens_are_renewed_all_the_same(pair: Pair) -> None:
    now = timezone.now()
    set_columns(pair.shop, stopped_at=now)
    Credential.objects.filter(shop=pair.shop).update(next_attempt_at=now)
    assert "refresh_tokens" in due()
