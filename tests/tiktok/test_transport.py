"""Each call to TikTok Shop passes the gate of its endpoint."""

from __future__ import annotations

import json

import pytest

from tests.lib.gates import NotingGate
from tests.lib.raw_server import answer, serving
from tiktoksync.tiktok.client import TikTokClient
from tiktoksync.tiktok.transport import endpoint_of


@pytest.mark.parametrize(
    ("method", "path", "endpoint"),
    [
        ("POST", "/order/202309/orders/search", "POST order/orders/search"),
        ("GET", "/order/202507/orders", "GET order/orders"),
        (
            "POST",
            "/fulfillment/202309/orders/576461413038785752/packages",
            "POST fulfillment/orders/*/packages",
        ),
        (
            "GET",
            "/logistics/202309/delivery_options/7091146663229654786/shipping_providers",
            "GET logistics/delivery_options/*/shipping_providers",
        ),
    ],
)
def test_an_endpoint_is_its_path_without_ids_and_version(
    method: str, path: str, endpoint: str
) -> None:
    assert endpoint_of(method, path) == endpoint


def test_reads_and_writes_pass_the_gate_once_each() -> None:
    gate = NotingGate()
    done = json.dumps({"code": 0, "message": "Success", "data": {"orders": []}}).encode()
    with serving(answer(done), answer(done)) as server:
        client = TikTokClient(
            api_url=server.url, app_key="k", app_secret="s", access_token="t", gate=gate
        )
        client.get_orders(["1", "2"])
        client.put_external_orders([{"id": "1"}])
    assert gate.calls == [
        ("GET order/orders", True),
        ("POST order/orders/external_orders", False),
    ]
