"""The page of returns: what comes back, its state and money, page by page, for its team alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import returns_list
from orders.models import CancelRequest, Order, Refund, Return
from tests.factories import ORDER_ID, Pair, stored_order, synced_order
from tests.web.conftest import browser
from tests.web.reading import elements_of, rows_of, text_of

PAGE = "/orders/returns/"


def come_back(order: Order, number: int = 1, **columns: Any) -> Return:
    columns = {
        "return_type": "RETURN_AND_REFUND",
        "status": "BUYER_SHIPPED_ITEM",
        "reason_text": "Too small",
        "units": ["1"],
        "refund_amount": Decimal("12.50"),
        "currency": "USD",
        "opened_at": timezone.now() - timedelta(hours=2),
        **columns,
    }
    return Return.objects.create(order=order, return_id=f"40{number}", **columns)


@pytest.fixture
def order(pair: Pair) -> Order:
    return synced_order(pair.shop)


def test_a_return_has_its_state_amount_and_links(order: Order, anna: Client) -> None:
    come_back(order, next_action="SELLER_RESPOND_RECEIVE_PACKAGE")
    answer = anna.get(PAGE)
    (row,) = rows_of(answer)
    assert row[0].startswith(ORDER_ID)
    assert row[1] == "Return and refund 1 unit · 401"
    assert row[2].startswith("On its way back TikTok waits for you to check the returned parcel")
    assert row[3] == "Too small"
    assert row[4].startswith("2 h ago")
    assert row[5] == "$12.50"
    links = {one["href"] for one in elements_of(answer, "a")}
    assert f"/orders/{ORDER_ID}/?shop={order.shop.shop_id}#aftersales" in links
    assert order.shop.store.order_url(order.shopify_legacy_id) in links


def test_refunds_and_requests_have_tabs_of_their_own(order: Order, anna: Client) -> None:
    Refund.objects.create(
        order=order,
        source="return",
        source_id="401",
        amount=Decimal("12.50"),
        currency="USD",
        units=["1"],
        restock="RETURN",
        sync_status="failed",
        failure_kind="rejected",
        failure_reason="Shopify refused it.",
    )
    CancelRequest.objects.create(
        order=order,
        cancel_id="77",
        status="CANCELLATION_REQUEST_PENDING",
        reason_text="No longer needed",
        refund_amount=Decimal("8"),
        currency="USD",
        respond_by=timezone.now() + timedelta(hours=5, seconds=30),
        sync_status="held",
        wait_reason="answer",
    )
    (refund,) = rows_of(anna.get(f"{PAGE}?tab=refunds"))
    assert refund[1] == "Refund of return 401, 1 unit"
    assert refund[2] == "Failed, needs you Shopify refused it."
    assert (refund[3], refund[5]) == ("Came back: back into stock", "$12.50")
    answer = anna.get(f"{PAGE}?tab=requests")
    (asked,) = rows_of(answer)
    assert asked[1] == "The buyer asks to cancel this order"
    assert asked[2].startswith("Waiting for your answer Answer in 5 h")
    assert (asked[3], asked[5]) == ("No longer needed", "$8.00")
    assert "Returns 0 Cancel requests 1 Refunds in Shopify 1" in text_of(answer)


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("", "Nothing comes back"),
        ("?tab=requests", "No cancel requests"),
        ("?tab=refunds", "No refunds in Shopify"),
    ],
)
def test_an_empty_page_says_what_will_stand_there(
    pair: Pair, anna: Client, tab: str, said: str
) -> None:
    assert said in text_of(anna.get(PAGE + tab))


def test_a_tab_nobody_knows_is_not_there(pair: Pair, anna: Client) -> None:
    assert anna.get(f"{PAGE}?tab=nonsense").status_code == 404


def ids_of(answer: Any) -> list[str]:
    return [row[1].rpartition(" ")[2] for row in rows_of(answer)]


def test_pages_lead_back_and_forth(
    order: Order, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returns_list, "PAGE_SIZE", 2)
    for number in range(1, 6):
        come_back(order, number)

    def turn(answer: Any, way: str) -> Any:
        (link,) = [one for one in elements_of(answer, "a") if one.get("rel") == way]
        return anna.get(link["href"])

    def ways(answer: Any) -> list[str]:
        return [
            one["rel"] for one in elements_of(answer, "a") if one.get("rel") in ("prev", "next")
        ]

    first = anna.get(PAGE)
    second = turn(first, "next")
    third = turn(second, "next")
    assert [ids_of(one) for one in (first, second, third)] == [
        ["405", "404"],
        ["403", "402"],
        ["401"],
    ]
    assert [ways(one) for one in (first, second, third)] == [["next"], ["prev", "next"], ["prev"]]
    assert ids_of(turn(third, "prev")) == ["403", "402"]
    assert ids_of(turn(turn(third, "prev"), "prev")) == ["405", "404"]
    assert ids_of(anna.get(f"{PAGE}?after=nonsense")) == ["405", "404"]


def test_a_viewer_sees_it_and_a_stranger_nothing(pair: Pair, strangers: Pair, order: Order) -> None:
    come_back(order)
    assert ids_of(browser("vera", pair.merchant, "viewer").get(PAGE)) == ["401"]
    answer = browser("ben", strangers.merchant).get(PAGE)
    assert rows_of(answer) == []
    assert "Returns 0 Cancel requests 0" in text_of(answer)
    assert Client().get(PAGE).status_code == 302


def test_more_rows_cost_no_more_queries(pair: Pair, order: Order, anna: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert anna.get(PAGE).status_code == 200
        return len(asked)

    come_back(order)
    cost()
    before = cost()
    other = stored_order(pair.shop, "576461413038785999")
    for number in range(2, 30):
        come_back(order if number % 2 else other, number)
    assert cost() == before
    assert before <= 14
