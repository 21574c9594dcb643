"""What other connectors do to the same store."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from tests.flows.world import US_STORE, World


def another_app_makes(world: World, **order: Any) -> str:
    """A Shopify order by another connector; returns its name."""
    line = {"title": "Mug", "quantity": 1, "priceSet": money("10"), "requiresShipping": True}
    document = (
        "mutation M($order: OrderCreateOrderInput!) { orderCreate(order: $order) "
        "{ order { name } userErrors { field message } } }"
    )
    body = {"query": document, "variables": {"order": {"lineItems": [line], **order}}}
    address = f"{world.url}/shopify/{US_STORE}/admin/api/2026-10/graphql.json"
    request = Request(address, json.dumps(body).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("X-Shopify-Access-Token", "shpat_sandbox-us")
    with urlopen(request, timeout=30) as answer:
        made = json.load(answer)["data"]["orderCreate"]
    assert made["userErrors"] == []
    return str(made["order"]["name"])


def money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "USD"}}
