"""Which bucket a call draws from, and what is remembered of a store's points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.buckets import begin_anew
from tests.factories import Pair, make_pair, pass_time, seconds_from_now, set_columns
from tiktoksync.errors import CallLimited, HeldBack, OutcomeUnknown, RateLimited
from tiktoksync.lib import gate, shared_bucket
from tiktoksync.lib.answers import Cost
from tiktoksync.lib.bucket import SPARE_POINTS
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services import budget
from tiktoksync.sync.flows import OutboundFlow


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair()


@pytest.fixture
def store(pair: Pair) -> ShopifyStore:
    return pair.store


def tell(store: ShopifyStore, available: float, requested: float = 12) -> None:
    """One call to the store, whose answer tells of the bucket."""
    with budget.store_gate(store).call("create", safe=False) as ticket:
        ticket.cost = Cost(requested, requested, available, 2000, 100)


def restart(store: ShopifyStore) -> ShopifyStore:
    """A new process that finds no shared bucket."""
    begin_anew()
    return ShopifyStore.objects.get(pk=store.pk)


# --- what is remembered --------------------------------------------------------------------------


def test_a_store_nobody_knows_is_not_held_back(store: ShopifyStore) -> None:
    assert budget.store_pace(store).affordable(100) == 100


def test_what_shopify_said_last_is_remembered(store: ShopifyStore) -> None:
    tell(store, 65)
    budget.remember(store)
    store = restart(store)
    assert (store.budget_available, store.budget_rate, store.budget_maximum) == (65, 100, 2000)
    assert -2 < seconds_from_now(store.budget_seen_at) <= 0
    look = shared_bucket.SharedBucket.look(budget._store_bucket(store), urgent=True)
    assert 40 <= look["free"] < 60


def test_it_has_refilled_since(store: ShopifyStore) -> None:
    tell(store, 0)
    budget.remember(store)
    pass_time(1.2)
    look = budget._store_bucket(restart(store)).look(urgent=True)
    assert 120 <= look["free"] + SPARE_POINTS < 180


def test_an_old_memory_is_no_memory(store: ShopifyStore) -> None:
    tell(store, 0)
    budget.remember(store)
    set_columns(store, budget_seen_at=timezone.now() - timedelta(hours=2))
    assert budget._store_bucket(restart(store)).look(urgent=True)["metered"] is False


def test_a_drain_without_figures_forgets_nothing(store: ShopifyStore) -> None:
    set_columns(store, budget_available=40.0)
    budget.remember(store)
    store.refresh_from_db()
    assert store.budget_available == 40


# --- which bucket --------------------------------------------------------------------------------


def test_all_calls_of_a_store_draw_from_one_bucket_and_other_stores_from_theirs(
    store: ShopifyStore,
) -> None:
    tell(store, 30)
    assert budget.store_pace(store).affordable(8) == 0
    assert budget.store_pace(make_pair("bob").store).affordable(8) == 8


def test_each_endpoint_of_a_tiktok_shop_has_its_own_limit(pair: Pair, settings: Any) -> None:
    settings.TIKTOK_READS_PER_SECOND, settings.TIKTOK_WRITES_PER_SECOND = 2, 1
    door = budget.shop_gate(pair.shop)
    for _ in range(10):
        with door.call("POST order/orders/search", safe=True):
            pass
    for _ in range(5):
        with door.call("POST fulfillment/packages/*/ship", safe=False):
            pass
    account = f"tiktok:{pair.shop.app_id}:{pair.shop.pk}"
    limits = [one.limit for one in shared_bucket.buckets_in_use(account)]
    assert limits == [shared_bucket.Limit(2, 10), shared_bucket.Limit(1, 5)]
    assert budget.shop_pace(pair.shop).affordable(8) == 0


# --- what comes of a call ------------------------------------------------------------------------


def call(store: ShopifyStore, error: Exception | None = None) -> None:
    with budget.store_gate(store).call("create", safe=False):
        if error is not None:
            raise error


def test_after_a_refusal_nothing_is_sent_before_the_told_time(store: ShopifyStore) -> None:
    with pytest.raises(RateLimited):
        call(store, RateLimited("Slow down.", retry_after=60))
    with pytest.raises(HeldBack) as held:
        call(store)
    assert 59 < (held.value.retry_after or 0) <= 60
    assert held.value.pauses_account is True


def test_a_refusal_tells_of_the_bucket_too(store: ShopifyStore) -> None:
    refusal = RateLimited("Slow down.", retry_after=0.0)
    refusal.cost = Cost(200, None, 120, 2000, 100)
    with pytest.raises(RateLimited):
        call(store, refusal)
    look = budget._store_bucket(store).look(urgent=True)
    assert (look["metered"], look["points"]) == (True, 200)
    assert look["free"] < 120


def test_a_limit_of_one_kind_of_call_pauses_no_other(store: ShopifyStore) -> None:
    with pytest.raises(CallLimited):
        raise CallLimited("Few new orders.", retry_after=60)
    call(store)


def test_a_call_without_an_answer_gives_back_its_place(store: ShopifyStore) -> None:
    tell(store, 500)
    for _ in range(200):
        with pytest.raises(OutcomeUnknown):
            call(store, OutcomeUnknown("No answer."))
        tell(store, 500)
    assert budget._store_bucket(store).look(urgent=True)["free"] + SPARE_POINTS >= 500


def test_a_call_waits_for_its_turn(store: ShopifyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    now, naps = [shared_bucket.monotonic()], list[float]()

    def nap(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    for module in (shared_bucket, gate):
        monkeypatch.setattr(module, "monotonic", lambda: now[0])
    monkeypatch.setattr(gate, "sleep", nap)
    tell(store, 0)
    call(store)
    assert sum(naps) == pytest.approx((12 + SPARE_POINTS) / 100, abs=0.002)


def test_a_call_that_waits_too_long_is_not_sent(
    store: ShopifyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store, 0)
    sent: list[str] = []
    with (
        pytest.raises(HeldBack) as held,
        gate.calling(give_up_at=0.0),
        budget.store_gate(store).call("create", safe=False),
    ):
        sent.append("create")
    assert (sent, held.value.pauses_account) == ([], False)
    assert budget._store_bucket(store).look(urgent=True)["wait"] < 0.5, "it left the queue"


def test_the_lanes_of_both_sides_look_at_their_buckets(pair: Pair) -> None:
    from orders.services.push_orders import PushOrders
    from orders.services.push_references import PushReferences

    tell(pair.store, 30)
    flows: list[tuple[OutboundFlow, int]] = [
        (PushOrders(pair.store), 0),
        (PushReferences(pair.shop), 8),
    ]
    assert [flow.pace.affordable(8) for flow, _ in flows] == [slots for _, slots in flows]


def test_a_pause_of_hours_is_left_to_the_row_that_a_person_can_end(
    store: ShopifyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RateLimited):
        call(store, RateLimited("Slow down.", retry_after=10**9))
    with pytest.raises(HeldBack):
        call(store)
    now = shared_bucket.monotonic() + 61
    monkeypatch.setattr(shared_bucket, "monotonic", lambda: now)
    call(store)
