"""The Shopify client over real sockets: broken answers, single writes, repeated reads."""

import json
import time

import pytest

from tests.lib.gates import NotingGate
from tests.lib.raw_server import (
    RawServer,
    answer,
    closed_port,
    drip,
    half_close,
    hang_up,
    raw,
    reset,
    serving,
)
from tiktoksync import errors
from tiktoksync.lib import http
from tiktoksync.lib.answers import Cost
from tiktoksync.lib.gate import Gate
from tiktoksync.shopify.client import ShopifyClient

CREATED = {
    "data": {
        "orderCreate": {
            "order": {"id": "gid://shopify/Order/1", "legacyResourceId": "1", "name": "#1"},
            "userErrors": [],
        }
    }
}
NOTHING = {"data": {"orderByIdentifier": None, "orders": {"nodes": []}}}


@pytest.fixture(autouse=True)
def _fresh():
    http._local.__dict__.clear()


def client(url: str, deadline: float = 20.0) -> ShopifyClient:
    return ShopifyClient(
        base_url=url, api_version="2026-10", access_token="shpat_hush", deadline=deadline
    )


def create(one: ShopifyClient) -> object:
    return one.create_order({"note": "größe"}, {})


def look_up(one: ShopifyClient) -> object:
    return one.find_order("1")


BROKEN = {
    "reset": reset,
    "hang-up": hang_up,
    "half-close": half_close,
    "short": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"data":'),
    "html": answer(b"<html>"),
    "empty": answer(b""),
    "500": answer(b'{"errors":"An unexpected error occurred"}', "500 Oops"),
    "502": answer(b"<html>", "502 Bad Gateway"),
    "503": answer(b"", "503 Busy"),
    "504": answer(b"", "504 Slow"),
}


def test_an_order_is_created_below_the_base_address():
    with serving(answer(json.dumps(CREATED).encode())) as server:
        created = client(server.url + "/stores/a").create_order({"note": "größe"}, {})
        request = server.requests[0]
    assert created.data.id == "gid://shopify/Order/1"
    assert request.startswith(b"POST /stores/a/admin/api/2026-10/graphql.json HTTP/1.1\r\n")
    assert b"X-Shopify-Access-Token: shpat_hush\r\n" in request
    body = json.loads(request.partition(b"\r\n\r\n")[2])
    assert body["variables"] == {"order": {"note": "größe"}, "options": {}}


@pytest.mark.parametrize("name", BROKEN)
def test_a_create_is_sent_exactly_once_and_stays_unknown(name: str):
    with serving(BROKEN[name]) as server:
        with pytest.raises(errors.OutcomeUnknown):
            create(client(server.url))
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_look_up_never_takes_a_broken_answer_for_no_order(name: str):
    with serving(BROKEN[name]) as server:
        with pytest.raises(errors.Unreachable):
            look_up(client(server.url))
        assert len(server.requests) <= 2


@pytest.mark.parametrize("name", ["reset", "hang-up", "502", "503"])
def test_a_look_up_is_repeated_once_by_itself(name: str):
    with serving(BROKEN[name], answer(json.dumps(NOTHING).encode())) as server:
        assert client(server.url).find_order("1").data is None
        assert len(server.requests) == 2


def test_a_create_that_never_connected_is_unreachable():
    with pytest.raises(errors.Unreachable, match="Shopify could not be reached"):
        create(client(f"http://127.0.0.1:{closed_port()}"))


@pytest.mark.parametrize(("call", "name"), [(create, "OutcomeUnknown"), (look_up, "Unreachable")])
def test_one_byte_at_a_time_does_not_outlive_the_deadline(call, name: str):
    holder: list[RawServer] = []
    body = json.dumps(CREATED).encode().ljust(4000)
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + body
    with serving(drip(data, holder)) as server:
        holder.append(server)
        started = time.monotonic()
        with pytest.raises(errors.RetryableError) as caught:
            call(client(server.url, deadline=0.5))
        assert time.monotonic() - started < 1.0
    assert type(caught.value).__name__ == name


def test_token_and_order_stand_in_no_error():
    with serving(hang_up) as server, pytest.raises(errors.OutcomeUnknown) as caught:
        client(server.url).create_order({"shippingAddress": {"address1": "1 Hidden St"}}, {})
    told = f"{caught.value!r} {caught.value.__dict__}"
    assert caught.value.__context__ is None
    for secret in ("shpat_hush", "Hidden"):
        assert secret not in told


def test_each_call_passes_the_gate_with_what_its_cost_depends_on():
    gate = NotingGate()
    cost = {
        "requestedQueryCost": 12,
        "actualQueryCost": 11,
        "throttleStatus": {
            "maximumAvailable": 2000,
            "currentlyAvailable": 1989,
            "restoreRate": 100,
        },
    }
    page = {"data": {"productVariants": {"nodes": [], "pageInfo": {"hasNextPage": False}}}}
    bodies = [{**CREATED, "extensions": {"cost": cost}}, page]
    with serving(*[answer(json.dumps(body).encode()) for body in bodies]) as server:
        one = ShopifyClient(
            base_url=server.url, api_version="2026-10", access_token="shpat_hush", gate=gate
        )
        create(one)
        one.variants_page()
    assert gate.calls == [("create_order", False), ("variants_page:100", True)]
    assert gate.costs == [Cost(12, 11, 1989, 2000, 100), None]


def test_a_call_that_is_held_back_is_not_sent():
    class Shut(Gate):
        def call(self, shape, *, safe, guess=1.0):
            raise errors.HeldBack("Not so fast.", retry_after=3.0, pauses=False)

    with serving(answer(json.dumps(CREATED).encode())) as server:
        one = ShopifyClient(
            base_url=server.url, api_version="2026-10", access_token="t", gate=Shut()
        )
        with pytest.raises(errors.HeldBack):
            create(one)
        assert server.requests == []
