"""One drainer a lane; a fence that rises; a lease that runs out."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.factories import pass_time, seconds_from_now
from tiktoksync.sync import leases
from tiktoksync.sync.models import LaneLease

KEY = "push_orders:7"

pytestmark = pytest.mark.django_db


def fence() -> int:
    return LaneLease.objects.get(key=KEY).fence


def test_a_lane_has_one_holder() -> None:
    first = leases.acquire(KEY)
    assert first is not None
    assert first.fence == 1
    assert leases.acquire(KEY) is None
    assert fence() == 1, "a refused try does not raise the fence"


def test_other_lanes_are_free() -> None:
    assert leases.acquire(KEY) is not None
    assert leases.acquire("push_orders:8") is not None


def test_a_lease_covers_a_real_call_whatever_the_time_scale(settings: object) -> None:
    settings.TIME_SCALE = 0.01  # type: ignore[attr-defined]
    leases.acquire(KEY)
    assert 43 < seconds_from_now(LaneLease.objects.get(key=KEY).held_until) <= 45


def test_a_released_lane_is_free_at_once_and_the_fence_rises() -> None:
    first = leases.acquire(KEY)
    assert first is not None
    first.release()
    second = leases.acquire(KEY)
    assert second is not None
    assert (first.fence, second.fence) == (1, 2)


def test_an_expired_lease_is_taken_over_and_not_before() -> None:
    leases.acquire(KEY)
    pass_time(40)
    assert leases.acquire(KEY) is None
    pass_time(6)
    second = leases.acquire(KEY)
    assert second is not None
    assert second.fence == 2


def test_renewing_prolongs_the_lease() -> None:
    lease = leases.acquire(KEY)
    assert lease is not None
    pass_time(40)
    lease.renew()
    pass_time(40)
    assert leases.acquire(KEY) is None


def test_a_holder_that_was_overtaken_cannot_renew() -> None:
    first = leases.acquire(KEY)
    assert first is not None
    pass_time(46)
    second = leases.acquire(KEY)
    assert second is not None
    with pytest.raises(leases.LeaseLost, match="push_orders:7"):
        first.renew()
    assert seconds_from_now(LaneLease.objects.get(key=KEY).held_until) > 40, "the second holds on"


def test_a_holder_that_was_overtaken_does_not_free_the_lane() -> None:
    first = leases.acquire(KEY)
    assert first is not None
    pass_time(46)
    leases.acquire(KEY)
    first.release()
    assert leases.acquire(KEY) is None


@pytest.mark.django_db(transaction=True)
def test_no_lease_is_taken_inside_somebody_elses_transaction() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        leases.acquire(KEY)
    assert not LaneLease.objects.exists()
