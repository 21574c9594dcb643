"""Webhook subscriptions, and how deliveries are signed, retried and spoiled."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sandbox.clients import KEY, SECRET, World
from tests.sandbox.receiver import Receiver

PATH = "/event/202309/webhooks"
TYPE = "ORDER_STATUS_CHANGE"


def put(box: World, address: Any, event: str = TYPE) -> int:
    body = {"event_type": event, "address": address}
    return int(box.us.call("PUT", PATH, body).json["code"])


def flush(box: World) -> None:
    assert box.control.post("webhooks/flush") == {"done": True}


def settle(box: World) -> None:
    assert box.control.post("webhooks/settle") == {"done": True}


def states(box: World) -> list[tuple[str, list[int]]]:
    rows = box.control.get("webhooks?platform=tiktok")["deliveries"]
    return [(one["state"], [try_["status"] for try_ in one["attempts"]]) for one in rows]


def test_subscriptions_are_put_listed_replaced_and_deleted(box: World) -> None:
    assert put(box, "https://one.example.com/x") == 0
    first = box.us.data("GET", PATH)
    assert put(box, "http://127.0.0.1:9/x") == 0
    second = box.us.data("GET", PATH)
    assert (first["total_count"], second["total_count"]) == (1, 1)
    assert second["webhooks"][0]["address"] == "http://127.0.0.1:9/x"
    assert second["webhooks"][0]["create_time"] == first["webhooks"][0]["create_time"]
    assert box.vn.data("GET", PATH)["webhooks"] == []
    assert box.us.data("DELETE", PATH, {"event_type": TYPE}) == {}
    assert box.us.data("GET", PATH) == {"total_count": 0, "webhooks": []}


@pytest.mark.parametrize(
    "address", [None, "", "http://shop.example.com/x", "ftp://127.0.0.1/x", "https://" + "x" * 300]
)
def test_plain_http_is_for_this_machine_only(box: World, address: Any) -> None:
    assert put(box, address) == 36009004
    assert put(box, "https://good.example.com", event="NOTHING") == 36009004
    assert box.us.data("GET", PATH)["webhooks"] == []


def test_a_missing_address_is_named(box: World) -> None:
    answer = box.us.call("PUT", PATH, {"event_type": TYPE}).json
    assert answer["message"] == "invalid param error; detail:param body.address is missing"


def test_a_delivery_carries_the_signature_of_its_raw_body(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    box.control.place()
    flush(box)
    hook = receiver.hooks[0]
    wanted = hmac.new(SECRET.encode(), KEY.encode() + hook.body, hashlib.sha256).hexdigest()
    assert hook.headers["authorization"] == wanted
    assert hook.headers["content-type"] == "application/json"
    body = json.loads(hook.body)
    assert list(body) == ["type", "tts_notification_id", "shop_id", "timestamp", "data"]
    assert b": " not in hook.body


def test_only_200_ends_the_retries_and_they_keep_the_body(box: World, receiver: Receiver) -> None:
    receiver.status = lambda n: {1: 500, 2: 204}.get(n, 200)
    put(box, receiver.url)
    box.control.place()
    for _ in range(3):
        flush(box)
    assert states(box) == [("delivered", [500, 204, 200])]
    assert len({one.body for one in receiver.hooks}) == 1


def test_a_delivery_is_given_up_after_five_attempts(box: World, receiver: Receiver) -> None:
    receiver.status = lambda _n: 503
    put(box, receiver.url)
    box.control.place()
    for _ in range(7):
        flush(box)
    assert states(box) == [("failed", [503] * 5)]
    assert len(receiver.hooks) == 5


def test_retries_wait_for_their_time(box: World, receiver: Receiver) -> None:
    receiver.status = lambda n: 500 if n == 1 else 200
    put(box, receiver.url)
    box.control.place()
    settle(box)
    box.control.post("clock/advance", seconds=100)
    settle(box)
    assert states(box) == [("waiting", [500])]
    box.control.post("clock/advance", seconds=30)
    settle(box)
    assert states(box) == [("delivered", [500, 200])]


def spoil(box: World, action: str, **more: Any) -> None:
    box.control.post("faults", action=action, operation=TYPE, times=1, **more)


def test_deliveries_are_lost_and_doubled_on_request(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    spoil(box, "webhook_lose")
    spoil(box, "webhook_duplicate", copies=20)
    box.control.place()
    flush(box)
    assert receiver.hooks == []
    box.control.place()
    flush(box)
    assert len(receiver.hooks) == 20
    assert len({one.body for one in receiver.hooks}) == 1
    assert [one[0] for one in states(box)] == ["lost", "delivered"]


def test_a_reordered_delivery_comes_after_the_next_one(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    spoil(box, "webhook_reorder")
    first, second = box.control.place(), box.control.place()
    settle(box)
    order = [json.loads(one.body)["data"]["order_id"] for one in receiver.hooks]
    assert order == [second, first]


def test_a_late_delivery_waits_on_the_line_of_time(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    spoil(box, "webhook_delay", seconds=500)
    box.control.place()
    assert states(box) == [("waiting", [])]
    box.control.post("clock/advance", seconds=501)
    flush(box)
    assert states(box) == [("delivered", [200])]


def test_a_wrong_secret_spoils_the_signature_alone(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    spoil(box, "webhook_wrong_secret")
    box.control.place()
    flush(box)
    hook = receiver.hooks[0]
    good = hmac.new(SECRET.encode(), KEY.encode() + hook.body, hashlib.sha256).hexdigest()
    assert len(hook.headers["authorization"]) == 64
    assert hook.headers["authorization"] != good


def test_webhooks_are_switched_off_and_sent_again_by_hand(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    box.control.post("webhooks", enabled={"tiktok": False})
    box.control.place()
    flush(box)
    assert (receiver.hooks, states(box)) == ([], [("off", [])])
    number = box.control.get("webhooks")["deliveries"][0]["id"]
    box.control.post(f"webhooks/{number}/again", copies=2)
    flush(box)
    assert len(receiver.hooks) == 2


def test_nobody_listening_is_a_failed_attempt(box: World, receiver: Receiver) -> None:
    put(box, receiver.url)
    receiver.close()
    box.control.place()
    settle(box)
    assert states(box) == [("waiting", [0])]
    attempt = box.control.get("webhooks")["deliveries"][0]["attempts"][0]
    assert attempt["error"] == "ConnectionRefusedError"
