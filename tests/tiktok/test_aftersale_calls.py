"""The client's after-sales methods against canned answers: what is sent, what comes back."""

import json
import re

import pytest
import responses

from tests.tiktok.test_client import BASE, client, envelope, reply, sent
from tiktoksync.errors import MalformedPayload
from tiktoksync.tiktok.aftersale_calls import CancelOptions, MadeCancellation, RejectReason

OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
PRICE = "seller_cancel_reason_wrong_price"


@pytest.fixture
def mocked():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("search_cancellations", "/return_refund/202602/cancellations/search", "cancellations"),
        ("search_returns", "/return_refund/202602/returns/search", "return_orders"),
    ],
)
def test_a_window_is_searched_by_update_time_oldest_first(mocked, method, path, key):
    reply(mocked, {key: [{"order_id": "1"}, "nonsense"], "next_page_token": "n"})
    page = getattr(client(), method)(update_time_ge=5, update_time_lt=9, page_token="t").data
    assert (page.rows, page.next_page_token) == ([{"order_id": "1"}], "n")
    verb, sent_to, query, body = sent(mocked)
    assert (verb, sent_to) == ("POST", path)
    assert (query["page_size"], query["page_token"]) == ("50", "t")
    assert (query["sort_field"], query["sort_order"]) == ("update_time", "ASC")
    assert json.loads(body) == {"update_time_ge": 5, "update_time_lt": 9}


def test_orders_and_single_cancellations_are_searched_by_their_ids(mocked):
    reply(mocked, {})
    assert client().search_cancellations(order_ids=["7"], cancel_ids=["8"]).data.rows == []
    assert json.loads(sent(mocked)[3]) == {"order_ids": ["7"], "cancel_ids": ["8"]}


def eligible(*reasons: str, is_eligible: bool = True, why: str = "") -> dict:
    row = {"request_type": "CANCEL", "eligible": is_eligible, "ineligible_reason": why}
    return {"line_item_eligibility": [{**row, "available_reason_names": list(reasons)}]}


@pytest.mark.parametrize(
    ("skus", "expected"),
    [
        ([eligible(OUT_OF_STOCK, PRICE)], CancelOptions((OUT_OF_STOCK, PRICE))),
        ([eligible(PRICE, OUT_OF_STOCK), eligible(OUT_OF_STOCK)], CancelOptions((OUT_OF_STOCK,))),
        (
            [eligible(OUT_OF_STOCK), eligible(is_eligible=False, why="invalid order status")],
            CancelOptions((), "invalid order status"),
        ),
        ([], CancelOptions(())),
        ([{"line_item_eligibility": [{"eligible": True}]}], CancelOptions(())),
        (
            [{"line_item_eligibility": [{"request_type": "REFUND", "eligible": True}]}],
            CancelOptions(()),
        ),
    ],
)
def test_a_whole_order_may_be_cancelled_for_reasons_that_all_units_allow(mocked, skus, expected):
    reply(mocked, {"sku_eligibility": skus})
    assert client().cancel_options("576").data == expected
    verb, path, query, body = sent(mocked)
    assert (verb, path) == ("GET", "/return_refund/202602/orders/576/aftersale_eligibility")
    assert (query["initiate_aftersale_user"], query["request_types"]) == ("SELLER", "CANCEL")
    assert body == b""


def test_the_seller_cancels_a_whole_order(mocked):
    reply(mocked, {"cancel_id": "4035", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"})
    made = client().cancel_order("576", reason=OUT_OF_STOCK)
    assert made.data == MadeCancellation("4035", "CANCELLATION_REQUEST_SUCCESS")
    verb, path, _, body = sent(mocked)
    assert (verb, path) == ("POST", "/return_refund/202602/cancellations")
    assert json.loads(body) == {"order_id": "576", "cancel_reason": OUT_OF_STOCK}


def test_reasons_for_declining_are_read_with_their_words(mocked):
    reply(mocked, {"reasons": [{"name": "r1", "text": "Packed"}, {"name": "r2"}]})
    found = client().reject_reasons("4035").data
    assert found == [RejectReason("r1", "Packed"), RejectReason("r2", "r2")]
    verb, path, query, _ = sent(mocked)
    assert (verb, path) == ("GET", "/return_refund/202309/reject_reasons")
    assert query["return_or_cancel_id"] == "4035"


def test_an_approval_carries_its_key_in_the_query_and_no_body(mocked):
    reply(mocked, {})
    client().approve_cancellation("4035", key="k-1")
    verb, path, query, body = sent(mocked)
    assert (verb, path) == ("POST", "/return_refund/202309/cancellations/4035/approve")
    assert (query["idempotency_key"], body) == ("k-1", b"")


@pytest.mark.parametrize(("comment", "more"), [("", {}), ("Packed.", {"comment": "Packed."})])
def test_a_refusal_carries_its_reason(mocked, comment, more):
    reply(mocked, {})
    client().reject_cancellation("4035", reason="r1", comment=comment, key="k-2")
    verb, path, query, body = sent(mocked)
    assert (verb, path) == ("POST", "/return_refund/202309/cancellations/4035/reject")
    assert query["idempotency_key"] == "k-2"
    assert json.loads(body) == {"reject_reason": "r1", **more}


def test_an_id_that_no_id_can_be_reaches_no_endpoint(mocked):
    mocked.add("POST", re.compile(f"{BASE}.*"), json=envelope({}))
    with pytest.raises(MalformedPayload):
        client().approve_cancellation("../orders", key="k")
    with pytest.raises(MalformedPayload):
        client().cancel_options("5/6")
    assert len(mocked.calls) == 0
