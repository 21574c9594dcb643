"""PyPI `shopifyapp` against the sandbox, through an `httpx` transport of our own."""

import time
from typing import Any
from urllib.parse import urlsplit

import checks
import httpx
import jwt
from checks import SHOPIFY_KEY, SHOPIFY_SECRET, STORE, STORE_TOKEN, VERSION, Check, control, equal
from shopify_app import ShopifyApp

CLIENT = "shopifyapp"
SHOP = STORE.partition(".")[0]
SANDBOX = urlsplit(checks.SANDBOX)


class ToSandbox(httpx.BaseTransport):
    """Every request goes to the sandbox; the Host header stays the store's."""

    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=SANDBOX.hostname, port=SANDBOX.port)
        return self.inner.handle_request(request)


http = httpx.Client(transport=ToSandbox(), trust_env=False)
app = ShopifyApp(client_id=SHOPIFY_KEY, client_secret=SHOPIFY_SECRET)


def ask(query: str, variables: Any = None, token: str = STORE_TOKEN, retries: int = 0) -> Any:
    return app.admin_graphql_request(
        query,
        shop=SHOP,
        access_token=token,
        api_version=VERSION,
        variables=variables,
        max_retries=retries,
        http_client=http,
    )


def data(name: str, variables: Any = None) -> Any:
    """The data of one of our documents, sent by this client."""
    result = ask(checks.document(name), variables)
    equal((result.ok, result.log.code), (True, "success"))
    return result.data


def new_order(value: str) -> dict[str, Any]:
    price = {"shopMoney": {"amount": "10.00", "currencyCode": "USD"}}
    return {
        "currency": "USD",
        "lineItems": [{"title": "Tee", "quantity": 2, "priceSet": price, "requiresShipping": True}],
        "sourceIdentifier": value,
        "metafields": [
            {"namespace": "$app", "key": "tiktok_order_id", "type": "id", "value": value}
        ],
    }


def check_orders() -> str:
    with Check(CLIENT, "admin_graphql_request: shop") as check:
        result = ask(checks.document("shop_info"))
        equal((result.ok, result.data["shop"]["myshopifyDomain"]), (True, STORE))
        cost = result.extensions["cost"]
        equal(cost["throttleStatus"]["maximumAvailable"], 2000)
        check.result = f"the shop; cost {cost['actualQueryCost']} of 2000"
    gid = ""
    with Check(CLIENT, "admin_graphql_request: orderCreate, orderByIdentifier") as check:
        definition = {"name": "TikTok order id", "namespace": "$app", "key": "tiktok_order_id",
                      "ownerType": "ORDER", "type": "id"}  # fmt: skip
        made = data("create_metafield_definition", {"definition": definition})
        equal(made["metafieldDefinitionCreate"]["userErrors"], [])
        made = data("create_order", {"order": new_order("576461413038785752")})["orderCreate"]
        equal(made["userErrors"], [])
        gid = made["order"]["id"]
        custom = {"namespace": "$app", "key": "tiktok_order_id", "value": "576461413038785752"}
        found = data("find_order", {"identifier": {"customId": custom}, "search": "name:none"})
        equal(found["orderByIdentifier"]["id"], gid)
        equal(found["orderByIdentifier"]["totalPriceSet"]["shopMoney"]["amount"], "20.0")
        check.result = f"{made['order']['name']}, found by its id metafield"
    with Check(CLIENT, "admin_graphql_request: user errors") as check:
        again = data("create_order", {"order": new_order("576461413038785752")})["orderCreate"]
        equal((again["order"], len(again["userErrors"])), (None, 1))
        equal(len(control("GET", f"shopify/orders?shop={STORE}")["orders"]), 1)
        check.result = f"the same id refused: {again['userErrors'][0]['code']}; still one order"
    return gid


