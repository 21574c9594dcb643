"""Staff look a merchant's pair over from the desk."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.test_desk import WHY, act
from tests.api.cast import Cast
from tiktoksync.shops.models import TikTokShop
from tiktoksync.support.models import StaffAction
from tiktoksync.support.services import acts

Asked = list[TikTokShop]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The shops that were looked over, instead of calls to both platforms."""
    shops: Asked = []
    monkeypatch.setattr(acts, "run_preflight", shops.append)
    return shops


def test_the_pre_flight_is_run_with_a_reason(root: Client, cast: Cast, asked: Asked) -> None:
    assert act(root, cast, "preflight") == ["Ran the pre-flight."]
    assert asked == [cast.anna.shop]
    line = StaffAction.objects.get()
    assert (line.action, line.reason) == ("preflight", WHY)
    assert line.words == "Ran the pre-flight (Anna's shop)."


def test_without_a_reason_nobody_is_asked(root: Client, cast: Cast, asked: Asked) -> None:
    assert act(root, cast, "preflight", reason="")[0].startswith("Say why")
    assert (asked, StaffAction.objects.count()) == ([], 0)


def test_a_pair_that_is_disconnected_is_not_asked(root: Client, cast: Cast, asked: Asked) -> None:
    for account in (cast.anna.store, cast.anna.shop):
        type(account)._base_manager.filter(pk=account.pk).update(disconnected_at=timezone.now())
        assert act(root, cast, "preflight") == ["It is disconnected: there is nobody to ask."]
        type(account)._base_manager.filter(pk=account.pk).update(disconnected_at=None)
    assert (asked, StaffAction.objects.count()) == ([], 0)
