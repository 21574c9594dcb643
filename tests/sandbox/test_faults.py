"""Faults on calls: what the client sees, and whether the effect took place."""

import time
from http.client import IncompleteRead
from typing import Any

import pytest

from tests.sandbox.clients import Reply, World
from tests.sandbox.shopify.orders import CREATE, line

SEARCH = "/order/202309/orders/search"


def spoil(box: World, action: str, **more: Any) -> None:
    box.control.post("faults", action=action, **{"operation": "orderCreate", "times": 1, **more})


def create(box: World) -> Reply:
    return box.store.call(CREATE, {"order": {"lineItems": [line()]}})


def stored(box: World) -> int:
    return len(box.control.get("shopify/orders")["orders"])


def test_a_dropped_call_has_no_effect_before_and_one_after(box: World) -> None:
    spoil(box, "drop_before")
    with pytest.raises(ConnectionError):
        create(box)
    assert stored(box) == 0
    spoil(box, "drop_after")
    with pytest.raises(ConnectionError):
        create(box)
    assert stored(box) == 1
    assert create(box).status == 200


def test_silence_comes_after_the_effect(box: World) -> None:
    spoil(box, "timeout_after", seconds=0.2)
    started = time.monotonic()
    with pytest.raises(ConnectionError):
        create(box)
    assert time.monotonic() - started >= 0.2
    assert stored(box) == 1


def test_a_truncated_answer_breaks_off_after_the_effect(box: World) -> None:
    spoil(box, "truncated")
    with pytest.raises(IncompleteRead):
        create(box)
    assert stored(box) == 1


@pytest.mark.parametrize(("after", "orders"), [(False, 0), (True, 1)])
def test_a_status_comes_before_or_after_the_effect(box: World, after: bool, orders: int) -> None:
    spoil(box, "status", status=503, body="busy", after=after, retry_after="7")
    reply = create(box)
    assert (reply.status, reply.raw, reply.headers["retry-after"]) == (503, b"busy", "7")
    assert stored(box) == orders


def test_pages_and_emptiness_instead_of_json(box: World) -> None:
    spoil(box, "html", status=200)
    html = create(box)
    assert (html.status, html.headers["content-type"]) == (200, "text/html")
    spoil(box, "empty")
    empty = create(box)
    assert (empty.status, empty.raw) == (200, b"")
    assert stored(box) == 0


def test_graphql_errors_stand_beside_the_data(box: World) -> None:
    spoil(box, "graphql_errors", code="ACCESS_DENIED", message="no customer for you")
    answer = create(box).json
    assert answer["data"]["orderCreate"]["order"]["name"] == "#1001"
    assert answer["errors"] == [
        {"message": "no customer for you", "extensions": {"code": "ACCESS_DENIED"}}
    ]


def test_a_refusal_can_be_put_into_shopifys_mouth(box: World) -> None:
    spoil(box, "user_errors", message="Exceeded order API rate limit", field=["order"])
    payload = create(box).json["data"]["orderCreate"]
    assert payload == {
        "order": None,
        "userErrors": [
            {"field": ["order"], "message": "Exceeded order API rate limit", "code": None}
        ],
    }
    assert stored(box) == 0


@pytest.mark.parametrize(("after", "orders"), [(False, 0), (True, 1)])
def test_an_internal_error_with_200_tells_nothing_of_the_effect(
    box: World, after: bool, orders: int
) -> None:
    spoil(box, "internal_error_200", after=after)
    reply = create(box)
    assert (reply.status, "data" in reply.json) == (200, False)
    extensions = reply.json["errors"][0]["extensions"]
    assert extensions["code"] == "INTERNAL_SERVER_ERROR"
    assert extensions["requestId"] == reply.headers["x-request-id"]
    assert stored(box) == orders


@pytest.mark.parametrize("spelling", ["2", "2.0", "Mon, 23 Nov 2026 10:00:00 GMT"])
def test_throttling_speaks_graphql_or_http(box: World, spelling: str) -> None:
    spoil(box, "throttle")
    answer = create(box).json
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0
    spoil(box, "throttle", retry_after=spelling)
    reply = create(box)
    assert (reply.status, reply.headers["retry-after"]) == (429, spelling)
    spoil(box, "throttle", status=429)
    assert "retry-after" not in create(box).headers
    assert stored(box) == 0


def test_tiktok_says_its_own_codes(box: World) -> None:
    for action, more, wanted in (
        ("throttle", {}, (429, 36009002)),
        ("internal_error_200", {}, (200, 36009003)),
        ("error", {"code": 36009007, "message": "late"}, (200, 36009007)),
        ("error", {"code": 105002, "status": 401}, (401, 105002)),
    ):
        spoil(box, action, operation="order.search", **more)
        reply = box.us.call("POST", SEARCH)
        assert (reply.status, reply.json["code"]) == wanted
    assert box.us.call("POST", SEARCH).json["code"] == 0


def test_an_error_after_the_effect(box: World) -> None:
    order_id = box.control.place()
    lines = [one["id"] for one in box.us.order(order_id)["line_items"]]
    spoil(box, "error", operation="fulfillment.mark_shipped", code=36009007, after=True)
    body = {
        "order_line_item_ids": lines,
        "shipping_provider_id": "7117858858072016686",
        "tracking_number": "N123",
    }
    path = f"/fulfillment/202309/orders/{order_id}/packages"
    assert box.us.call("POST", path, body).json["code"] == 36009007
    assert box.us.order(order_id)["status"] == "AWAITING_COLLECTION"


def test_rules_are_matched_by_platform_operation_and_shop(box: World) -> None:
    spoil(box, "empty", operation="*", platform="tiktok", shop="7495000000000000002", times=2)
    assert box.us.call("POST", SEARCH).raw
    assert box.vn.call("POST", SEARCH).raw == b""
    assert create(box).raw
    assert box.control.get("faults")["faults"][0]["used"] == 1


def test_rules_skip_count_and_are_removed(box: World) -> None:
    spoil(box, "empty", skip=1, times=2)
    assert [bool(create(box).raw) for _ in range(4)] == [True, False, False, True]
    box.control.post("faults", rules=[{"action": "empty"}, {"action": "latency", "ms": 1}])
    faults = box.control.get("faults")["faults"]
    assert [one["times"] for one in faults] == [0, None, None]
    assert box.control.delete(f"faults/{faults[1]['id']}") == {"removed": 1}
    assert box.control.delete("faults") == {"removed": 2}
    assert box.control.ask("POST", "faults", {"action": "explode"}).status == 409


def test_latency_and_a_fault_go_together(box: World) -> None:
    spoil(box, "latency", ms=60, times=None)
    spoil(box, "html")
    started = time.monotonic()
    assert create(box).status == 502
    assert time.monotonic() - started >= 0.06
    assert create(box).status == 200
    entry = box.log()["entries"][0]
    assert (entry["fault"], entry["status"]) == ("html", 502)
    assert entry["duration_ms"] >= 60