def check_errors() -> None:
    with Check(CLIENT, "admin_graphql_request: a field that is not there") as check:
        result = ask("{ shop { nam } }")
        equal((result.ok, result.log.code), (False, "graphql_errors"))
        equal("undefinedField" in result.response.body, True)
        check.result = "graphql_errors, undefinedField"
    with Check(CLIENT, "admin_graphql_request: THROTTLED, 429") as check:
        control("POST", "faults", action="throttle", platform="shopify", times=1)
        first = ask("{ shop { id } }")
        equal((first.log.code, "THROTTLED" in first.response.body), ("graphql_errors", True))
        control("POST", "faults", action="throttle", platform="shopify", times=1, status=429,
                retry_after="1.0")  # fmt: skip
        second = ask("{ shop { id } }")
        equal((second.log.code, second.response.status), ("rate_limited", 429))
        equal(ask("{ shop { id } }").ok, True)
        check.result = "graphql_errors, then rate_limited, then served"
    with Check(CLIENT, "admin_graphql_request: unknown token, missing scope") as check:
        equal(ask("{ shop { id } }", token="shpat_nobody").log.code, "unauthorized")
        narrow = code_exchange("read_products")["access_token"]
        result = ask("{ orders(first: 1) { nodes { id } } }", token=narrow)
        equal((result.log.code, "ACCESS_DENIED" in result.response.body), ("graphql_errors", True))
        check.result = "unauthorized; ACCESS_DENIED"


def check_fulfillment(gid: str) -> None:
    with Check(CLIENT, "admin_graphql_request: fulfillmentCreate") as check:
        asked = {"id": gid, "first": 5, "lines": 50}
        rows = data("fulfillment_orders", asked)["order"]["fulfillmentOrders"]["nodes"]
        parcel = {
            "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": rows[0]["id"]}],
            "trackingInfo": {"company": "UPS", "number": "1Z999AA10123456784"},
        }
        made = data("create_fulfillment", {"fulfillment": parcel})["fulfillmentCreate"]
        equal((made["userErrors"], made["fulfillment"]["status"]), ([], "SUCCESS"))
        order = ask(
            "query($id: ID!) { order(id: $id) { displayFulfillmentStatus "
            "fulfillments { trackingInfo { number } } } }",
            {"id": gid},
        ).data["order"]
        equal(order["displayFulfillmentStatus"], "FULFILLED")
        equal(order["fulfillments"], [{"trackingInfo": [{"number": "1Z999AA10123456784"}]}])
        check.result = "order FULFILLED with its tracking number"


def check_tokens() -> None:
    with Check(CLIENT, "exchange_using_client_credentials") as check:
        result = app.exchange_using_client_credentials(shop=SHOP, http_client=http)
        equal((result.ok, result.log.code), (True, "success"))
        equal(ask("{ shop { id } }", token=result.access_token.token).ok, True)
        wrong = ShopifyApp(client_id=SHOPIFY_KEY, client_secret="not-the-secret")
        bad = wrong.exchange_using_client_credentials(shop=SHOP, http_client=http)
        equal((bad.ok, bad.log.code), (False, "invalid_client"))
        check.result = "a token that works; a wrong secret: invalid_client"
    with Check(CLIENT, "refresh_token_exchanged_access_token") as check:
        old = {"shop": SHOP, "access_mode": "offline", "scope": "", "token": "",
               "refresh_token": code_exchange()["refresh_token"],
               "expires": "2026-01-01T00:00:00Z"}  # fmt: skip
        result = app.refresh_token_exchanged_access_token(old, http_client=http)
        equal((result.ok, result.log.code), (True, "success"))
        token = result.access_token
        equal(token.refresh_token != old["refresh_token"], True)
        equal(ask("{ shop { id } }", token=token.token).ok, True)
        again = app.refresh_token_exchanged_access_token(old, http_client=http)
        equal(again.ok, False)
        check.result = f"a new pair that works; the old one: {again.log.code}"


