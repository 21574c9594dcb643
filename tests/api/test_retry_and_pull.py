"""What a program may ask for: try again, look now."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orders.models import StatusChange
from tests.api.cast import RAW, Cast, make_fulfillment, make_order
from tests.api.schema import checked

URL = "/api/v1/orders/576461413038785752/retry/"
Woken = list[tuple[str, int]]


@pytest.mark.parametrize("status", ["failed", "skipped"])
def test_a_failed_or_skipped_order_is_queued_again(
    cast: Cast, anna: Client, woken: Woken, status: str
) -> None:
    order = make_order(cast.anna.shop, sync_status=status, raw=RAW, failure_reason="No link.")

    body = checked(anna.post(URL), "orders_retry", 202)

    order.refresh_from_db()
    assert order.sync_status == body["sync_status"] == "pending"
    assert body["failure_reason"] is None
    assert [line["actor"] for line in body["history"]] == ["api"]
    assert (body["history"][0]["from"], body["history"][0]["to"]) == (status, "pending")
    assert woken == [("push_orders", cast.anna.store.pk)]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("synced", "This order is synced and has no refused shipment: "),
        ("pending", "This order is queued and has no refused shipment: "),
        ("held", "This order is waiting for release and has no refused shipment: "),
    ],
)
def test_an_order_with_nothing_to_retry_is_refused_with_a_sentence(
    cast: Cast, anna: Client, status: str, sentence: str
) -> None:
    order = make_order(cast.anna.shop, sync_status=status)

    body = checked(anna.post(URL), "orders_retry", 409)

    assert body["error"]["code"] == "conflict"
    assert body["error"]["message"] == f"{sentence}there is nothing to try again."
    order.refresh_from_db()
    assert order.sync_status == status
    assert StatusChange.objects.count() == 0


def test_an_order_that_cannot_be_read_is_not_sent_again(cast: Cast, anna: Client) -> None:
    make_order(cast.anna.shop, sync_status="failed", failure_kind="malformed")

    body = checked(anna.post(URL), "orders_retry", 409)

    assert body["error"]["message"] == (
        "This order was cancelled at TikTok or cannot be read, so it is not sent again."
    )


def test_refused_tracking_of_a_synced_order_is_tried_again(
    cast: Cast, anna: Client, woken: Woken
) -> None:
    order = make_order(cast.anna.shop, sync_status="synced")
    make_fulfillment(order, sync_status="failed", failure_kind="rejected", failure_reason="No.")

    body = checked(anna.post(URL), "orders_retry", 202)

    assert body["sync_status"] == "synced"
    assert body["fulfillments"][0]["sync_status"] == "pending"
    assert body["fulfillments"][0]["failure_kind"] is None
    assert ("push_fulfillments", cast.anna.shop.pk) in woken


def test_a_stranger_cannot_retry(cast: Cast, ben: Client, woken: Woken) -> None:
    order = make_order(cast.anna.shop, sync_status="failed", raw=RAW)

    checked(ben.post(URL), "orders_retry", 404)

    order.refresh_from_db()
    assert (order.sync_status, woken) == ("failed", [])


def test_pull_makes_the_polls_of_the_merchant_due(cast: Cast, anna: Client, woken: Woken) -> None:
    body = checked(anna.post("/api/v1/orders/pull/"), "orders_pull", 202)

    assert body == {"shops": 1}
    assert woken == [
        ("pull_orders", cast.anna.shop.pk),
        ("pull_fulfillments", cast.anna.store.pk),
    ]
    cast.anna.shop.refresh_from_db()
    cast.ben.shop.refresh_from_db()
    assert cast.anna.shop.next_poll_at is not None
    assert cast.ben.shop.next_poll_at is None


def test_pull_of_a_shop_that_is_not_theirs_is_refused(
    cast: Cast, anna: Client, woken: Woken
) -> None:
    response: Any = anna.post(f"/api/v1/orders/pull/?shop={cast.ben.shop.shop_id}")

    body = checked(response, "orders_pull", 409)

    assert body["error"]["message"] == "No such TikTok shop is connected."
    assert woken == []


def test_pull_and_retry_are_no_reads(cast: Cast, anna: Client) -> None:
    make_order(cast.anna.shop)

    assert anna.get(URL).status_code == 405
    assert anna.get("/api/v1/orders/pull/").status_code == 405
