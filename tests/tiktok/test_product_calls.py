"""Reading and writing products: what is sent, what comes back, what a refusal means."""

import json

import pytest

from tests.lib.raw_server import answer, hang_up, serving
from tests.tiktok.test_client import REQUEST_ID, client, mocked, reply, sent
from tiktoksync import errors
from tiktoksync.tiktok.product_writing import CreatedProduct, CreatedSku

__all__ = ["mocked"]

BODY = {"title": "Mug", "idempotency_key": "k1", "skus": [{"seller_sku": "A"}]}
CREATED = {
    "product_id": "1729592969712207008",
    "skus": [
        {"id": "12", "seller_sku": "B", "external_sku_id": "2", "sales_attributes": []},
        {"id": "11", "seller_sku": "A"},
    ],
    "warnings": [{"message": "The brand is missing."}, {"message": ""}],
}
SAVED = CreatedProduct(
    "1729592969712207008",
    (CreatedSku("12", "B", "2"), CreatedSku("11", "A", "")),
    ("The brand is missing.",),
)


# --- reading ------------------------------------------------------------------------------------


def test_a_search_without_wishes_asks_for_everything(mocked):
    reply(mocked, {"products": [{"id": "1"}, "x"], "next_page_token": "n", "total_count": 2})
    page = client().search_products(page_token="a+b/c==").data
    method, path, query, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202502/products/search")
    assert (query["page_size"], query["page_token"]) == ("100", "a+b/c==")
    assert json.loads(body) == {"status": "ALL"}
    assert (page.products, page.next_page_token, page.total_count) == (({"id": "1"},), "n", 2)


def test_a_search_sends_its_filters_with_inclusive_times(mocked):
    reply(mocked, {"products": [], "next_page_token": False, "total_count": True})
    page = (
        client()
        .search_products(
            page_size=10,
            status="ACTIVATE",
            update_time_ge=0,
            update_time_le=9,
            seller_skus=["A"],
            sku_ids=["1"],
        )
        .data
    )
    _, _, query, body = sent(mocked)
    assert json.loads(body) == {
        "status": "ACTIVATE",
        "seller_skus": ["A"],
        "sku_ids": ["1"],
        "update_time_ge": 0,
        "update_time_le": 9,
    }
    assert query["page_size"] == "10"
    assert (page.next_page_token, page.total_count) == ("", None)


def test_reads_one_product_whole(mocked):
    reply(mocked, {"id": "7", "skus": [{"price": {"sale_price": "12.50"}}]})
    assert client().get_product("7").data["skus"][0]["price"] == {"sale_price": "12.50"}
    assert sent(mocked)[:2] == ("GET", "/product/202309/products/7")


def test_a_product_of_nobody_is_gone(mocked):
    reply(mocked, None, code=12052032, message="no")
    with pytest.raises(errors.Gone) as caught:
        client().get_product("7")
    assert caught.value.request_id == REQUEST_ID


def test_asks_what_is_in_stock(mocked):
    rows = [{"product_id": "7", "skus": [{"id": "1", "total_available_quantity": 5}]}]
    reply(mocked, {"inventory": rows})
    assert client().search_inventory(["7", "8"]).data == rows
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202309/inventory/search")
    assert json.loads(body) == {"product_ids": ["7", "8"]}


# --- creating and editing -----------------------------------------------------------------------


def test_creates_a_product_with_one_request(mocked):
    reply(mocked, CREATED)
    answered = client().create_product(BODY)
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202309/products")
    assert json.loads(body) == BODY
    assert answered.data == SAVED
    assert answered.warnings == SAVED.warnings


def test_edits_the_named_properties(mocked):
    reply(mocked, CREATED)
    assert client().partial_edit_product("7", {"title": "Cup"}).data == SAVED
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202509/products/7/partial_edit")
    assert json.loads(body) == {"title": "Cup"}


@pytest.mark.parametrize("data", [{}, None, {"product_id": None}, {"skus": []}])
def test_a_create_without_an_id_is_in_doubt(mocked, data: object):
    reply(mocked, data)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        client().create_product(BODY)
    assert caught.value.request_id == REQUEST_ID


def test_a_create_without_an_answer_is_in_doubt_and_never_repeated():
    with serving(hang_up) as server, pytest.raises(errors.OutcomeUnknown):
        client(server.url).create_product(BODY)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [36009003, 36009007, 12052881])
def test_a_create_that_broke_inside_is_in_doubt(mocked, code: int):
    reply(mocked, None, code=code)
    with pytest.raises(errors.OutcomeUnknown):
        client().create_product(BODY)


def test_a_refused_create_says_the_field(mocked):
    reply(mocked, None, code=12052104, message="attr")
    with pytest.raises(errors.Rejected) as caught:
        client().create_product(BODY)
    assert (caught.value.field, caught.value.code) == ("product_attributes", "12052104")


def test_a_create_without_the_permission_names_the_one_for_writing(mocked):
    reply(mocked, None, code=105005)
    with pytest.raises(errors.NotAuthorized, match=r"seller\.product\.write"):
        client().create_product(BODY)


