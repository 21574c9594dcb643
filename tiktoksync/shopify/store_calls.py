"""The store itself: what it is, what we set up in it, what it tells us about."""

from collections.abc import Mapping
from typing import Any

from tiktoksync.errors import Rejected
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.payloads import (
    MetafieldDefinition,
    ShopInfo,
    WebhookSubscription,
    incomplete,
)
from tiktoksync.shopify.tally import Tally, carry
from tiktoksync.shopify.transport import ShopifyTransport

ORDER_ID_NAMESPACE = "$app"
ORDER_ID_KEY = "tiktok_order_id"
PRODUCT_ID_NAMESPACE = "$app"
PRODUCT_ID_KEY = "tiktok_product_id"
ORDER, PRODUCT = "ORDER", "PRODUCT"
SUBSCRIPTIONS_A_PAGE = 100


class StoreCalls(ShopifyTransport):
    """Shop, app installation, metafield definitions, webhook subscriptions."""

    def shop_info(self) -> Answer[ShopInfo]:
        """Who the store is and what the app may do. Documentation: Shop, AppInstallation."""
        answer = self.execute("shop_info", {}, safe=True)
        if not (answer.data.get("shop") and answer.data.get("currentAppInstallation")):
            raise incomplete("shop_info", answer.request_id, safe=True)
        return carry(answer, payloads.shop_info(answer.data))

    def metafield_definition(
        self,
        namespace: str = ORDER_ID_NAMESPACE,
        key: str = ORDER_ID_KEY,
        *,
        owner: str = ORDER,
    ) -> Answer[MetafieldDefinition | None]:
        """The definition of a metafield of orders or of products (``owner``). The namespace
        ``$app`` comes back spelled out.
        """
        variables = {"owner": owner, "namespace": namespace, "key": key}
        answer = self.execute("metafield_definitions", variables, safe=True)
        if not isinstance(answer.data.get("metafieldDefinitions"), dict):
            raise incomplete("metafieldDefinitions", answer.request_id, safe=True)
        rows = payloads.page(answer.data["metafieldDefinitions"]).nodes
        return carry(answer, payloads.metafield_definition(rows[0]) if rows else None)

    def create_order_id_definition(self) -> Answer[MetafieldDefinition]:
        """Reserve the order field that holds the TikTok order id; type ``id`` keeps it unique.

        When it is already there, it is returned as it is.
        Shopify documentation: metafieldDefinitionCreate.
        """
        return self._define_id("TikTok order id", ORDER_ID_NAMESPACE, ORDER_ID_KEY, ORDER)

    def define_product_id(self) -> Answer[MetafieldDefinition]:
        """The same for the product field that holds the TikTok product id."""
        return self._define_id("TikTok product id", PRODUCT_ID_NAMESPACE, PRODUCT_ID_KEY, PRODUCT)

    def _define_id(
        self, name: str, namespace: str, key: str, owner: str
    ) -> Answer[MetafieldDefinition]:
        definition = {
            "name": name,
            "namespace": namespace,
            "key": key,
            "ownerType": owner,
            "type": "id",
        }
        variables = {"definition": definition}
        answer = self.execute("create_metafield_definition", variables, safe=False)
        payload = _payload(answer, "metafieldDefinitionCreate")
        try:
            raise_user_errors(payload, request_id=answer.request_id)
        except Rejected as refused:
            taken = refused.code == "TAKEN"
            existing = self.metafield_definition(namespace, key, owner=owner) if taken else None
            if existing is None or existing.data is None:
                raise
            return carry(existing, existing.data)
        created = payload.get("createdDefinition")
        if not isinstance(created, dict):
            raise incomplete("createdDefinition", answer.request_id, safe=False)
        return carry(answer, payloads.metafield_definition(created))

    def webhook_subscriptions(self) -> Answer[list[WebhookSubscription]]:
        """All subscriptions this app made. Documentation: webhookSubscriptions."""
        tally, found, cursor = Tally(), list[WebhookSubscription](), ""
        while True:
            variables = {"first": SUBSCRIPTIONS_A_PAGE, "after": cursor or None}
            answer = self.execute("webhook_subscriptions", variables, safe=True)
            tally.add(answer)
            if not isinstance(answer.data.get("webhookSubscriptions"), dict):
                raise incomplete("webhookSubscriptions", answer.request_id, safe=True)
            page = payloads.page(answer.data["webhookSubscriptions"], cursor)
            found += map(payloads.webhook_subscription, page.nodes)
            cursor = page.cursor
            if not cursor:
                return tally.answer(found)

    def create_webhook_subscription(self, topic: str, uri: str) -> Answer[WebhookSubscription]:
        """Subscribe to a topic (``ORDERS_UPDATED``). Documentation: webhookSubscriptionCreate."""
        variables = {"topic": topic, "subscription": {"uri": uri, "format": "JSON"}}
        answer = self.execute("create_webhook_subscription", variables, safe=False)
        payload = _payload(answer, "webhookSubscriptionCreate")
        raise_user_errors(payload, request_id=answer.request_id)
        created = payload.get("webhookSubscription")
        if not isinstance(created, dict):
            raise incomplete("webhookSubscription", answer.request_id, safe=False)
        return carry(answer, payloads.webhook_subscription(created))

    def delete_webhook_subscription(self, gid: str) -> Answer[None]:
        """Shopify documentation: webhookSubscriptionDelete."""
        answer = self.execute("delete_webhook_subscription", {"id": gid}, safe=False)
        payload = _payload(answer, "webhookSubscriptionDelete")
        raise_user_errors(payload, request_id=answer.request_id)
        return carry(answer, None)


def _payload(answer: Answer[dict[str, Any]], name: str) -> Mapping[str, Any]:
    payload = answer.data.get(name)
    if not isinstance(payload, dict):
        raise incomplete(name, answer.request_id, safe=False)
    return payload
