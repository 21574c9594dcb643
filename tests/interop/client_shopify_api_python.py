"""PyPI `ShopifyAPI` against the sandbox: `urllib` is told where https addresses are answered."""

import http.client
import json
import random
import urllib.request
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import checks
import shopify
from checks import (
    SHOPIFY_KEY,
    SHOPIFY_SECRET,
    STORE,
    STORE_TOKEN,
    VERSION,
    Check,
    control,
    equal,
    refused,
)
from shopify.session import ValidationException

CLIENT = "ShopifyAPI"
SANDBOX = urlsplit(checks.SANDBOX)
SEED = 20261124


class ToSandbox(urllib.request.HTTPSHandler):
    """Answers every https address with the sandbox; the Host header stays the store's."""

    def https_open(self, request: urllib.request.Request) -> Any:
        def connect(_host: str, **more: Any) -> http.client.HTTPConnection:
            timeout = more.get("timeout")
            return http.client.HTTPConnection(SANDBOX.hostname or "", SANDBOX.port, timeout=timeout)

        return self.do_open(connect, request)


def ask(query: str, variables: Any = None, token: str = STORE_TOKEN) -> Any:
    shopify.ShopifyResource.activate_session(shopify.Session(STORE, VERSION, token))
    return json.loads(shopify.GraphQL().execute(query, variables))


def data(name: str, variables: Any = None) -> Any:
    """The data of one of our documents, sent by this client."""
    answer = ask(checks.document(name), variables)
    equal(answer.get("errors"), None)
    return answer["data"]


def new_order(value: str) -> dict[str, Any]:
    price = {"shopMoney": {"amount": "12.50", "currencyCode": "USD"}}
    return {
        "currency": "USD",
        "lineItems": [{"title": "Mug", "quantity": 1, "priceSet": price, "requiresShipping": True}],
        "metafields": [
            {"namespace": "$app", "key": "tiktok_order_id", "type": "id", "value": value}
        ],
    }


def check_graphql() -> None:
    with Check(CLIENT, "GraphQL.execute: shop") as check:
        answer = ask(checks.document("shop_info"))
        equal(answer["data"]["shop"]["myshopifyDomain"], STORE)
        check.result = f"the shop; cost {answer['extensions']['cost']['actualQueryCost']}"
    with Check(
        CLIENT, "GraphQL.execute: orderCreate, orderByIdentifier, fulfillmentCreate"
    ) as check:
        definition = {"name": "TikTok order id", "namespace": "$app", "key": "tiktok_order_id",
                      "ownerType": "ORDER", "type": "id"}  # fmt: skip
        data("create_metafield_definition", {"definition": definition})
        made = data("create_order", {"order": new_order("1")})["orderCreate"]
        equal(made["userErrors"], [])
        custom = {"namespace": "$app", "key": "tiktok_order_id", "value": "1"}
        found = data("find_order", {"identifier": {"customId": custom}, "search": "name:none"})
        equal(found["orderByIdentifier"]["id"], made["order"]["id"])
        asked = {"id": made["order"]["id"], "first": 5, "lines": 50}
        rows = data("fulfillment_orders", asked)["order"]["fulfillmentOrders"]["nodes"]
        parcel = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": rows[0]["id"]}]}
        done = data("create_fulfillment", {"fulfillment": parcel})["fulfillmentCreate"]
        equal(done["userErrors"], [])
        closed = data("fulfillment_orders", asked)["order"]["fulfillmentOrders"]["nodes"]
        equal([row["status"] for row in closed], ["CLOSED"])
        check.result = f"{made['order']['name']} created, found, fulfilled"
    with Check(CLIENT, "GraphQL.execute: user errors, THROTTLED, unknown token") as check:
        again = data("create_order", {"order": new_order("1")})["orderCreate"]
        equal((again["order"], len(again["userErrors"])), (None, 1))
        control("POST", "faults", action="throttle", platform="shopify", times=1)
        answer = ask("{ shop { id } }")
        equal(answer["errors"][0]["extensions"]["code"], "THROTTLED")
        equal("data" in answer, False)
        error = refused(lambda: ask("{ shop { id } }", token="shpat_x"), urllib.error.HTTPError)
        equal(error.code, 401)
        check.result = f"{again['userErrors'][0]['code']}; THROTTLED without data; HTTP 401"


def authorized(state: str = "s-1") -> dict[str, str]:
    """The parameters with which a merchant's browser comes back, by the client's own link."""
    link = shopify.Session(STORE, VERSION).create_permission_url(
        ["write_orders", "read_products"], "https://app.example.com/callback", state
    )
    query = dict(parse_qsl(urlsplit(link).query))
    return checks.redirect_of(f"/shopify/{STORE}{urlsplit(link).path}", query)


def check_oauth() -> None:
    with Check(CLIENT, "Session.validate_params of the authorize redirect") as check:
        back = authorized("a state & more = 100%")
        equal((back["state"], back["shop"]), ("a state & more = 100%", STORE))
        plain = authorized()
        equal(shopify.Session.validate_params(plain), True)
        for name in ("shop", "state", "code", "timestamp"):
            equal(shopify.Session.validate_params({**plain, name: plain[name] + "1"}), False)
        check.result = "accepted; another shop, state, code and time refused"
    with Check(CLIENT, "Session.request_token") as check:
        params = authorized()
        session = shopify.Session(STORE, VERSION)
        token = session.request_token(params)
        equal(set(str(session.access_scopes).split(",")), {"read_products", "write_orders"})
        equal(ask("{ shop { id } }", token=token)["data"]["shop"]["id"][:19], "gid://shopify/Shop/")
        again = shopify.Session(STORE, VERSION)
        error = refused(lambda: again.request_token(params), urllib.error.HTTPError)
        forged = {**authorized(), "shop": "other.myshopify.com"}
        refused(lambda: again.request_token(forged), ValidationException)
        check.result = f"a token that works; the code again: HTTP {error.code}"


def sign_callbacks() -> None:
    """Callbacks signed by this client, for our code to judge."""
    dice = random.Random(SEED)
    rows = []
    for number in range(50):
        secret = f"shpss_{dice.randrange(10**12)}"
        params = {
            "code": f"{dice.randrange(16**32):032x}",
            "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvZGVtby11cw",
            "shop": f"shop-{number}.myshopify.com",
            "state": f"{dice.randrange(16**16):x}",
            "timestamp": str(1760000000 + dice.randrange(10**7)),
        }
        shopify.Session.secret = secret
        params["hmac"] = shopify.Session.calculate_hmac(params)
        rows.append({"secret": secret, "params": params})
    shopify.Session.secret = SHOPIFY_SECRET
    checks.leave(CLIENT, {"queries": rows})


def main() -> None:
    urllib.request.install_opener(
        urllib.request.build_opener(urllib.request.ProxyHandler({}), ToSandbox)
    )
    shopify.Session.setup(api_key=SHOPIFY_KEY, secret=SHOPIFY_SECRET)
    control("POST", "reset")
    check_graphql()
    check_oauth()
    sign_callbacks()


if __name__ == "__main__":
    main()
