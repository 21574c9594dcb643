"""The calls about packages: what is sent, what comes back."""

import json

import pytest

from tests.tiktok.test_client import SHIP, client, mocked, reply, sent
from tiktoksync import errors
from tiktoksync.tiktok.payloads import ItemError

__all__ = ["mocked"]


def test_ships_several_packages_under_one_number_and_returns_what_was_refused(mocked):
    refused = {"code": 21011044, "message": "on hold", "detail": {"package_id": "2"}}
    reply(mocked, {"errors": [refused]})
    answer = client().ship_packages(["1", "2"], **SHIP)
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/fulfillment/202309/packages/ship")
    assert json.loads(body) == {
        "packages": [{"id": "1", "self_shipment": SHIP}, {"id": "2", "self_shipment": SHIP}]
    }
    assert answer.data == [ItemError("21011044", "on hold", {"package_id": "2"})]


def test_more_packages_than_a_call_takes_are_a_mistake_of_the_caller(mocked):
    with pytest.raises(ValueError, match="50"):
        client().ship_packages([str(number) for number in range(51)], **SHIP)
    assert len(mocked.calls) == 0


def test_asks_for_the_address_of_a_label(mocked):
    reply(mocked, {"doc_url": "https://labels.example/1.pdf", "tracking_number": "94"})
    assert client().shipping_document("1152").data == "https://labels.example/1.pdf"
    method, path, query, _ = sent(mocked)
    assert (method, path) == ("GET", "/fulfillment/202309/packages/1152/shipping_documents")
    assert query["document_type"] == "SHIPPING_LABEL"


def test_asks_whether_orders_may_be_split(mocked):
    rows = [{"order_id": "5", "can_split": False, "reason": "one item"}]
    reply(mocked, {"split_attributes": rows})
    assert client().split_attributes(["5", "6"]).data == rows
    method, path, query, _ = sent(mocked)
    assert (method, path) == ("GET", "/fulfillment/202309/orders/split_attributes")
    assert query["order_ids"] == "5,6"


def test_splits_an_order_and_names_the_new_packages(mocked):
    reply(mocked, {"packages": [{"splittable_group_id": "1", "id": "901"}, {"id": "902"}]})
    answer = client().split_order("5", {"1": ["11"], "2": ["12", "13"]})
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/fulfillment/202309/orders/5/split")
    assert json.loads(body) == {
        "splittable_groups": [
            {"id": "1", "order_line_item_ids": ["11"]},
            {"id": "2", "order_line_item_ids": ["12", "13"]},
        ]
    }
    assert answer.data["1"] == "901"


@pytest.mark.parametrize("bad", ["", "1/../2", "1,2"])
def test_an_id_that_would_reach_another_endpoint_is_not_sent(mocked, bad: str):
    one = client()
    for call in (
        lambda: one.shipping_document(bad),
        lambda: one.ship_packages([bad], **SHIP),
        lambda: one.split_attributes([bad]),
        lambda: one.split_order(bad, {}),
    ):
        with pytest.raises(errors.MalformedPayload):
            call()
    assert len(mocked.calls) == 0


def test_searches_packages_the_newest_change_first(mocked):
    reply(mocked, {"packages": [{"id": "1152"}], "next_page_token": "b"})
    page = client().search_packages(page_token="a", page_size=1).data
    assert (page.rows, page.next_page_token) == ([{"id": "1152"}], "b")
    method, path, query, body = sent(mocked)
    assert (method, path) == ("POST", "/fulfillment/202309/packages/search")
    assert (query["page_size"], query["page_token"]) == ("1", "a")
    assert (query["sort_field"], query["sort_order"]) == ("update_time", "DESC")
    assert not body
