"""PyPI `tiktok-shop-api` against the sandbox, by its `base_url` option."""

import checks
from checks import (
    TIKTOK_KEY,
    TIKTOK_SECRET,
    US_CIPHER,
    US_SHOP,
    US_TOKEN,
    VN_CIPHER,
    VN_TOKEN,
    Check,
    control,
    equal,
    refused,
)
from tiktok_shop_api import TikTokShop, TikTokShopAuth, TikTokShopError, Webhooks
from tiktok_shop_api import WebhookSignatureError as BadSignature
from tiktok_shop_api.generated import models
from tiktok_shop_api.signing import Signer

CLIENT = "tiktok-shop-api"
EVENT = models.UpdateShopWebhookRequestEventType.ORDER_STATUS_CHANGE
GONE = models.DeleteWebhookForAnEventRequestEventType.ORDER_STATUS_CHANGE


def shop(secret: str = TIKTOK_SECRET, token: str = US_TOKEN, cipher: str = US_CIPHER) -> TikTokShop:
    return TikTokShop(TIKTOK_KEY, secret, token, cipher, base_url=checks.SANDBOX)


def place(count: int, **wish: object) -> list[str]:
    return control("POST", "orders", count=count, hold=False, **wish)["ids"]


def search(client: TikTokShop, **query: object) -> dict:
    answer = client.orders.get_order_list(**{"page_size": 20, **query})
    return answer.to_dict()["data"]


def check_reading(us: TikTokShop, ids: list[str]) -> None:
    with Check(CLIENT, "Get Authorized Shops") as check:
        rows = us.authorization.get_authorized_shops().to_dict()["data"]["shops"]
        equal([(row["id"], row["cipher"]) for row in rows], [(US_SHOP, US_CIPHER)])
        check.result = f"{len(rows)} shop, its cipher"
    with Check(CLIENT, "Get Order List, page by page") as check:
        tokens, found = [], []
        while not found or tokens[-1]:
            more = {"page_token": tokens[-1]} if tokens else {}
            page = search(us, page_size=3, sort_field=models.GetOrderListSortField.CREATE_TIME,
                          sort_order=models.GetOrderListSortOrder.ASC, **more)  # fmt: skip
            found += [order["id"] for order in page["orders"]]
            tokens.append(page["next_page_token"])
        equal((found, len(tokens)), (ids, 3))
        equal([sign for sign in "+/=" if sign not in "".join(tokens)], [])
        check.result = f"{len(found)} orders on {len(tokens)} pages, + / = in the page tokens"
    with Check(CLIENT, "Get Order List, filtered by status") as check:
        status = models.GetOrderListRequestOrderStatus
        wanted = {status.AWAITING_SHIPMENT: len(ids), status.CANCELLED: 0}
        for value, count in wanted.items():
            body = models.GetOrderListRequest(order_status=value)
            equal(search(us, body=body)["total_count"], count)
        check.result = f"{len(ids)} AWAITING_SHIPMENT, 0 CANCELLED"
    with Check(CLIENT, "Get Order Detail, two ids as a repeated key") as check:
        orders = us.orders.get_order_detail(ids=ids[:2]).to_dict()["data"]["orders"]
        equal([order["id"] for order in orders], ids[:2])
        equal({order["status"] for order in orders}, {"AWAITING_SHIPMENT"})
        check.result = "2 orders, every field as the client's models want it"
    with Check(CLIENT, "Get Price Detail") as check:
        data = us.orders.get_order_price_details(order_id=ids[0]).to_dict()["data"]
        order = us.orders.get_order_detail(ids=ids[:1]).to_dict()["data"]["orders"][0]
        equal(data["payment"], order["payment"]["total_amount"])
        check.result = f"payment {data['payment']}, as in the order"
    with Check(CLIENT, "Search Products, Get Product") as check:
        rows = us.products.search_products(page_size=5).to_dict()["data"]["products"]
        product = us.products.get_product(product_id=rows[0]["id"]).to_dict()["data"]
        equal((len(rows), product["id"]), (5, rows[0]["id"]))
        check.result = "5 products, the first in full"


def check_refusals(us: TikTokShop) -> None:
    with Check(CLIENT, "wrong signature") as check:
        error = refused(lambda: search(shop(secret="not-the-secret")), TikTokShopError)
        equal((error.code, bool(error.request_id)), (106001, True))
        check.result = "refused with 106001"
    for name, skew, text in (
        ("timestamp 301 s old", 301, "earlier than 5 minutes"),
        ("timestamp 31 s ahead", -32, "more than 30 seconds"),
    ):
        with Check(CLIENT, name) as check:
            control("POST", "faults", action="clock_skew", platform="tiktok", seconds=skew)
            error = refused(lambda: search(us), TikTokShopError)
            equal((error.code, text in error.message), (36009004, True))
            check.result = f"refused with 36009004: {text}"
        control("DELETE", "faults")
    with Check(CLIENT, "timestamps 290 s old and 25 s ahead") as check:
        for skew in (290, -25):
            control("POST", "faults", action="clock_skew", platform="tiktok", seconds=skew)
            search(us)
            control("DELETE", "faults")
        check.result = "both accepted"
    with Check(CLIENT, "unknown token, foreign cipher, no cipher") as check:
        wrong = [shop(token="TTP_nobody"), shop(cipher=VN_CIPHER), shop(cipher="")]
        codes = [refused(lambda one=one: search(one), TikTokShopError).code for one in wrong]
        equal(codes, [36009004, 101000, 106013])
        check.result = "refused with 36009004, 101000, 106013"