def check_session_tokens() -> None:
    now = int(time.time())
    claims = {"iss": f"https://{STORE}/admin", "dest": f"https://{STORE}", "aud": SHOPIFY_KEY,
              "sub": "42", "exp": now + 60, "nbf": now, "iat": now,
              "jti": "1", "sid": "1"}  # fmt: skip
    token = jwt.encode(claims, SHOPIFY_SECRET, algorithm="HS256")
    request = {
        "method": "GET",
        "url": "https://app.example.com/",
        "headers": {"Authorization": f"Bearer {token}"},
        "body": "",
    }
    with Check(CLIENT, "verify_app_home_req, exchange_using_token_exchange (offline)") as check:
        page = app.verify_app_home_req(request, app_home_patch_id_token_path="/patch")
        equal((page.ok, page.shop), (True, SHOP))
        result = app.exchange_using_token_exchange("offline", page.id_token, http_client=http)
        equal((result.ok, result.log.code), (True, "success"))
        equal(result.access_token.refresh_token[:6], "shprt_")
        equal(ask("{ shop { id } }", token=result.access_token.token).ok, True)
        check.result = "the page's token gives an expiring pair that works"
    with Check(CLIENT, "exchange_using_token_exchange (online)") as check:
        result = app.exchange_using_token_exchange("online", page.id_token, http_client=http)
        equal((result.ok, result.access_token.user.account_owner), (True, True))
        equal(
            (result.access_token.refresh_token, result.access_token.access_mode), (None, "online")
        )
        check.result = "a token with its user, without a refresh token"
    with Check(CLIENT, "exchange_using_token_exchange, another app's token") as check:
        foreign = jwt.encode({**claims, "aud": "other"}, SHOPIFY_SECRET, algorithm="HS256")
        given = {"exchangeable": True, "token": foreign, "claims": claims}
        result = app.exchange_using_token_exchange("offline", given, http_client=http)
        equal((result.ok, result.log.code), (False, "invalid_subject_token"))
        check.result = "invalid_subject_token"


def code_exchange(scope: str = "write_orders,read_products") -> dict[str, Any]:
    """An expiring token by the authorization code grant, as a browser and an app get it."""
    given = {"client_id": SHOPIFY_KEY, "scope": scope, "state": "s-1",
             "redirect_uri": "https://app.example.com/callback"}  # fmt: skip
    back = checks.redirect_of(f"/shopify/{STORE}/admin/oauth/authorize", given)
    body = {"client_id": SHOPIFY_KEY, "client_secret": SHOPIFY_SECRET, "code": back["code"],
            "expiring": "1"}  # fmt: skip
    return http.post(f"https://{STORE}/admin/oauth/access_token", json=body).json()


def check_webhooks() -> None:
    receiver = checks.Receiver()

    def judge(headers: dict[str, str], raw: bytes) -> Any:
        request = {"method": "POST", "headers": headers, "url": receiver.url, "body": raw.decode()}
        return app.verify_webhook_req(request)

    with Check(CLIENT, "verify_webhook_req of the sandbox's webhook") as check:
        subscription = {"uri": receiver.url}
        made = data("create_webhook_subscription",
                    {"topic": "ORDERS_CREATE", "subscription": subscription})  # fmt: skip
        equal(made["webhookSubscriptionCreate"]["userErrors"], [])
        data("create_order", {"order": new_order("576461413038785753")})
        headers, raw = receiver.first()
        result = judge(headers, raw)
        equal((result.ok, result.log.code, result.shop), (True, "verified", SHOP))
        check.result = f"{headers['X-Shopify-Topic']}, verified"
    with Check(CLIENT, "verify_webhook_req of a changed webhook") as check:
        codes = [judge(headers, raw + b" ").log.code,
                 judge({**headers, "X-Shopify-Hmac-Sha256": "AAAA"}, raw).log.code]  # fmt: skip
        equal(codes, ["invalid_hmac", "invalid_hmac"])
        control("POST", "faults", action="webhook_wrong_secret", platform="shopify", times=1)
        data("create_order", {"order": new_order("576461413038785754")})
        control("POST", "webhooks/settle")
        equal(judge(*receiver.hooks[1]).log.code, "invalid_hmac")
        check.result = "another body, another signature, another secret: invalid_hmac"
    with Check(CLIENT, "verify_webhook_req of what our code signs") as check:
        rows = checks.read("ours")["shopify_webhooks"]
        for row in rows:
            judge_of = ShopifyApp(client_id=SHOPIFY_KEY, client_secret=row["secret"])
            request = {"method": "POST", "url": receiver.url, "body": row["body"],
                       "headers": {**headers, "X-Shopify-Hmac-Sha256": row["header"]}}  # fmt: skip
            good = judge_of.verify_webhook_req(request).ok
            bad = judge_of.verify_webhook_req({**request, "body": row["body"] + " "}).ok
            equal((good, bad), (True, False))
        check.result = f"{len(rows)} of {len(rows)} accepted, the changed ones refused"


def main() -> None:
    control("POST", "reset")
    gid = check_orders()
    check_errors()
    check_fulfillment(gid)
    check_tokens()
    check_session_tokens()
    check_webhooks()


if __name__ == "__main__":
    main()
