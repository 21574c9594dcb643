"""keep_shop_webhooks: once a day the subscriptions of one TikTok shop are made complete."""

from __future__ import annotations

from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.subscribe import missing_at_tiktok, subscribe_shop
from tiktoksync.shops.services.webhook_checks import WebhookCheck


class KeepShopWebhooks(ShopFlow, WebhookCheck):
    """Puts back what is missing at the platform."""

    stem = "keep_shop_webhooks"
    accounts_model = TikTokShop
    account: TikTokShop

    def missing(self) -> list[str]:
        return missing_at_tiktok(self.account)

    def subscribe(self) -> int:
        return subscribe_shop(self.account)