def check_shipping(us: TikTokShop, ids: list[str]) -> None:
    with Check(CLIENT, "Get Warehouses, Delivery Options, Shipping Providers") as check:
        places = us.logistics.get_warehouse_list().to_dict()["data"]["warehouses"]
        options = us.logistics.get_warehouse_delivery_options(warehouse_id=places[0]["id"])
        option = options.to_dict()["data"]["delivery_options"][0]
        answer = us.logistics.get_shipping_providers(delivery_option_id=option["id"])
        names = [row["name"] for row in answer.to_dict()["data"]["shipping_providers"]]
        equal("USPS" in names, True)
        check.result = f"{len(places)} warehouses, {len(names)} carriers"
    with Check(CLIENT, "Mark Package As Shipped (US)") as check:
        provider = provider_of(us, ids[0])
        order = us.orders.get_order_detail(ids=ids[:1]).to_dict()["data"]["orders"][0]
        line = models.ConfirmOrderSplitRequestSplittableGroupsV2OrderLineList
        lines = [line(order_line_id=row["id"]) for row in order["line_items"]]
        info = models.ShippingInfoList(tracking_number="1Z999AA10123456784",
                                       shipping_provider_id=provider)  # fmt: skip
        body = models.MarkPackageAsShippedRequest(order_line_list=lines, shipping_info_list=[info])
        done = us.fulfillment.mark_package_as_shipped(order_id=ids[0], body=body).to_dict()["data"]
        check.result = prove_shipped(ids[0], "1Z999AA10123456784", done["package_id"])
        error = refused(
            lambda: us.fulfillment.mark_package_as_shipped(order_id=ids[0], body=body),
            TikTokShopError,
        )
        check.result += f"; again: refused with {error.code}"
    with Check(CLIENT, "Search Package, Get Package Detail") as check:
        rows = us.fulfillment.search_package(page_size=10).to_dict()["data"]["packages"]
        detail = us.fulfillment.get_package_detail(package_id=rows[0]["id"]).to_dict()["data"]
        equal(detail["tracking_number"], "1Z999AA10123456784")
        check.result = f"package {detail['package_status']} with its tracking number"
    with Check(CLIENT, "Ship Package (VN)") as check:
        vn = shop(token=VN_TOKEN, cipher=VN_CIPHER)
        (order_id,) = place(1, shop="VN")
        order = vn.orders.get_order_detail(ids=[order_id]).to_dict()["data"]["orders"][0]
        package = order["packages"][0]["id"]
        own = models.SelfShipment("VN12345678", provider_of(vn, order_id))
        body = models.ShipPackageRequest(self_shipment=own)
        vn.fulfillment.ship_package(package_id=package, body=body)
        check.result = prove_shipped(order_id, "VN12345678", package)


def provider_of(client: TikTokShop, order_id: str) -> str:
    order = client.orders.get_order_detail(ids=[order_id]).to_dict()["data"]["orders"][0]
    option = order["delivery_option_id"]
    answer = client.logistics.get_shipping_providers(delivery_option_id=option)
    return answer.to_dict()["data"]["shipping_providers"][0]["id"]


def prove_shipped(order_id: str, number: str, package_id: str) -> str:
    """The sandbox's own books say what the client did."""
    shown = control("GET", f"orders/{order_id}")
    order = shown["order"]
    equal(order["status"], "AWAITING_COLLECTION")
    found = {(row["tracking_number"], row["package_id"]) for row in order["line_items"]}
    equal(found, {(number, package_id)})
    return f"order {order['status']}, every line with {number}"


def check_references(us: TikTokShop, ids: list[str]) -> None:
    with Check(CLIENT, "Add, Get and Search External Order References") as check:
        order = us.orders.get_order_detail(ids=ids[1:2]).to_dict()["data"]["orders"][0]
        lines = [{"id": "1", "origin_id": row["id"]} for row in order["line_items"]]
        external = {"id": "5678", "platform": "SHOPIFY", "line_items": lines}
        body = {"orders": [{"id": ids[1], "external_order": external}]}
        us.orders.add_external_order_references(
            body=models.AddExternalOrderReferencesRequest.from_dict(body)
        )
        answer = us.orders.get_external_order_references(
            order_id=ids[1], platform=models.GetExternalOrderReferencesPlatform.SHOPIFY
        )
        equal(answer.to_dict()["data"]["external_orders"], [external])
        answer = us.orders.search_orders_by_external_order_reference(
            platform=models.SearchOrdersByExternalOrderReferencePlatform.SHOPIFY,
            external_order_id="5678",
        )
        equal([row["id"] for row in answer.to_dict()["data"]["orders"]], [ids[1]])
        check.result = "written, read back, found by the other side's id"


