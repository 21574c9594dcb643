"""The TikTok Shop client against canned answers: what is sent, what comes back, what it means."""

import hashlib
import hmac
import json
import re
import time
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import responses

from tests.lib.raw_server import answer, serving
from tiktoksync import errors
from tiktoksync.lib import http, http_clock
from tiktoksync.tiktok.client import TikTokClient
from tiktoksync.tiktok.payloads import AuthorizedShop, ItemError, ShippedPackage, Webhook

BASE = "https://tiktok.example"
REQUEST_ID = "20260706102754BEFE657E67887D654C06"
SHIP = {"shipping_provider_id": "7117858858072016686", "tracking_number": "1Z999AA10123456784"}
PAGE_TOKEN = "a+b/c=="


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    http._local.__dict__.clear()
    monkeypatch.setattr(http_clock, "_skew", {})


def client(api_url: str = BASE, **changes: object) -> TikTokClient:
    options = {
        "api_url": api_url,
        "app_key": "key01",
        "app_secret": "hush",
        "access_token": "ROW_token",
        "shop_cipher": "ROW_cipher",
    }
    return TikTokClient(**(options | changes))


def envelope(data: object = None, code: object = 0, message: str = "Success") -> dict:
    return {"code": code, "data": data, "message": message, "request_id": REQUEST_ID}


@pytest.fixture
def mocked():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def reply(mock: responses.RequestsMock, data: object, **more: object) -> None:
    """Answer every request, whatever its method."""
    for method in ("GET", "POST", "PUT", "DELETE"):
        mock.add(method, re.compile(".*"), json=envelope(data, **more))


