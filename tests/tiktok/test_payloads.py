"""Webhook bodies and answers, read with tolerance but without guessing."""

import json
from decimal import Decimal

import pytest

from tests.tiktok.test_signing import W1_BODY, W2_BODY
from tiktoksync.errors import MalformedPayload
from tiktoksync.tiktok import payloads
from tiktoksync.tiktok.payloads import WebhookEvent, parse_webhook


def test_reads_an_order_status_change():
    assert parse_webhook(W1_BODY) == WebhookEvent(
        type=1,
        notification_id="7380066284010030890",
        shop_id="7495540735365777507",
        timestamp=1718305585,
        order_ids=("576653688135258178",),
        data={
            "is_on_hold_order": True,
            "order_id": "576653688135258178",
            "order_status": "UNPAID",
            "update_time": 1718305585,
        },
    )


def test_reads_the_orders_of_packages_once_each():
    body = {
        "type": 4,
        "shop_id": "7494049642642441621",
        "timestamp": 1644412885,
        "data": {
            "package_list": [
                {"package_id": "1", "order_id_list": ["152523", "532123"]},
                {"package_id": "2", "order_id_list": ["532123", 576461413038785752]},
            ]
        },
    }
    event = parse_webhook(json.dumps(body).encode())
    assert event.order_ids == ("152523", "532123", "576461413038785752")
    assert event.notification_id == ""
    assert parse_webhook(W2_BODY).order_ids == ("576461413038785752",)


def test_reads_a_plain_list_of_orders():
    event = parse_webhook(b'{"type":36,"data":{"order_ids":["1","2","1"]}}')
    assert event.order_ids == ("1", "2")


def test_keeps_numbers_above_two_to_the_fifty_third_exactly():
    event = parse_webhook(
        b'{"type":5,"shop_id":7494049642642441621,"data":{"product_id":'
        b'1729592969712207008,"rate":0.10}}'
    )
    assert event.data == {"product_id": 1729592969712207008, "rate": Decimal("0.10")}
    assert event.shop_id == "7494049642642441621"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type":6}',
        b'{"type":6,"data":null,"timestamp":null,"shop_id":null}',
        b'{"type":"6","timestamp":"","data":{},"unknown":[1,{"a":2}]}',
    ],
)
def test_tolerates_missing_parts(raw: bytes):
    assert parse_webhook(raw) == WebhookEvent(6, "", "", 0, (), {})


def test_a_type_nobody_knows_is_kept():
    assert parse_webhook(b'{"type":4711,"data":{"x":1}}').type == 4711


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"{}",
        b'{"type":null}',
        b'{"type":true}',
        b'{"type":1.5}',
        b'{"type":"one"}',
        b'{"type":[]}',
        b'{"type":1,"data":[]}',
        b'{"type":1,"data":"{}"}',
        b'{"type":1,"timestamp":{}}',
        b'{"type":1,"timestamp":NaN}',
        b'{"type":1,"data":{"a":-Infinity}}',
        b'{"type":1,"shop_id":{}}',
        b'{"type":1,"shop_id":true}',
        b'{"type":1,"tts_notification_id":[1]}',
        b'{"type":1,"timestamp":"' + b"9" * 5000 + b'"}',
        b'{"type":' + b"9" * 5000 + b"}",
        b'{"type":1,"data":' + b'{"a":' * 30 + b"1" + b"}" * 30 + b"}",
        b'{"type":1,"data":{"a":' + b"[" * 30 + b"]" * 30 + b"}}",
        b"[" * 200_000,
    ],
)
def test_what_cannot_be_read_is_malformed(raw: bytes):
    with pytest.raises(MalformedPayload) as caught:
        parse_webhook(raw)
    assert caught.value.failure_kind == "malformed"


@pytest.mark.parametrize("value", [[1], {"a": 1}, True, 1.5, None, ""])
def test_an_order_id_of_the_wrong_kind_names_no_order(value: object):
    assert (
        parse_webhook(json.dumps({"type": 1, "data": {"order_id": value}}).encode()).order_ids == ()
    )


def test_depth_is_counted_in_levels():
    payloads.check_depth({"a": [{"b": 1}]}, deepest=4)
    with pytest.raises(MalformedPayload):
        payloads.check_depth({"a": [{"b": 1}]}, deepest=3)


def test_text_keeps_ids_and_drops_everything_that_is_none():
    values = ["a", 576461413038785752, 0, None, True, 1.5, [], {}]
    assert [payloads.text(value) for value in values] == ["a", "576461413038785752", "0"] + [""] * 5
