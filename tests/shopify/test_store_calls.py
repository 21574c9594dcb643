"""The store itself: who it is, what we set up in it, what it tells us about."""

import pytest

from tests.shopify.fake_store import always, connect
from tiktoksync import errors
from tiktoksync.shopify.payloads import MetafieldDefinition, ShopInfo, WebhookSubscription

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
    assert store.asked[0][1] == {
        "owner": "ORDER",
        "namespace": "$app",
        "key": "tiktok_order_id",
    }


def test_reads_the_definition_of_the_product_field(monkeypatch):
    client, store = connect(monkeypatch, always({"metafieldDefinitions": {"nodes": []}}))
    found = client.metafield_definition("$app", "tiktok_product_id", owner="PRODUCT")
    assert found.data is None
    assert store.asked[0][1] == {
        "owner": "PRODUCT",
        "namespace": "$app",
        "key": "tiktok_product_id",
    }


def test_reserves_the_product_field(monkeypatch):
    made = DEFINITION | {"key": "tiktok_product_id"}
    client, store = connect(
        monkeypatch,
        always({"metafieldDefinitionCreate": {"createdDefinition": made, "userErrors": []}}),
    )
    assert client.define_product_id().data.key == "tiktok_product_id"
    assert store.asked[0][1] == {
        "definition": {
            "name": "TikTok product id",
            "namespace": "$app",
            "key": "tiktok_product_id",
            "ownerType": "PRODUCT",
            "type": "id",
        }
    }


def test_a_product_field_that_is_there_already_is_read(monkeypatch):
    def handler(name: str, variables: dict) -> dict:
        if name == "MetafieldDefinitions":
            assert variables["owner"] == "PRODUCT"
            return {"metafieldDefinitions": {"nodes": [DEFINITION]}}
        taken = {"field": ["definition"], "message": "taken", "code": "TAKEN"}
        return {"metafieldDefinitionCreate": {"createdDefinition": None, "userErrors": [taken]}}

    client, _ = connect(monkeypatch, handler)
    assert client.define_product_id().data == READ_DEFINITION


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
