"""What the flows take out of the inbox, and what leaves it by age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from tests.webhooks.cast import ANNA_SHOP, Cast, tiktok_body
from tiktoksync.shops.models import Platform
from tiktoksync.webhooks import inbox
from tiktoksync.webhooks.inbox import Incoming
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.topics import read_shopify, read_tiktok

Woken = list[tuple[str, int]]


def store_hint(cast: Cast, order_id: str, **parts: Any) -> str:
    raw = tiktok_body(1, data={"order_id": order_id}, **parts)
    return inbox.store_once(Incoming(Platform.TIKTOK, read_tiktok(raw), raw, cast.anna_shop))


def test_hints_come_oldest_first_and_of_one_account_only(cast: Cast, woken: Woken) -> None:
    for order_id in ("3", "1", "2"):
        assert store_hint(cast, order_id) == "new"
    raw = tiktok_body(1, data={"order_id": "9"})
    inbox.store_once(Incoming(Platform.TIKTOK, read_tiktok(raw), raw, cast.ben_shop))
    body = b'{"id":4}'
    hint = read_shopify("orders/updated", body)
    inbox.store_once(Incoming(Platform.SHOPIFY, hint, body, cast.anna_store))

    taken = inbox.take_hints(shop=cast.anna_shop, limit=2)
    assert [delivery.resource_id for delivery in taken] == ["3", "1"]
    assert [d.resource_id for d in inbox.take_hints(store=cast.anna_store, limit=9)] == ["4"]
    assert inbox.take_hints(store=cast.ben_store, limit=9) == []


def test_each_flow_sees_its_own_hints_only(cast: Cast, woken: Woken) -> None:
    for topic, body in (
        ("orders/updated", b'{"id":1}'),
        ("products/update", b'{"id":2}'),
        ("fulfillments/create", b'{"id":9,"order_id":3}'),
        ("inventory_levels/update", b'{"inventory_item_id":7}'),
    ):
        hint = read_shopify(topic, body)
        inbox.store_once(Incoming(Platform.SHOPIFY, hint, body, cast.anna_store))
    store_hint(cast, "5")
    waiting = {
        lane: sorted(inbox.waiting_hints(lane).values_list("resource_id", flat=True))
        for lane in ("pull_orders", "pull_fulfillments", "pull_variants", "push_orders")
    }
    assert waiting == {
        "pull_orders": ["5"],
        "pull_fulfillments": ["1", "3"],
        "pull_variants": ["2", "7"],
        "push_orders": [],
    }
    taken = inbox.take_hints(store=cast.anna_store, limit=9)
    assert [delivery.resource_id for delivery in taken] == ["1", "3"]


def test_used_and_ignored_hints_are_not_taken_again(cast: Cast, woken: Woken) -> None:
    for order_id in ("1", "2", "3"):
        store_hint(cast, order_id)
    first, second, third = inbox.take_hints(shop=cast.anna_shop, limit=9)
    inbox.mark_used([first], note="read")
    inbox.mark_ignored([second], note="x" * 300)
    assert inbox.take_hints(shop=cast.anna_shop, limit=9) == [third]
    rows = Delivery.objects.order_by("pk").values_list("outcome", "note")
    assert list(rows) == [("used", "read"), ("ignored", "x" * 200), ("new", "")]
    assert Delivery.objects.exclude(processed_at=None).count() == 2


def test_marking_does_not_touch_what_was_decided_before(cast: Cast, woken: Woken) -> None:
    store_hint(cast, "1")
    taken = inbox.take_hints(shop=cast.anna_shop, limit=1)
    inbox.mark_ignored(taken, note="first")
    inbox.mark_used(taken, note="second")
    assert Delivery.objects.get().note == "first"


def test_a_package_hint_names_all_its_orders(cast: Cast, woken: Woken) -> None:
    packages = [
        {"package_id": "1", "order_id_list": ["152523", "532123"]},
        {"package_id": "2", "order_id_list": ["532123", "77"]},
    ]
    raw = tiktok_body(4, data={"sc_type": "COMBINE", "package_list": packages})
    inbox.store_once(Incoming(Platform.TIKTOK, read_tiktok(raw), raw, cast.anna_shop))
    (delivery,) = inbox.take_hints(shop=cast.anna_shop, limit=1)
    assert delivery.resource_id == "152523"
    assert inbox.named_orders(delivery) == ("152523", "532123", "77")


def test_a_fulfillment_hint_names_its_order(cast: Cast, woken: Woken) -> None:
    body = b'{"id":4800000000001,"order_id":5400000000001}'
    hint = read_shopify("fulfillments/create", body)
    inbox.store_once(Incoming(Platform.SHOPIFY, hint, body, cast.anna_store))
    (delivery,) = inbox.take_hints(store=cast.anna_store, limit=1)
    assert inbox.named_orders(delivery) == ("5400000000001",)


def test_a_row_that_another_process_stored_first_counts_as_duplicate(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_hint(cast, "1")
    monkeypatch.setattr(inbox, "_twins", lambda delivery: Delivery.objects.all())
    assert store_hint(cast, "1") == "duplicate"
    assert Delivery.objects.count() == 1
    assert len(woken) == 1


def test_a_row_that_cannot_be_stored_is_never_called_a_duplicate(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise IntegrityError("another constraint")

    monkeypatch.setattr(Delivery, "save", refuse)
    with pytest.raises(IntegrityError):
        store_hint(cast, "1")
    assert Delivery.objects.count() == 0
    assert woken == []


def test_a_failed_effect_leaves_no_row(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(inbox, "_act", fail)
    with pytest.raises(OperationalError):
        store_hint(cast, "1")
    assert Delivery.objects.count() == 0


def test_old_deliveries_are_pruned_in_batches(
    cast: Cast, woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PRUNE_BATCH", 2)
    for order_id in "1234567":
        store_hint(cast, order_id)
    old = datetime.now(UTC) - timedelta(days=7, minutes=1)
    Delivery.objects.exclude(resource_id__in=["6", "7"]).update(received_at=old)
    assert inbox.prune(7) == 5
    assert sorted(Delivery.objects.values_list("resource_id", flat=True)) == ["6", "7"]
    assert inbox.prune(7) == 0


def test_half_a_day_is_an_age_too(cast: Cast, woken: Woken) -> None:
    store_hint(cast, "1")
    Delivery.objects.update(received_at=datetime.now(UTC) - timedelta(hours=13))
    assert inbox.prune(0.5) == 1


def test_an_account_that_is_already_closed_keeps_its_reason(cast: Cast, woken: Woken) -> None:
    lost_at = datetime(2026, 1, 1, tzinfo=UTC)
    shop = cast.anna_shop
    shop.auth_lost_at, shop.paused_reason = lost_at, "An earlier reason."
    shop.save(update_fields=["auth_lost_at", "paused_reason"])
    raw = tiktok_body(6, ANNA_SHOP, timestamp=4000000000, data={"message": "bye"})
    inbox.store_once(Incoming(Platform.TIKTOK, read_tiktok(raw), raw, shop))
    shop.refresh_from_db()
    assert (shop.auth_lost_at, shop.paused_reason) == (lost_at, "An earlier reason.")
