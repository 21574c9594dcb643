"""Figures for Prometheus, and who may read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.api.cast import Cast, make_fulfillment, make_order
from tiktoksync import metrics
from tiktoksync.lib import queue
from tiktoksync.shops.models import Credential, TikTokShop
from tiktoksync.sync.accounts import lose_consent
from tiktoksync.sync.models import Attempt


@pytest.fixture(autouse=True)
def queue_is_up(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(queue, "ping", lambda: True)
    monkeypatch.setattr(queue, "pending", {"interactive": 3, "bulk": 0}.__getitem__)
    settings.METRICS_TOKEN = ""


def figures(client: Client) -> dict[str, float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = response.content.decode().splitlines()
    found = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in found}


def test_orders_are_counted_by_both_statuses(cast: Cast, client: Client) -> None:
    make_order(cast.anna.shop, "1", sync_status="held", tiktok_status="ON_HOLD")
    make_order(cast.anna.shop, "2", sync_status="held", tiktok_status="ON_HOLD")
    make_order(cast.ben.shop, "1", sync_status="synced", tiktok_status='ODD"\\')

    found = figures(client)

    name = "tiktoksync_orders"
    assert found[f'{name}{{sync_status="held",tiktok_status="ON_HOLD"}}'] == 2
    assert found[rf'{name}{{sync_status="synced",tiktok_status="ODD\"\\"}}'] == 1


def test_due_rows_are_counted_with_the_age_of_the_oldest(cast: Cast, client: Client) -> None:
    now = timezone.now()
    ago = now - timedelta(seconds=90)
    make_order(cast.anna.shop, "1", sync_status="pending", next_attempt_at=ago)
    make_order(cast.anna.shop, "2", sync_status="pending", released_at=now)
    make_order(
        cast.anna.shop, "3", sync_status="pending", next_attempt_at=now + timedelta(minutes=5)
    )
    synced = make_order(cast.anna.shop, "4", sync_status="synced")
    make_fulfillment(synced, first_seen_at=now - timedelta(hours=1))

    found = figures(client)

    assert found['tiktoksync_due_rows{flow="push_orders"}'] == 2
    assert 89 < found['tiktoksync_oldest_due_seconds{flow="push_orders"}'] < 100
    assert found['tiktoksync_due_rows{flow="push_fulfillments"}'] == 1
    assert 3599 < found['tiktoksync_oldest_due_seconds{flow="push_fulfillments"}'] < 3610
    assert found['tiktoksync_due_rows{flow="push_references"}'] == 0
    assert found['tiktoksync_oldest_due_seconds{flow="push_references"}'] == 0


def test_attempts_of_the_last_hour_are_counted_by_outcome(cast: Cast, client: Client) -> None:
    now = timezone.now()
    for number, (outcome, minutes) in enumerate([("ok", 1), ("ok", 59), ("failed", 5), ("ok", 61)]):
        Attempt.objects.create(
            flow="push_orders",
            subject="orders.order",
            subject_id=1,
            number=number,
            outcome=outcome,
            started_at=now - timedelta(minutes=minutes),
        )

    found = figures(client)

    name = "tiktoksync_attempts_last_hour"
    assert found[f'{name}{{flow="push_orders",outcome="ok"}}'] == 2
    assert found[f'{name}{{flow="push_orders",outcome="failed"}}'] == 1


def test_queues_accounts_and_polls_are_told(cast: Cast, client: Client) -> None:
    TikTokShop.objects.update(last_poll_at=timezone.now() - timedelta(seconds=30))
    lose_consent(cast.ben.shop, "Revoked.")

    found = figures(client)

    assert found['tiktoksync_queue_length{queue="interactive"}'] == 3
    assert found['tiktoksync_queue_length{queue="bulk"}'] == 0
    assert found["tiktoksync_queue_up"] == 1
    assert found['tiktoksync_accounts{platform="tiktok",health="ok"}'] == 1
    assert found['tiktoksync_accounts{platform="tiktok",health="reconnect"}'] == 1
    assert found['tiktoksync_accounts{platform="shopify",health="ok"}'] == 2
    assert 30 <= found["tiktoksync_poll_lag_seconds"] < 40


def test_large_figures_keep_every_digit() -> None:
    gauge = metrics.Gauge("orders", "Orders.", [({}, 12_345_678)])

    assert metrics.write_text([gauge]) == (
        "# HELP tiktoksync_orders Orders.\n"
        "# TYPE tiktoksync_orders gauge\n"
        "tiktoksync_orders 12345678\n"
    )


def test_no_token_is_read_for_figures(cast: Cast, client: Client, settings: Any) -> None:
    settings.TOKEN_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]

    assert Credential.objects.count() == 2
    assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1"])
def test_the_machine_itself_may_read(db: None, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "2001:db8::1", "", "unix:"])
def test_others_find_nothing(db: None, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_a_proxy_on_this_machine_speaks_for_others(db: None, header: str) -> None:
    assert Client(headers={header: "127.0.0.1"}).get("/metrics").status_code == 404


def test_the_token_opens_from_anywhere(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = "open-up"
    afar = Client(REMOTE_ADDR="203.0.113.9")

    def status(header: str) -> int:
        return afar.get("/metrics", headers={"authorization": header}).status_code

    assert status("Bearer open-up") == 200
    for wrong in ("Bearer open-upp", "open-up", "Bearer ", "", "Token open-up", "Basic x"):
        assert status(wrong) == 404
    settings.METRICS_TOKEN = ""
    assert status("Bearer ") == 404