# --- checking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [{}, {"check_result": "PASS", "fail_reasons": []}])
def test_a_check_that_passes_says_nothing(mocked, data: dict):
    reply(mocked, data)
    assert client().check_listing(BODY).data is None
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202309/products/listing_check")
    assert json.loads(body) == BODY


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"check_result": "FAILED"}, "It gave no reason."),
        ({"fail_reasons": [{"message": "No brand."}, {"message": "No size."}]}, "No brand.; No"),
    ],
)
def test_a_check_that_fails_inside_a_success_is_a_refusal(mocked, data: dict, words: str):
    reply(mocked, data)
    with pytest.raises(errors.Rejected) as caught:
        client().check_listing(BODY)
    assert words in caught.value.message
    assert caught.value.code == "12052990"


def test_a_reason_with_a_code_is_typed_like_the_refusal_of_a_create(mocked):
    reasons = [{"code": 1, "message": "?"}, {"code": 12052051, "message": "title length"}]
    reply(mocked, {"check_result": "FAILED", "fail_reasons": reasons})
    with pytest.raises(errors.Rejected) as caught:
        client().check_listing(BODY)
    assert (caught.value.code, caught.value.field) == ("12052051", "title")
    assert caught.value.request_id == REQUEST_ID


def test_a_check_changes_nothing_and_may_be_repeated():
    ok = answer(b'{"code":0,"data":{},"message":"Success","request_id":"r"}')
    with serving(hang_up, ok) as server:
        assert client(server.url).check_listing(BODY).data is None
    assert len(server.requests) == 2


# --- switching ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["activate", "deactivate"])
def test_switches_products_and_returns_the_refusals_by_id(mocked, verb: str):
    refused = {"code": 12052901, "message": "no", "detail": {"product_id": "2"}}
    reply(mocked, {"errors": [refused]})
    found = getattr(client(), f"{verb}_products")(["1", "2"]).data
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", f"/product/202309/products/{verb}")
    assert json.loads(body) == {"product_ids": ["1", "2"]}
    assert list(found) == ["2"]
    assert (type(found["2"]), found["2"].code) == (errors.Rejected, "12052901")
    assert found["2"].request_id == REQUEST_ID


def test_no_refusal_means_all_are_done(mocked):
    reply(mocked, {})
    assert client().activate_products(["1"]).data == {}


@pytest.mark.parametrize("detail", [None, {}, {"product_id": "99"}], ids=str)
def test_a_refusal_that_names_none_of_them_is_about_all(mocked, detail: object):
    reply(mocked, {"errors": [{"code": 12052700, "message": "asleep", "detail": detail}]})
    found = client().deactivate_products(["1", "2"]).data
    assert {one: type(error) for one, error in found.items()} == {
        "1": errors.NotAuthorized,
        "2": errors.NotAuthorized,
    }


# --- prices and stock ---------------------------------------------------------------------------


def test_sets_prices(mocked):
    reply(mocked, {})
    rows = [{"id": "11", "price": {"amount": "12.50", "currency": "USD"}}]
    assert client().update_prices("7", rows).data is None
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202309/products/7/prices/update")
    assert json.loads(body) == {"skus": rows}


def test_a_price_that_a_promotion_locks_is_refused(mocked):
    reply(mocked, None, code=12052038)
    with pytest.raises(errors.Rejected, match="promotion"):
        client().update_prices("7", [])


def test_sets_stock_and_returns_the_refusals_by_sku(mocked):
    inner = [{"warehouse_id": "70", "code": 12019022, "message": "unknown"}]
    refused = {"code": 1, "message": "sum", "detail": {"sku_id": "12", "extra_errors": inner}}
    reply(mocked, {"errors": [refused]})
    rows = [
        {"id": one, "inventory": [{"warehouse_id": "70", "quantity": 0}]} for one in ("11", "12")
    ]
    found = client().update_inventory("7", rows).data
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/product/202309/products/7/inventory/update")
    assert json.loads(body) == {"skus": rows}
    assert {one: (error.code, error.field) for one, error in found.items()} == {
        "12": ("12019022", "warehouse_id")
    }


def test_stock_that_is_taken_refuses_nothing(mocked):
    reply(mocked, {})
    assert client().update_inventory("7", [{"id": "11", "inventory": []}]).data == {}


# --- mistakes of the caller ---------------------------------------------------------------------


def test_longer_lists_than_a_call_takes_are_not_sent(mocked):
    one = client()
    for call in (
        lambda: one.activate_products(["1"] * 21),
        lambda: one.deactivate_products(["1"] * 21),
        lambda: one.search_inventory(["1"] * 101),
        lambda: one.search_products(seller_skus=["1"] * 11),
        lambda: one.search_products(sku_ids=["1"] * 11),
    ):
        with pytest.raises(ValueError, match="At most"):
            call()
    assert len(mocked.calls) == 0


def test_empty_lists_ask_nobody(mocked):
    one = client()
    assert one.activate_products([]).data == one.deactivate_products([]).data == {}
    assert one.search_inventory([]).data == []
    assert len(mocked.calls) == 0


@pytest.mark.parametrize("bad", ["", "1/../2", "1,2"])
def test_an_id_that_would_reach_another_endpoint_is_not_sent(mocked, bad: str):
    one = client()
    for call in (
        lambda: one.get_product(bad),
        lambda: one.partial_edit_product(bad, {}),
        lambda: one.update_prices(bad, []),
        lambda: one.update_inventory(bad, []),
        lambda: one.activate_products([bad]),
        lambda: one.category_attributes(bad),
        lambda: one.category_rules(bad),
    ):
        with pytest.raises(errors.MalformedPayload):
            call()
    assert len(mocked.calls) == 0
