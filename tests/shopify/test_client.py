"""The Shopify client: what is asked, what comes back, and what an odd answer means."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.shopify.fake_store import REQUEST_ID, always, connect, response
from tiktoksync import errors
from tiktoksync.lib.answers import Cost
from tiktoksync.shopify.payloads import (
    CancelJob,
    ChangedOrder,
    ChangedPage,
    CreatedFulfillment,
    CreatedOrder,
    FoundOrder,
    MetafieldDefinition,
    ShopInfo,
    Tracking,
    WebhookSubscription,
)
from tiktoksync.shopify.transport import load_document

GID = "gid://shopify/Order/6011000000001"
TIKTOK_ID = "576912345678901234"
CREATED = {"id": GID, "legacyResourceId": "6011000000001", "name": "#1042"}


def found_row(gid: str = GID, source: str | None = TIKTOK_ID, **more: object) -> dict:
    return {
        "id": gid,
        "legacyResourceId": gid.rpartition("/")[2],
        "name": "#1042",
        "sourceIdentifier": source,
        "createdAt": "2026-11-20T08:16:02Z",
        "cancelledAt": None,
        "totalPriceSet": {"shopMoney": {"amount": "34.1", "currencyCode": "USD"}},
        **more,
    }


FOUND = FoundOrder(
    id=GID,
    legacy_id="6011000000001",
    name="#1042",
    witness="identifier",
    source_identifier=TIKTOK_ID,
    created_at="2026-11-20T08:16:02Z",
    cancelled_at=None,
    total=Decimal("34.1"),
    currency="USD",
)


def test_a_request_carries_document_variables_token_and_version(monkeypatch):
    client, store = connect(monkeypatch, always({"shop": {}, "x": 1}))
    answer = client.execute("find_order", {"search": "s"}, safe=True)
    sent = store.sent[0]
    assert sent["method"] == "POST"
    assert sent["url"] == "https://example.myshopify.com/admin/api/2026-10/graphql.json"
    assert sent["headers"]["X-Shopify-Access-Token"] == "shpat_hush"
    assert sent["headers"]["Content-Type"] == "application/json"
    assert sent["body"] == {"query": load_document("find_order"), "variables": {"search": "s"}}
    assert (sent["safe"], sent["deadline"], sent["peer"]) == (True, 20.0, "Shopify")
    assert answer.request_id == REQUEST_ID
    assert answer.cost == Cost(11.0, 10.0, 1990.0, 2000.0, 100.0)


def test_decimals_travel_as_text_and_nothing_else_is_guessed(monkeypatch):
    client, store = connect(monkeypatch, always({"a": 1}))
    client.execute("find_order", {"amount": Decimal("35.90")}, safe=True)
    assert store.asked[0][1] == {"amount": "35.90"}
    with pytest.raises(TypeError):
        client.execute("find_order", {"amount": object()}, safe=True)


# Creating


def test_creates_an_order_with_one_write(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderCreate": {"order": CREATED, "userErrors": []}})
    )
    answer = client.create_order({"currency": "USD"}, {"sendReceipt": False})
    assert answer.data == CreatedOrder(GID, "6011000000001", "#1042")
    assert answer.request_id == REQUEST_ID
    assert store.asked == [
        ("CreateOrder", {"order": {"currency": "USD"}, "options": {"sendReceipt": False}})
    ]
    assert store.sent[0]["safe"] is False


def test_refused_orders_are_rejected_with_field(monkeypatch):
    refused = {"field": ["order", "lineItems"], "code": "INVALID", "message": "Empty"}
    data = {"orderCreate": {"order": None, "userErrors": [refused]}}
    client, store = connect(monkeypatch, always(data))
    with pytest.raises(errors.Rejected) as caught:
        client.create_order({}, {})
    assert (caught.value.field, caught.value.request_id) == ("order.lineItems", REQUEST_ID)
    assert len(store.asked) == 1


def test_an_id_that_came_is_never_thrown_away(monkeypatch):
    remark = {"field": None, "code": "INVALID", "message": "But"}
    data = {"orderCreate": {"order": CREATED, "userErrors": [remark]}}
    client, _ = connect(monkeypatch, always(data))
    assert client.create_order({}, {}).data.id == GID


@pytest.mark.parametrize(
    "data",
    [
        {"orderCreate": {"order": None, "userErrors": []}},
        {"orderCreate": {"order": {"id": None}, "userErrors": []}},
        {"orderCreate": None},
        {"other": 1},
    ],
)
def test_a_create_without_order_and_without_refusal_is_unknown(monkeypatch, data: dict):
    client, store = connect(monkeypatch, always(data))
    with pytest.raises(errors.OutcomeUnknown):
        client.create_order({}, {})
    assert len(store.asked) == 1


def test_a_create_that_lost_its_order_to_an_inner_error_is_unknown(monkeypatch):
    body = {
        "data": {"orderCreate": {"order": None, "userErrors": []}},
        "errors": [
            {
                "message": "Internal error",
                "path": ["orderCreate", "order"],
                "extensions": {"code": "INTERNAL_SERVER_ERROR"},
            }
        ],
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.OutcomeUnknown):
        client.create_order({}, {})


def test_the_minute_limit_of_a_development_store_waits_a_minute(monkeypatch):
    text = "Exceeded order API rate limit, please try again in a minute."
    data = {"orderCreate": {"order": None, "userErrors": [{"field": None, "message": text}]}}
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.RateLimited) as caught:
        client.create_order({}, {})
    assert caught.value.retry_after == 60.0


# Looking up


def test_looks_by_identifier_and_by_source_identifier_in_one_document(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderByIdentifier": found_row(), "orders": {"nodes": [found_row()]}})
    )
    assert client.find_order(TIKTOK_ID).data == FOUND
    custom = {"namespace": "$app", "key": "tiktok_order_id", "value": TIKTOK_ID}
    assert store.asked == [
        (
            "FindOrder",
            {
                "identifier": {"customId": custom},
                "search": f"source_identifier:'{TIKTOK_ID}'",
            },
        )
    ]
    assert store.sent[0]["safe"] is True


def test_the_source_identifier_is_a_second_witness(monkeypatch):
    data = {"orderByIdentifier": None, "orders": {"nodes": [found_row()]}}
    client, _ = connect(monkeypatch, always(data))
    found = client.find_order(TIKTOK_ID).data
    assert found is not None
    assert (found.id, found.witness) == (GID, "source_identifier")


@pytest.mark.parametrize("source", [TIKTOK_ID[:-1], TIKTOK_ID + "0", " " + TIKTOK_ID, None, ""])
def test_a_search_result_with_another_source_identifier_is_not_it(monkeypatch, source):
    data = {"orderByIdentifier": None, "orders": {"nodes": [found_row(source=source)]}}
    client, _ = connect(monkeypatch, always(data))
    assert client.find_order(TIKTOK_ID).data is None


def test_nothing_found_is_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"orderByIdentifier": None, "orders": {"nodes": []}}))
    assert client.find_order(TIKTOK_ID).data is None


def test_other_orders_with_the_same_identity_are_told(monkeypatch):
    rows = [found_row("gid://shopify/Order/1"), found_row(), found_row("gid://shopify/Order/3")]
    data = {"orderByIdentifier": found_row(), "orders": {"nodes": rows}}
    client, _ = connect(monkeypatch, always(data))
    found = client.find_order(TIKTOK_ID).data
    assert found is not None
    assert found.doubles == ("gid://shopify/Order/1", "gid://shopify/Order/3")
    data["orderByIdentifier"] = None
    second = client.find_order(TIKTOK_ID).data
    assert second is not None
    assert second.id == "gid://shopify/Order/1"
    assert second.doubles == (GID, "gid://shopify/Order/3")


def test_a_missing_definition_is_a_configuration_error_and_never_none(monkeypatch):
    body = {
        "data": {"orderByIdentifier": None, "orders": {"nodes": []}},
        "errors": [
            {
                "message": "Metafield definition of type 'id' is required when using custom ids.",
                "path": ["orderByIdentifier"],
                "extensions": {"code": "NOT_FOUND"},
            }
        ],
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.ConfigError):
        client.find_order(TIKTOK_ID)


def test_an_ignored_search_term_is_an_error_in_a_look_up(monkeypatch):
    warning = {"field": "source_identifier", "message": "Invalid search field for this query."}
    body = {
        "data": {"orderByIdentifier": None, "orders": {"nodes": []}},
        "extensions": {"search": [{"path": ["orders"], "warnings": [warning]}]},
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.ConfigError):
        client.find_order(TIKTOK_ID)


@pytest.mark.parametrize(
    "data",
    [
        {"orders": {"nodes": []}},
        {"orderByIdentifier": None},
        {"orderByIdentifier": None, "orders": None},
        {"orderByIdentifier": None, "orders": []},
    ],
)
def test_half_an_answer_is_never_read_as_no_order(monkeypatch, data: dict):
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.Unreachable):
        client.find_order(TIKTOK_ID)


def test_another_field_can_hold_the_id(monkeypatch):
    client, store = connect(
        monkeypatch, always({"orderByIdentifier": None, "orders": {"nodes": []}})
    )
    client.find_order("it's", namespace="custom", key="k")
    assert store.asked[0][1] == {
        "identifier": {"customId": {"namespace": "custom", "key": "k", "value": "it's"}},
        "search": r"source_identifier:'it\'s'",
    }


# Polling


def test_lists_changed_orders_oldest_first(monkeypatch):
    nodes = [{"id": GID, "updatedAt": "2026-11-20T08:16:02Z"}]
    page = {"nodes": nodes, "pageInfo": {"hasNextPage": True, "endCursor": "c2"}}
    client, store = connect(monkeypatch, always({"orders": page}))
    since = datetime(2026, 11, 20, 8, tzinfo=UTC)
    answer = client.orders_updated_since(since, source_name="tiktok-shop", after="c1")
    moment = datetime(2026, 11, 20, 8, 16, 2, tzinfo=UTC)
    assert answer.data == ChangedPage((ChangedOrder(GID, moment),), "c2")
    assert store.asked == [
        (
            "OrdersUpdatedSince",
            {
                "search": "updated_at:>='2026-11-20T08:00:00Z' source_name:'tiktok-shop'",
                "first": 100,
                "after": "c1",
            },
        )
    ]
    assert "sortKey: UPDATED_AT" in load_document("orders_updated_since")


def test_the_last_page_has_no_cursor(monkeypatch):
    page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": "c2"}}
    client, store = connect(monkeypatch, always({"orders": page}))
    since = datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert client.orders_updated_since(since).data == ChangedPage((), "")
    assert store.asked[0][1] == {
        "search": "updated_at:>='2026-11-20T08:00:00Z'",
        "first": 100,
        "after": None,
    }


def test_an_ignored_search_term_is_tolerated_in_a_poll(monkeypatch):
    warning = {"field": "source_name", "message": "Invalid search field for this query."}
    body = {
        "data": {"orders": {"nodes": [], "pageInfo": {}}},
        "extensions": {"search": [{"warnings": [warning]}]},
    }
    client, _ = connect(monkeypatch, always(response(body)))
    answer = client.orders_updated_since(datetime(2026, 11, 20, tzinfo=UTC), source_name="x")
    assert answer.warnings == ("search source_name: Invalid search field for this query.",)


def test_a_poll_without_its_list_is_not_an_empty_poll(monkeypatch):
    client, _ = connect(monkeypatch, always({"orders": None}))
    with pytest.raises(errors.Unreachable):
        client.orders_updated_since(datetime(2026, 11, 20, tzinfo=UTC))


# Variants


def variant(sku: str) -> dict:
    return {
        "id": f"gid://shopify/ProductVariant/{sku}",
        "sku": sku,
        "title": "M",
        "price": "10.0",
        "product": {"id": "gid://shopify/Product/1", "title": "Tee"},
        "inventoryItem": {"id": "gid://shopify/InventoryItem/1"},
    }


def test_finds_variants_page_by_page(monkeypatch):
    pages = {
        None: {"nodes": [variant("A")], "pageInfo": {"hasNextPage": True, "endCursor": "c1"}},
        "c1": {"nodes": [variant("a")], "pageInfo": {"hasNextPage": False, "endCursor": None}},
    }
    client, store = connect(
        monkeypatch, lambda name, variables: {"productVariants": pages[variables["after"]]}
    )
    answer = client.find_variants(["A", "B:1", "A", " ", ""])
    assert answer.data == [variant("A"), variant("a")]
    assert [variables["after"] for _, variables in store.asked] == [None, "c1"]
    assert store.asked[0][1]["search"] == r"sku:'A' OR sku:'B\:1'"
    assert answer.cost == Cost(22.0, 20.0, 1990.0, 2000.0, 100.0)
    assert answer.elapsed == 0.5


def test_a_page_that_leads_to_itself_does_not_loop(monkeypatch):
    page = {"nodes": [variant("A")], "pageInfo": {"hasNextPage": True, "endCursor": "c1"}}
    client, store = connect(monkeypatch, always({"productVariants": page}))
    client.find_variants(["A"])
    assert len(store.asked) == 2


def test_variants_beyond_what_is_read_are_told(monkeypatch):
    def endless(name: str, variables: dict) -> dict:
        cursor = str(int(variables["after"] or 0) + 1)
        info = {"hasNextPage": True, "endCursor": cursor}
        return {"productVariants": {"nodes": [variant("A")], "pageInfo": info}}

    client, store = connect(monkeypatch, endless)
    answer = client.find_variants(["A"])
    assert len(store.asked) == 20
    assert answer.warnings == ("more variants look like these SKUs than are read",)


def test_no_skus_ask_nobody(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    assert client.find_variants(["", "  "]).data == []
    assert store.asked == []


def test_more_than_twenty_five_skus_are_a_mistake_of_the_caller(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    with pytest.raises(ValueError, match="25"):
        client.find_variants([str(number) for number in range(26)])
    assert store.asked == []


def test_a_failed_variant_search_is_not_an_empty_one(monkeypatch):
    client, _ = connect(monkeypatch, always({"productVariants": None}))
    with pytest.raises(errors.Unreachable):
        client.find_variants(["A"])


# Cancelling and fulfilling


def test_cancels_without_mail_or_refund(monkeypatch):
    payload = {"job": {"id": "gid://shopify/Job/1", "done": False}, "orderCancelUserErrors": []}
    client, store = connect(monkeypatch, always({"orderCancel": payload}))
    answer = client.cancel_order(GID, reason="CUSTOMER", restock=True, staff_note="n" * 300)
    assert answer.data == CancelJob("gid://shopify/Job/1", False)
    assert store.asked == [
        (
            "CancelOrder",
            {"orderId": GID, "reason": "CUSTOMER", "restock": True, "staffNote": "n" * 255},
        )
    ]
    document = load_document("cancel_order")
    assert "notifyCustomer: false" in document
    assert "refund" not in document.lower().replace("ordercancelusererrors", "")
    assert store.sent[0]["safe"] is False


def test_a_refused_cancel_is_rejected(monkeypatch):
    text = "Cannot cancel an order that has already been canceled"
    payload = {"job": None, "orderCancelUserErrors": [{"message": text, "code": "INVALID"}]}
    client, _ = connect(monkeypatch, always({"orderCancel": payload}))
    with pytest.raises(errors.Rejected, match="already been canceled"):
        client.cancel_order(GID, reason="OTHER", restock=False)


def test_a_cancel_without_a_payload_is_unknown(monkeypatch):
    client, _ = connect(monkeypatch, always({"orderCancel": None}))
    with pytest.raises(errors.OutcomeUnknown):
        client.cancel_order(GID, reason="OTHER", restock=False)


def test_ships_lines_of_a_fulfillment_order(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9", "legacyResourceId": "9", "status": "SUCCESS"}
    client, store = connect(
        monkeypatch, always({"fulfillmentCreate": {"fulfillment": made, "userErrors": []}})
    )
    answer = client.create_fulfillment(
        "gid://shopify/FulfillmentOrder/1", [("l1", 2)], Tracking("USPS", "94", "")
    )
    assert answer.data == CreatedFulfillment("gid://shopify/Fulfillment/9", "9", "SUCCESS")
    assert store.asked[0][1] == {
        "fulfillment": {
            "lineItemsByFulfillmentOrder": [
                {
                    "fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1",
                    "fulfillmentOrderLineItems": [{"id": "l1", "quantity": 2}],
                }
            ],
            "notifyCustomer": False,
            "trackingInfo": {"company": "USPS", "number": "94"},
        }
    }
    assert store.sent[0]["safe"] is False


def test_no_lines_ship_all_that_is_left(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9"}
    client, store = connect(
        monkeypatch, always({"fulfillmentCreate": {"fulfillment": made, "userErrors": []}})
    )
    client.create_fulfillment("fo", [])
    assert store.asked[0][1]["fulfillment"] == {
        "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": "fo"}],
        "notifyCustomer": False,
    }


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (None, "OutcomeUnknown"),
        ({"fulfillment": None, "userErrors": []}, "OutcomeUnknown"),
        (
            {
                "fulfillment": None,
                "userErrors": [
                    {"field": ["fulfillment"], "message": "Fulfillment order does not exist."}
                ],
            },
            "Rejected",
        ),
    ],
)
def test_a_fulfillment_that_was_not_made(monkeypatch, payload: object, name: str):
    client, _ = connect(monkeypatch, always({"fulfillmentCreate": payload}))
    with pytest.raises(errors.SyncError) as caught:
        client.create_fulfillment("fo", [("l1", 1)])
    assert type(caught.value).__name__ == name


def fulfillment_line(number: int) -> dict:
    return {"id": f"l{number}", "totalQuantity": 1, "remainingQuantity": 1, "lineItem": {}}


def test_reads_all_fulfillment_orders_with_all_lines(monkeypatch):
    def info(cursor: str) -> dict:
        return {"hasNextPage": bool(cursor), "endCursor": cursor or None}

    first = {
        "id": "fo1",
        "lineItems": {"nodes": [fulfillment_line(1)], "pageInfo": info("l1")},
    }
    second = {"id": "fo2", "lineItems": {"nodes": [fulfillment_line(3)], "pageInfo": info("")}}

    def handler(name: str, variables: dict) -> dict:
        if name == "FulfillmentOrderLines":
            lines = {"nodes": [fulfillment_line(2)], "pageInfo": info("")}
            return {"fulfillmentOrder": {"id": "fo1", "lineItems": lines}}
        page = [first, "fo1"] if variables["after"] is None else [second, ""]
        orders = {"nodes": [page[0]], "pageInfo": info(page[1])}
        return {"order": {"id": GID, "fulfillmentOrders": orders}}

    client, store = connect(monkeypatch, handler)
    rows = client.fulfillment_orders(GID).data
    assert rows is not None
    assert [(row["id"], [line["id"] for line in row["lineItems"]["nodes"]]) for row in rows] == [
        ("fo1", ["l1", "l2"]),
        ("fo2", ["l3"]),
    ]
    assert [name for name, _ in store.asked] == [
        "FulfillmentOrders",
        "FulfillmentOrders",
        "FulfillmentOrderLines",
    ]


def test_fulfillment_orders_of_an_order_that_is_gone_are_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"order": None}))
    assert client.fulfillment_orders(GID).data is None


# The store itself


SHOP = {
    "shop": {
        "id": "gid://shopify/Shop/1",
        "name": "Example",
        "myshopifyDomain": "Example.myshopify.com",
        "currencyCode": "USD",
        "enabledPresentmentCurrencies": ["USD", "CAD"],
        "ianaTimezone": "America/New_York",
        "plan": {"publicDisplayName": "Basic", "partnerDevelopment": True, "shopifyPlus": False},
    },
    "currentAppInstallation": {
        "id": "gid://shopify/AppInstallation/2",
        "app": {"id": "gid://shopify/App/3"},
        "accessScopes": [{"handle": "read_orders"}, {"handle": "write_orders"}],
    },
}


def test_tells_who_the_store_is_and_what_the_app_may_do(monkeypatch):
    client, _ = connect(monkeypatch, always(SHOP))
    assert client.shop_info().data == ShopInfo(
        id="gid://shopify/Shop/1",
        name="Example",
        domain="example.myshopify.com",
        currency="USD",
        presentment_currencies=("USD", "CAD"),
        timezone="America/New_York",
        plan="Basic",
        is_development=True,
        installation_id="gid://shopify/AppInstallation/2",
        app_id="gid://shopify/App/3",
        scopes=("read_orders", "write_orders"),
    )


def test_a_store_that_says_nothing_of_itself_is_an_unclear_answer(monkeypatch):
    client, _ = connect(monkeypatch, always({"shop": None, "currentAppInstallation": {}}))
    with pytest.raises(errors.Unreachable):
        client.shop_info()


DEFINITION = {
    "id": "gid://shopify/MetafieldDefinition/1",
    "namespace": "app--240000000001",
    "key": "tiktok_order_id",
    "type": {"name": "id"},
}
READ_DEFINITION = MetafieldDefinition(
    "gid://shopify/MetafieldDefinition/1", "app--240000000001", "tiktok_order_id", "id"
)


def test_reads_the_definition_of_the_order_field(monkeypatch):
    client, store = connect(monkeypatch, always({"metafieldDefinitions": {"nodes": [DEFINITION]}}))
    assert client.metafield_definition().data == READ_DEFINITION
    assert store.asked[0][1] == {"namespace": "$app", "key": "tiktok_order_id"}


def test_a_missing_definition_is_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"metafieldDefinitions": {"nodes": []}}))
    assert client.metafield_definition("custom", "x").data is None


def test_makes_the_definition(monkeypatch):
    payload = {"createdDefinition": DEFINITION, "userErrors": []}
    client, store = connect(monkeypatch, always({"metafieldDefinitionCreate": payload}))
    assert client.create_order_id_definition().data == READ_DEFINITION
    assert store.asked[0][1] == {
        "definition": {
            "name": "TikTok order id",
            "namespace": "$app",
            "key": "tiktok_order_id",
            "ownerType": "ORDER",
            "type": "id",
        }
    }
    assert store.sent[0]["safe"] is False


def test_a_definition_that_is_already_there_is_returned(monkeypatch):
    taken = {"field": ["definition", "key"], "code": "TAKEN", "message": "Key is in use"}

    def handler(name: str, variables: dict) -> dict:
        if name == "CreateMetafieldDefinition":
            payload = {"createdDefinition": None, "userErrors": [taken]}
            return {"metafieldDefinitionCreate": payload}
        return {"metafieldDefinitions": {"nodes": [DEFINITION]}}

    client, store = connect(monkeypatch, handler)
    assert client.create_order_id_definition().data == READ_DEFINITION
    assert [name for name, _ in store.asked] == [
        "CreateMetafieldDefinition",
        "MetafieldDefinitions",
    ]


@pytest.mark.parametrize("code", ["TAKEN", "INVALID"])
def test_a_refused_definition_that_is_not_there_stays_refused(monkeypatch, code: str):
    def handler(name: str, variables: dict) -> dict:
        if name == "CreateMetafieldDefinition":
            payload = {"createdDefinition": None, "userErrors": [{"code": code, "message": "No"}]}
            return {"metafieldDefinitionCreate": payload}
        return {"metafieldDefinitions": {"nodes": []}}

    client, _ = connect(monkeypatch, handler)
    with pytest.raises(errors.Rejected):
        client.create_order_id_definition()


def test_lists_all_webhook_subscriptions(monkeypatch):
    pages = {
        None: {
            "nodes": [{"id": "w1", "topic": "ORDERS_UPDATED", "uri": "https://a"}],
            "pageInfo": {"hasNextPage": True, "endCursor": "w1"},
        },
        "w1": {
            "nodes": [{"id": "w2", "topic": "APP_UNINSTALLED", "uri": "https://b"}],
            "pageInfo": {"hasNextPage": False, "endCursor": "w2"},
        },
    }
    client, _ = connect(
        monkeypatch, lambda name, variables: {"webhookSubscriptions": pages[variables["after"]]}
    )
    assert client.webhook_subscriptions().data == [
        WebhookSubscription("w1", "ORDERS_UPDATED", "https://a"),
        WebhookSubscription("w2", "APP_UNINSTALLED", "https://b"),
    ]


def test_subscribes_and_unsubscribes(monkeypatch):
    made = {"id": "w1", "topic": "ORDERS_UPDATED", "uri": "https://a"}

    def handler(name: str, variables: dict) -> dict:
        if name == "CreateWebhookSubscription":
            return {"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": []}}
        return {
            "webhookSubscriptionDelete": {"deletedWebhookSubscriptionId": "w1", "userErrors": []}
        }

    client, store = connect(monkeypatch, handler)
    created = client.create_webhook_subscription("ORDERS_UPDATED", "https://a").data
    assert created == WebhookSubscription("w1", "ORDERS_UPDATED", "https://a")
    assert client.delete_webhook_subscription("w1").data is None
    assert [variables for _, variables in store.asked] == [
        {"topic": "ORDERS_UPDATED", "subscription": {"uri": "https://a", "format": "JSON"}},
        {"id": "w1"},
    ]


def test_a_refused_subscription_says_why(monkeypatch):
    refused = {
        "field": ["webhookSubscription", "callbackUrl"],
        "message": "Address for this topic has already been taken",
    }
    payload = {"webhookSubscription": None, "userErrors": [refused]}
    client, _ = connect(monkeypatch, always({"webhookSubscriptionCreate": payload}))
    with pytest.raises(errors.Rejected, match="already been taken") as caught:
        client.create_webhook_subscription("ORDERS_UPDATED", "https://a")
    assert caught.value.field == "webhookSubscription.callbackUrl"


@pytest.mark.parametrize(
    "data", [{"webhookSubscriptionCreate": None}, {"webhookSubscriptionCreate": {}}]
)
def test_a_subscription_without_a_clear_answer_is_unknown(monkeypatch, data: dict):
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.OutcomeUnknown):
        client.create_webhook_subscription("ORDERS_UPDATED", "https://a")
