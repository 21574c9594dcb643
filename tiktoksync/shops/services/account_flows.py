"""Flows by the account they work for: how a shop or store is loaded, listed and paused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from tiktoksync.errors import CallLimited, SyncError
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services import budget, order_limit
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.sync.flows import Flow
from tiktoksync.sync.pace import Pace


class StoreFlow(Flow):
    """A flow of one Shopify store."""

    account: ShopifyStore

    @classmethod
    def load(cls, account_id: int) -> Self | None:
        stores = ShopifyStore.objects.select_related("app", "credential")
        store = stores.filter(pk=account_id).first()
        return cls(store) if store else None

    @classmethod
    def all_accounts(cls) -> Iterable[int]:
        return ShopifyStore.objects.values_list("pk", flat=True)

    def note_failure(self, error: SyncError) -> datetime | None:
        """What an error means for the store."""
        if isinstance(error, CallLimited):
            return order_limit.learn(self.account, error.retry_after)
        return note_refusal(self.account, error)

    def make_pace(self) -> Pace:
        return budget.store_pace(self.account)

    def keep_pace(self) -> None:
        budget.remember(self.account)


class ShopFlow(Flow):
    """A flow of one TikTok shop."""

    account: TikTokShop

    @classmethod
    def load(cls, account_id: int) -> Self | None:
        shops = TikTokShop.objects.select_related("app", "store", "credential", "rules")
        shop = shops.filter(pk=account_id).first()
        return cls(shop) if shop else None

    @classmethod
    def all_accounts(cls) -> Iterable[int]:
        return TikTokShop.objects.values_list("pk", flat=True)

    def note_failure(self, error: SyncError) -> datetime | None:
        """What an error means for the shop."""
        return note_refusal(self.account, error)

    def make_pace(self) -> Pace:
        return budget.shop_pace(self.account)
