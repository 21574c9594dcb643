"""Cancellations, returns and refunds for programs: what they see, and what they decide."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import CancelRequest, Order, Refund, Return, SellerCancellation
from tests.api.cast import NOON, Cast, make_order
from tests.api.schema import checked

ID = "576461413038785752"
URL = f"/api/v1/orders/{ID}/"
PENDING = "CANCELLATION_REQUEST_PENDING"
REASONS = [{"name": "packed", "text": "The product has been packed"}]
Woken = list[tuple[str, int]]


@pytest.fixture
def order(cast: Cast) -> Order:
    return make_order(cast.anna.shop, sync_status="synced")


@pytest.fixture
def asked(order: Order) -> CancelRequest:
    return CancelRequest.objects.create(
        order=order,
        cancel_id="4035",
        status=PENDING,
        reason="no_longer_needed",
        reason_text="No longer needed",
        units=["1", "2"],
        refund_amount=Decimal("35.9700"),
        currency="USD",
        requested_at=NOON,
        respond_by=timezone.now() + timedelta(hours=2),
        reject_reasons=REASONS,
        sync_status="held",
        wait_reason="answer",
    )


@pytest.fixture
def offered(order: Order) -> SellerCancellation:
    return SellerCancellation.objects.create(
        order=order,
        shopify_reason="INVENTORY",
        reasons=REASONS,
        reasons_read_at=NOON,
        sync_status="held",
        wait_reason="choose_reason",
    )


def post(client: Client, what: str, body: Any = None) -> Any:
    return client.post(f"{URL}{what}/", body or {}, content_type="application/json")


def test_an_order_shows_all_that_follows_it(
    cast: Cast, anna: Client, order: Order, asked: CancelRequest, offered: SellerCancellation
) -> None:
    Return.objects.create(
        order=order,
        return_id="77",
        return_type="REFUND",
        status="A_STATUS_OF_TOMORROW",
        units=["1"],
        refund_amount=Decimal("5"),
        currency="USD",
        opened_at=NOON,
    )
    Refund.objects.create(
        order=order,
        source="return",
        source_id="77",
        units=["1"],
        amount=Decimal("5"),
        currency="USD",
        sync_status="skipped",
        skip_reason="amount_only",
    )

    body = checked(anna.get(URL), "orders_retrieve", 200)

    (request,) = body["cancel_requests"]
    assert request.pop("respond_by").endswith("Z")
    assert request == {
        "cancel_id": "4035",
        "status": PENDING,
        "sync_status": "held",
        "reason": "no_longer_needed",
        "reason_text": "No longer needed",
        "line_items": ["1", "2"],
        "refund_amount": "35.97",
        "currency": "USD",
        "requested_at": "2026-05-03T12:00:00Z",
        "verdict": None,
        "reject_reasons": REASONS,
        "failure_kind": None,
        "failure_reason": None,
        "skip_reason": None,
        "resolved_at": None,
    }
    assert body["seller_cancellation"] == {
        "sync_status": "held",
        "shopify_reason": "INVENTORY",
        "reasons": REASONS,
        "reason": None,
        "failure_kind": None,
        "failure_reason": None,
        "done_at": None,
    }
    (returned,) = body["returns"]
    assert (returned["status"], returned["refund_amount"]) == ("A_STATUS_OF_TOMORROW", "5.00")
    (refund,) = body["refunds"]
    assert (refund["amount"], refund["skip_reason"]) == ("5.00", "amount_only")


def test_amounts_that_nobody_names_are_null(anna: Client, asked: CancelRequest) -> None:
    CancelRequest.objects.update(refund_amount=None, currency="")
    body = checked(anna.get(URL), "orders_retrieve", 200)
    assert body["cancel_requests"][0]["refund_amount"] is None


def test_lists_leave_it_out(anna: Client, asked: CancelRequest) -> None:
    body = checked(anna.get("/api/v1/orders/"), "orders_list", 200)
    assert not {"cancel_requests", "returns", "refunds"} & set(body["results"][0])


def test_a_request_is_accepted(
    cast: Cast, anna: Client, asked: CancelRequest, woken: Woken
) -> None:
    body = checked(post(anna, "cancel-request/accept"), "orders_cancel_request_accept", 202)
    assert body["cancel_requests"][0]["verdict"] == "approve"
    assert body["history"][-1]["actor"] == "api"
    assert woken == [("answer_cancel_requests", cast.anna.shop.pk)]


def test_a_request_is_declined_with_a_reason(
    anna: Client, asked: CancelRequest, woken: Woken
) -> None:
    wish = {"reason": "packed", "comment": "On its way."}
    body = checked(post(anna, "cancel-request/decline", wish), "orders_cancel_request_decline", 202)
    assert body["cancel_requests"][0]["verdict"] == "reject"
    asked.refresh_from_db()
    assert (asked.reject_reason, asked.comment) == ("packed", "On its way.")


def test_an_order_is_cancelled_on_tiktok(
    cast: Cast, anna: Client, offered: SellerCancellation, woken: Woken
) -> None:
    wish = {"reason": "packed"}
    body = checked(post(anna, "cancel-on-tiktok", wish), "orders_cancel_on_tiktok", 202)
    assert (body["seller_cancellation"]["reason"], woken) == (
        "packed",
        [("push_seller_cancellations", cast.anna.shop.pk)],
    )


@pytest.mark.parametrize(
    ("what", "operation", "wish", "said"),
    [
        (
            "cancel-request/accept",
            "orders_cancel_request_accept",
            {},
            "The buyer has not asked to cancel this order.",
        ),
        (
            "cancel-request/decline",
            "orders_cancel_request_decline",
            {"reason": "packed"},
            "The buyer has not asked to cancel this order.",
        ),
        (
            "cancel-on-tiktok",
            "orders_cancel_on_tiktok",
            {"reason": "packed"},
            "This order was not cancelled in Shopify alone: there is nothing to decide.",
        ),
    ],
)
def test_where_there_is_nothing_to_decide_it_says_so(
    anna: Client, order: Order, woken: Woken, what: str, operation: str, wish: Any, said: str
) -> None:
    body = checked(post(anna, what, wish), operation, 409)
    assert (body["error"]["message"], woken) == (said, [])


@pytest.mark.parametrize("wish", [{}, {"reason": ""}, {"reason": "x" * 121}, {"reason": []}])
def test_a_wish_that_makes_no_sense_is_refused(
    anna: Client, asked: CancelRequest, wish: Any
) -> None:
    assert post(anna, "cancel-request/decline", wish).status_code == 400
    asked.refresh_from_db()
    assert asked.verdict == ""


def test_a_reason_that_tiktok_does_not_take_is_a_conflict(
    anna: Client, asked: CancelRequest
) -> None:
    answer = post(anna, "cancel-request/decline", {"reason": "because"})
    body = checked(answer, "orders_cancel_request_decline", 409)
    assert body["error"]["message"] == "Choose one of TikTok's reasons for declining."


@pytest.mark.parametrize(
    "what", ["cancel-request/accept", "cancel-request/decline", "cancel-on-tiktok"]
)
def test_a_stranger_finds_no_order_to_decide_about(
    ben: Client, asked: CancelRequest, offered: SellerCancellation, woken: Woken, what: str
) -> None:
    assert post(ben, what, {"reason": "packed"}).status_code == 404
    asked.refresh_from_db()
    offered.refresh_from_db()
    assert (asked.sync_status, offered.sync_status, woken) == ("held", "held", [])
