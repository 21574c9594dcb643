"""What load balancers and watchdogs are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.api.cast import Cast
from tiktoksync import health
from tiktoksync.lib import queue
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.accounts import lose_consent, pause


@pytest.fixture(autouse=True)
def queue_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "ping", lambda: True)


@pytest.fixture
def polled(cast: Cast) -> Cast:
    """Both shops were polled just now."""
    TikTokShop.objects.update(last_poll_at=timezone.now())
    return cast


def last_polled(shop: TikTokShop, **ago: Any) -> None:
    TikTokShop.objects.filter(pk=shop.pk).update(last_poll_at=timezone.now() - timedelta(**ago))


def test_alive_asks_no_database(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_ready_when_everything_answers(polled: Cast, client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "problems": {}}


def test_an_installation_without_shops_is_ready(db: None, client: Client) -> None:
    assert client.get("/readyz").status_code == 200


def test_a_queue_that_is_away_is_named(
    polled: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ping", lambda: False)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "problems": {"queue": "The queue's server does not answer."},
    }


def test_a_database_that_is_away_is_named(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("no such host db.internal")

    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", refuse)
        response = client.get("/readyz")
        assert client.get("/healthz").status_code == 200

    assert response.status_code == 503
    assert response.json()["problems"] == {"database": "The database does not answer."}


def test_the_shop_that_waits_longest_decides(polled: Cast, client: Client) -> None:
    last_polled(polled.ben.shop, seconds=299)
    assert client.get("/readyz").status_code == 200

    last_polled(polled.ben.shop, seconds=400)
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"] == {
        "polls": "A TikTok shop was last polled 400 s ago; are cron and the workers running?"
    }
    assert "Ben" not in response.content.decode()


def test_a_shop_that_was_never_polled_waits_since_it_was_connected(
    polled: Cast, client: Client
) -> None:
    TikTokShop.objects.filter(pk=polled.anna.shop.pk).update(last_poll_at=None)
    assert client.get("/readyz").status_code == 200

    TikTokShop.objects.update(connected_at=timezone.now() - timedelta(hours=1))
    assert client.get("/readyz").status_code == 503


def test_a_shop_that_is_not_to_be_polled_is_not_missed(polled: Cast, client: Client) -> None:
    for side in (polled.anna, polled.ben):
        last_polled(side.shop, days=1)
    pause(polled.anna.shop, 60, "Slow down.")
    lose_consent(polled.ben.shop, "Revoked.")

    assert client.get("/readyz").status_code == 200
    assert health.poll_lag_seconds(timezone.now()) is None


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_nothing_is_written_to_these_addresses(db: None, client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200
