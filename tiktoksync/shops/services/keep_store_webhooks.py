"""keep_store_webhooks: once a day the subscriptions of one Shopify store are made complete."""

from __future__ import annotations

from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.subscribe import missing_at_shopify, subscribe_store
from tiktoksync.shops.services.webhook_checks import WebhookCheck


class KeepStoreWebhooks(StoreFlow, WebhookCheck):
    """Puts back what is missing at the platform."""

    stem = "keep_store_webhooks"
    accounts_model = ShopifyStore
    account: ShopifyStore

    def missing(self) -> list[str]:
        return missing_at_shopify(self.account)

    def subscribe(self) -> int:
        return subscribe_store(self.account)