def sent(mock: responses.RequestsMock) -> tuple[str, str, dict[str, str], bytes]:
    """Method, path, decoded query and body of the only request; its signature is checked too."""
    assert len(mock.calls) == 1
    request = mock.calls[0].request
    parts = urlsplit(request.url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = dict(pairs)
    assert len(query) == len(pairs)
    body = request.body or b""
    check_sign(parts.path, query, body)
    assert request.headers["x-tts-access-token"] == "ROW_token"
    assert request.headers["Content-Type"] == "application/json"
    return request.method, parts.path, query, body


def check_sign(path: str, query: dict[str, str], body: bytes) -> None:
    """Worked out here on its own, from the algorithm's description."""
    text = path
    for name in sorted(query):
        if name not in ("sign", "access_token"):
            text += name + query[name]
    message = b"hush" + text.encode() + body + b"hush"
    assert query["sign"] == hmac.new(b"hush", message, hashlib.sha256).hexdigest()


def test_searches_orders_by_update_time_ascending(mocked):
    order = {"id": "576461413038785752", "payment": {"total_amount": "35.97"}}
    reply(mocked, {"orders": [order], "next_page_token": "n", "total_count": 17472})
    result = client().search_orders(update_time_ge=1759990000, update_time_lt=1760000000)
    method, path, query, body = sent(mocked)
    assert (method, path) == ("POST", "/order/202309/orders/search")
    assert query.keys() == {
        "app_key", "page_size", "shop_cipher", "sign", "sort_field", "sort_order", "timestamp",
    }  # fmt: skip
    assert query["page_size"] == "100"
    assert (query["sort_field"], query["sort_order"]) == ("update_time", "ASC")
    assert (query["app_key"], query["shop_cipher"]) == ("key01", "ROW_cipher")
    assert body == b'{"update_time_ge":1759990000,"update_time_lt":1760000000}'
    assert result.data.orders == [order]
    assert (result.data.next_page_token, result.data.total_count) == ("n", 17472)
    assert (result.request_id, result.cost, result.warnings) == (REQUEST_ID, None, ())
    assert result.elapsed >= 0


def test_a_search_without_filters_has_no_body_at_all(mocked):
    reply(mocked, {"orders": []})
    client().search_orders(page_size=20, order_status="", page_token="")
    _, _, query, body = sent(mocked)
    assert body == b""
    assert "page_token" not in query


def test_all_filters_of_a_search_travel(mocked):
    reply(mocked, {})
    client().search_orders(
        order_status="ON_HOLD",
        create_time_ge=0,
        create_time_lt=2,
        update_time_ge=3,
        sort_field="create_time",
        sort_order="DESC",
        page_size=5,
    )
    _, _, query, body = sent(mocked)
    assert json.loads(body) == {
        "order_status": "ON_HOLD",
        "create_time_ge": 0,
        "create_time_lt": 2,
        "update_time_ge": 3,
    }
    assert (query["sort_field"], query["sort_order"], query["page_size"]) == (
        "create_time",
        "DESC",
        "5",
    )


def test_a_page_token_with_plus_slash_and_equals_is_encoded_and_signed_decoded():
    with serving(answer(json.dumps(envelope({"orders": []})).encode())) as server:
        client(server.url).search_orders(update_time_ge=1, page_token=PAGE_TOKEN)
        target = server.requests[0].split(b" ")[1].decode()
        body = server.requests[0].partition(b"\r\n\r\n")[2]
    assert "page_token=a%2Bb%2Fc%3D%3D&" in target
    query = dict(pair.split("=", 1) for pair in target.partition("?")[2].split("&"))
    decoded = {name: unquote(value) for name, value in query.items()}
    assert decoded["page_token"] == PAGE_TOKEN
    check_sign("/order/202309/orders/search", decoded, body)


def test_a_prefix_of_the_base_address_is_sent_but_not_signed():
    with serving(answer(json.dumps(envelope({"orders": []})).encode())) as server:
        client(server.url + "/recorded/tiktok/").get_orders(["1", "2"])
        target = server.requests[0].split(b" ")[1].decode()
    path, _, query = target.partition("?")
    assert path == "/recorded/tiktok/order/202507/orders"
    check_sign("/order/202507/orders", dict(parse_qsl(query)), b"")


def test_the_body_is_signed_as_it_is_sent_in_any_language():
    with serving(answer(json.dumps(envelope({})).encode())) as server:
        client(server.url).put_webhook("ORDER_STATUS_CHANGE", "https://größe.example/👕")
        request = server.requests[0]
    body = request.partition(b"\r\n\r\n")[2]
    assert "größe.example/👕".encode() in body
    query = dict(parse_qsl(request.split(b" ")[1].decode().partition("?")[2]))
    check_sign("/event/202309/webhooks", query, body)


def test_the_timestamp_is_on_tiktoks_clock():
    theirs = time.time() + 3000
    late = answer(
        json.dumps(envelope({"shops": []})).encode(), Date=formatdate(theirs, usegmt=True)
    )
    with serving(late) as server:
        one = client(server.url)
        one.authorized_shops()
        one.authorized_shops()
        stamps = [
            int(dict(parse_qsl(request.split(b" ")[1].decode().partition("?")[2]))["timestamp"])
            for request in server.requests
        ]
    assert abs(stamps[0] - time.time()) < 3
    assert abs(stamps[1] - theirs) < 3


def test_rows_that_are_no_orders_are_counted_and_left_out(mocked):
    reply(mocked, {"orders": [{"id": "1"}, None, "x", 7], "next_page_token": None})
    page = client().search_orders().data
    assert page.orders == [{"id": "1"}]
    assert (page.unreadable, page.next_page_token, page.total_count) == (3, "", None)


@pytest.mark.parametrize("token", [False, "", None, 0])
def test_any_falsy_page_token_is_the_end(mocked, token: object):
    reply(mocked, {"orders": [], "next_page_token": token})
    assert client().search_orders().data.next_page_token == ""


def test_a_list_that_is_no_list_is_malformed(mocked):
    reply(mocked, {"orders": {"id": "1"}})
    with pytest.raises(errors.MalformedPayload) as caught:
        client().search_orders()
    assert caught.value.request_id == REQUEST_ID


@pytest.mark.parametrize("data", [None, [], "x"])
def test_a_success_without_data_is_never_read_as_nothing_found(mocked, data: object):
    reply(mocked, data)
    with pytest.raises(errors.Unreachable):
        client().search_orders()


def test_reads_orders_by_id_in_one_call(mocked):
    reply(mocked, {"orders": [{"id": "1"}, {"id": "2"}]})
    result = client().get_orders(["1", "2"])
    method, path, query, body = sent(mocked)
    assert (method, path, query["ids"], body) == ("GET", "/order/202507/orders", "1,2", b"")
    assert result.data == [{"id": "1"}, {"id": "2"}]


def test_asking_for_no_orders_asks_nobody(mocked):
    assert client().get_orders([]).data == []
    assert len(mocked.calls) == 0


def test_more_than_fifty_orders_are_a_mistake_of_the_caller(mocked):
    with pytest.raises(ValueError, match="50"):
        client().get_orders([str(number) for number in range(51)])
    assert len(mocked.calls) == 0


@pytest.mark.parametrize("bad", ["", "1/../2", "1,2", "1?x=1", "1 ", "é", "1" * 65])
def test_an_id_that_would_reach_another_endpoint_is_not_sent(mocked, bad: str):
    one = client()
    for call in (
        lambda: one.get_orders([bad]),
        lambda: one.get_package(bad),
        lambda: one.shipping_providers(bad),
        lambda: one.mark_shipped(bad, ["1"], **SHIP),
        lambda: one.ship_package(bad, **SHIP),
        lambda: one.update_shipping_info(bad, **SHIP),
    ):
        with pytest.raises(errors.MalformedPayload):
            call()
    assert len(mocked.calls) == 0


def test_keeps_big_numbers_and_fractions_exact():
    raw_body = b'{"code":0,"data":{"orders":[{"id":576461413038785752,"rate":0.1}]}}'
    with serving(answer(raw_body)) as server:
        order = client(server.url).get_orders(["1"]).data[0]
    assert order["id"] == 576461413038785752
    assert str(order["rate"]) == "0.1"


def test_lists_the_shops_of_the_token_without_a_cipher(mocked):
    row = {"cipher": "ROW_c", "code": "VN1", "id": "7", "name": "N", "region": "VN"}
    reply(mocked, {"shops": [row | {"seller_type": "LOCAL"}, {"id": 8}]})
    result = client().authorized_shops()
    method, path, query, _ = sent(mocked)
    assert (method, path) == ("GET", "/authorization/202309/shops")
    assert "shop_cipher" not in query
    assert result.data == [
        AuthorizedShop("7", "N", "VN", "LOCAL", "ROW_c", "VN1"),
        AuthorizedShop("8", "", "", "", "", ""),
    ]


def test_lists_the_carriers_of_a_delivery_option(mocked):
    reply(mocked, {"shipping_providers": [{"id": "7117858858072016686", "name": "USPS"}]})
    result = client().shipping_providers("6955011424836945669")
    assert sent(mocked)[:2] == (
        "GET",
        "/logistics/202309/delivery_options/6955011424836945669/shipping_providers",
    )
    assert result.data == [{"id": "7117858858072016686", "name": "USPS"}]


def test_warehouses_may_be_missing(mocked):
    reply(mocked, {})
    assert client().warehouses().data == []
    assert sent(mocked)[:2] == ("GET", "/logistics/202309/warehouses")


def test_reads_a_package(mocked):
    reply(mocked, {"package_id": "1", "package_status": "PROCESSING"})
    result = client().get_package("1")
    assert sent(mocked)[:2] == ("GET", "/fulfillment/202309/packages/1")
    assert result.data == {"package_id": "1", "package_status": "PROCESSING"}


def test_marks_lines_of_an_order_as_shipped(mocked):
    reply(mocked, {"package_id": "321", "warning": {"message": "match more than one provider"}})
    result = client().mark_shipped("576461413038785752", ["77", "78"], **SHIP)
    method, path, _, body = sent(mocked)
    assert (method, path) == (
        "POST",
        "/fulfillment/202309/orders/576461413038785752/packages",
    )
    assert json.loads(body) == {
        "order_line_item_ids": ["77", "78"],
        "shipping_provider_id": "7117858858072016686",
        "tracking_number": "1Z999AA10123456784",
    }
    assert result.data == ShippedPackage("321", "match more than one provider")
    assert result.warnings == ("match more than one provider",)


@pytest.mark.parametrize("data", [{}, None, {"package_id": None, "warning": None}])
def test_a_success_without_details_is_still_a_success_of_a_write(mocked, data: object):
    reply(mocked, data)
    assert client().mark_shipped("1", ["2"], **SHIP).data == ShippedPackage("", "")


def test_ships_a_package_by_the_sellers_own_carrier(mocked):
    reply(mocked, {})
    assert client().ship_package("1152", **SHIP).data is None
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/fulfillment/202309/packages/1152/ship")
    assert json.loads(body) == {"self_shipment": SHIP}


def test_corrects_the_tracking_of_an_order_and_of_a_package(mocked):
    reply(mocked, {})
    client().update_shipping_info("5", **SHIP)
    method, path, _, body = sent(mocked)
    assert (method, path) == (
        "POST",
        "/fulfillment/202309/orders/5/shipping_info/update",
    )
    assert json.loads(body) == SHIP
    mocked.calls.reset()
    client().update_package_shipping_info("6", **SHIP)
    assert sent(mocked)[1] == "/fulfillment/202309/packages/6/shipping_info/update"


def test_writes_external_orders_and_returns_what_was_refused(mocked):
    refused = {"code": "21008111", "message": "not yours", "detail": {"order_id": "2"}}
    reply(mocked, {"errors": [refused, {"code": 5, "detail": None}, "x"]})
    orders = [
        {
            "id": "1",
            "external_order": {
                "id": "601",
                "platform": "SHOPIFY",
                "line_items": [{"id": "a", "origin_id": "77"}],
            },
        },
        {"id": "2", "external_order": {"id": "602", "platform": "SHOPIFY", "line_items": []}},
    ]
    result = client().put_external_orders(orders)
    method, path, _, body = sent(mocked)
    assert (method, path) == ("POST", "/order/202406/orders/external_orders")
    assert json.loads(body) == {"orders": orders}
    assert result.data == [
        ItemError("21008111", "not yours", {"order_id": "2"}),
        ItemError("5", "", {}),
    ]
    assert [error.order_id for error in result.data] == ["2", ""]


def test_external_orders_go_by_the_hundred(mocked):
    assert client().put_external_orders([]).data == []
    with pytest.raises(ValueError, match="100"):
        client().put_external_orders([{"id": str(number)} for number in range(101)])
    assert len(mocked.calls) == 0


def test_webhooks_are_listed_put_and_deleted(mocked):
    reply(mocked, {"webhooks": [{"event_type": "PACKAGE_UPDATE", "address": "https://a"}]})
    assert client().get_webhooks().data == [Webhook("PACKAGE_UPDATE", "https://a")]
    assert sent(mocked)[:2] == ("GET", "/event/202309/webhooks")
    mocked.calls.reset()
    client().put_webhook("PACKAGE_UPDATE", "https://a")
    method, path, _, body = sent(mocked)
    assert (method, path) == ("PUT", "/event/202309/webhooks")
    assert json.loads(body) == {"address": "https://a", "event_type": "PACKAGE_UPDATE"}
    mocked.calls.reset()
    client().delete_webhook("PACKAGE_UPDATE")
    method, _, _, body = sent(mocked)
    assert (method, body) == ("DELETE", b'{"event_type":"PACKAGE_UPDATE"}')


def test_the_body_of_a_delete_reaches_the_other_side():
    with serving(answer(json.dumps(envelope({})).encode())) as server:
        client(server.url).delete_webhook("PACKAGE_UPDATE")
        assert server.requests[0].endswith(b'\r\n\r\n{"event_type":"PACKAGE_UPDATE"}')