def check_webhooks(us: TikTokShop) -> None:
    receiver = checks.Receiver()
    with Check(CLIENT, "Update, Get and Delete Shop Webhook") as check:
        us.event.update_shop_webhook(
            body=models.UpdateShopWebhookRequest(address=receiver.url, event_type=EVENT)
        )
        rows = us.event.get_shop_webhooks().to_dict()["data"]["webhooks"]
        equal([(row["event_type"], row["address"]) for row in rows], [(str(EVENT), receiver.url)])
        (order_id,) = place(1)
        headers, raw = receiver.first()
        us.event.delete_webhook_for_an_event(body=models.DeleteWebhookForAnEventRequest(GONE))
        equal(us.event.get_shop_webhooks().to_dict()["data"]["total_count"], 0)
        check.result = "bodies with PUT and DELETE accepted, the list follows"
    with Check(CLIENT, "Webhooks.verify_and_parse of the sandbox's webhook") as check:
        event = verify(raw, headers["Authorization"])
        equal(type(event).__name__, "OrderStatusChangeWebhook")
        equal((event.shop_id, event.data.order_id), (US_SHOP, order_id))
        check.result = f"{type(event).__name__}, accepted"
    with Check(CLIENT, "Webhooks.verify_and_parse of a changed webhook") as check:
        refused(lambda: verify(raw.replace(b'"type":1', b'"type":2'), headers["Authorization"]),
                BadSignature)  # fmt: skip
        refused(lambda: verify(raw + b" ", headers["Authorization"]), BadSignature)
        refused(lambda: verify(raw, headers["Authorization"].upper()), BadSignature)
        check.result = "another body, a longer one and another signature refused"


def verify(raw: bytes, signature: str) -> object:
    return Webhooks.verify_and_parse(
        app_key=TIKTOK_KEY, app_secret=TIKTOK_SECRET, raw_body=raw, signature=signature
    )


def check_tokens() -> None:
    def auth(secret: str = TIKTOK_SECRET) -> TikTokShopAuth:
        return TikTokShopAuth(TIKTOK_KEY, secret, base_url=checks.SANDBOX)

    given = {"service_id": "7300000000000000001", "state": "s-1", "shop_id": US_SHOP}
    with Check(CLIENT, "exchange_code") as check:
        back = checks.redirect_of("/open/authorize", given)
        equal(back["state"], "s-1")
        first = auth().exchange_code(back["code"])
        equal(search(shop(token=first.access_token))["total_count"] > 0, True)
        refused(lambda: auth().exchange_code(back["code"]), TikTokShopError)
        check.result = "a pair that works; the code does not work twice"
    with Check(CLIENT, "refresh") as check:
        second = auth().refresh(first.refresh_token)
        equal(second.refresh_token != first.refresh_token, True)
        equal(second.refresh_token_expire_in, first.refresh_token_expire_in)
        equal(search(shop(token=second.access_token))["total_count"] > 0, True)
        check.result = "a new pair that works, the consent ends when it did"
    with Check(CLIENT, "token calls that are wrong") as check:
        calls = (
            lambda: auth().exchange_code("nothing"),
            lambda: auth().refresh("nothing"),
            lambda: auth("not-the-secret").refresh(second.refresh_token),
        )
        codes = [refused(call, TikTokShopError).code for call in calls]
        equal(codes, [36004004, 36004005, 36009004])
        check.result = "refused with 36004004, 36004005, 36009004"


def check_our_signatures() -> None:
    with Check(CLIENT, "Signer.sign, and our signature of the same request") as check:
        rows = checks.read("ours")["requests"]
        for row in rows:
            mine = Signer.sign(path=row["path"], query=list(row["query"].items()),
                               content_type=row["content_type"], body=row["body"] or None,
                               app_secret=row["secret"])  # fmt: skip
            equal((row["name"], row["sign"]), (row["name"], mine))
        check.result = f"{len(rows)} of {len(rows)} equal, seed {checks.read('ours')['seed']}"
    with Check(CLIENT, "Webhooks.verify of what our code signs") as check:
        rows = checks.read("ours")["tiktok_webhooks"]
        for row in rows:
            given = {"app_key": row["app_key"], "app_secret": row["secret"]}
            good = Webhooks.verify(**given, raw_body=row["body"], signature=row["header"])
            bad = Webhooks.verify(**given, raw_body=row["body"] + " ", signature=row["header"])
            equal((good, bad), (True, False))
        check.result = f"{len(rows)} of {len(rows)} accepted, the changed ones refused"


def main() -> None:
    control("POST", "reset")
    us = shop()
    ids = place(8)
    check_reading(us, ids)
    check_refusals(us)
    check_references(us, ids)
    check_shipping(us, ids)
    check_webhooks(us)
    check_tokens()
    check_our_signatures()


if __name__ == "__main__":
    main()
